"""Is a schedule read as people mean it, and refused where they cannot mean it?"""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from ruamel.yaml import YAML

from incident.oncall import on_call
from incident.restriction import DailyRestriction, WeeklyRestriction
from incident.schedule import Layer, Schedule

WEEKLY = {"unit": "week"}


def schedule(*layers: Any, timezone: str = "Europe/Rome", **extras: Any) -> Schedule:
    return Schedule.model_validate({"timezone": timezone, "layers": layers, **extras})


def test_a_local_time_becomes_an_instant_in_the_zone_of_the_schedule() -> None:
    read = schedule({"users": ["ada"], "start": "2027-07-01T09:00"})
    assert read.layers[0].start == datetime(2027, 7, 1, 7, tzinfo=UTC)


def test_a_single_name_is_a_group_of_one() -> None:
    assert Layer.model_validate({"users": ["ada", ["ben", "cleo"], []]}).users == (
        ("ada",),
        ("ben", "cleo"),
        (),
    )


def test_everybody_named_is_known() -> None:
    shift = {"start": "2027-01-01T00:00Z", "end": "2027-01-02T00:00Z"}
    read = schedule(
        {"users": ["ada", ["ben"]]},
        overrides=[
            {"kind": "replace", "user": "ada", "with": "cleo", **shift},
            {"kind": "cover", "users": ["dan"], **shift},
            {"kind": "remove", "user": "eve", **shift},
            {"kind": "fixed", "shifts": [{"users": "finn", **shift}], **shift},
        ],
    )
    assert read.people() == {"ada", "ben", "cleo", "dan", "eve", "finn"}


@pytest.mark.parametrize(
    ("written", "advice"),
    [
        pytest.param({"timezone": "Mars/Olympus"}, "write an IANA name", id="unknown zone"),
        pytest.param({"layers": [{"users": ["ada"], "handoff": WEEKLY}]}, "needs `start`", id="no anchor"),
        pytest.param(
            {"layers": [{"users": ["ada"], "duty": "PT3H"}]}, "write `handoff` too", id="duty alone"
        ),
        pytest.param(
            {"layers": [{"users": ["ada"], "start": "2027-03-28T02:30", "handoff": WEEKLY}]},
            "write 2027-03-28T03:00",
            id="a start that the clocks skip",
        ),
        pytest.param(
            {"layers": [{"users": ["ada"], "start": 20270101, "handoff": WEEKLY}]},
            "write one such as 2027-03-01T09:00",
            id="a number as a date",
        ),
        pytest.param(
            {
                "layers": [
                    {
                        "users": ["ada"],
                        "start": "2027-03-02T00:00",
                        "first_handoff": "2027-03-01T00:00",
                        "handoff": WEEKLY,
                    }
                ]
            },
            "must come after `start`",
            id="first handoff before the start",
        ),
        pytest.param(
            {
                "layers": [
                    {"users": ["ada"], "restrictions": [{"type": "daily", "start": 480, "end": "18:00"}]}
                ]
            },
            "in quotes",
            id="a time of day that YAML made a number",
        ),
        pytest.param({"layers": [{"users": ["ada"], "color": "red"}]}, "Extra inputs", id="unknown key"),
        pytest.param(
            {
                "overrides": [
                    {"kind": "add", "user": "a", "start": "2027-10-31T02:30", "end": "2027-11-01T00:00"}
                ]
            },
            "happens twice",
            id="an override at a repeated time",
        ),
        pytest.param(
            {
                "overrides": [
                    {"kind": "add", "user": "a", "start": "2027-03-02T00:00", "end": "2027-03-01T23:00Z"}
                ]
            },
            "not after its start",
            id="an override that ends before it starts, once both are instants",
        ),
    ],
)
def test_a_mistake_is_refused_with_what_to_write(written: dict[str, Any], advice: str) -> None:
    with pytest.raises(ValidationError, match=advice):
        Schedule.model_validate({"timezone": "Europe/Rome", "layers": [{"users": ["ada"]}], **written})


def test_days_and_midnight_are_read_as_people_write_them() -> None:
    weekly = WeeklyRestriction.model_validate(
        {"type": "weekly", "start_day": "Friday", "start": "18:00", "end_day": "mon", "end": "24:00"}
    )
    assert (weekly.start_day, weekly.end_day, weekly.end) == ("FR", "MO", time(0))
    daily = DailyRestriction.model_validate(
        {"type": "daily", "start": "00:00", "end": "24:00", "days": ["SA"]}
    )
    read = schedule({"users": ["ada"], "restrictions": [daily]}, timezone="UTC")
    assert [bool(on_call(read, datetime(2027, 3, day, 23, 59, tzinfo=UTC))) for day in (5, 6, 7)] == [
        False,
        True,
        False,
    ]


def test_an_instant_without_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="give it an offset"):
        on_call(schedule({"users": ["ada"]}), datetime(2027, 1, 1))  # noqa: DTZ001  the point of the test


def test_the_example_in_the_documentation_loads() -> None:
    page = (Path(__file__).parents[2] / "docs" / "oncall.md").read_text()
    example = page.split("```yaml\n")[1].split("```")[0]
    payments = Schedule.model_validate(YAML(typ="safe").load(example)["schedules"]["payments"])
    tuesday = datetime(2027, 2, 2, 12, tzinfo=UTC)
    assert on_call(payments, tuesday - timedelta(days=21)) == ("ben",)
    assert on_call(payments, tuesday - timedelta(days=14)) == ("cleo", "dan")
    assert on_call(payments, tuesday + timedelta(days=5)) == ("erin",)


def test_every_key_explains_itself_in_the_schema_for_editors() -> None:
    schema = Schedule.model_json_schema()
    models = {"Schedule": schema, **schema["$defs"]}
    silent = [
        f"{model}.{key}"
        for model, definition in models.items()
        for key, field in definition.get("properties", {}).items()
        if "description" not in field and key not in {"kind", "type"}
    ]
    assert silent == []
