"""Does the report say when nobody is on call, and why?"""

from datetime import UTC, datetime
from typing import Any

import pytest

from incident.coverage import coverage_gaps
from incident.schedule import Schedule

MONDAY = datetime(2027, 3, 1, tzinfo=UTC)
FRIDAY = datetime(2027, 3, 5, tzinfo=UTC)

DAILY = {"start": "2027-01-01T00:00Z", "handoff": {"every": 1, "unit": "day"}}


def gaps_of(
    *layers: dict[str, Any], overrides: Any = (), inactive: Any = frozenset()
) -> list[tuple[str, str, str]]:
    schedule = Schedule.model_validate({"timezone": "UTC", "layers": layers, "overrides": overrides})
    found = coverage_gaps(schedule, MONDAY, FRIDAY, inactive=inactive)
    return [(f"{gap.start:%d %H}", f"{gap.end:%d %H}", gap.reason) for gap in found]


@pytest.mark.parametrize(
    ("layer", "gap"),
    [
        pytest.param({"users": ["ada"]}, None, id="somebody is always there"),
        pytest.param({"users": []}, ("01 00", "05 00", "layer 1 has no users"), id="empty rotation"),
        pytest.param(
            {"name": "nights", "users": []},
            ("01 00", "05 00", "layer nights has no users"),
            id="a layer's name",
        ),
        pytest.param(
            {"users": ["ada"], "start": "2027-03-03T00:00Z"},
            ("01 00", "03 00", "layer 1 begins on 2027-03-03 00:00 UTC"),
            id="not begun yet",
        ),
        pytest.param(
            {"users": ["ada"], "until": "2027-03-04T12:00Z"},
            ("04 12", "05 00", "layer 1 ended on 2027-03-04 12:00 UTC"),
            id="ended",
        ),
        pytest.param(
            {
                "users": ["ada"],
                "restrictions": [
                    {"type": "weekly", "start_day": "tue", "start": "00:00", "end_day": "mon", "end": "00:00"}
                ],
            },
            ("01 00", "02 00", "layer 1 is outside its windows"),
            id="outside the windows",
        ),
        pytest.param(
            {"users": ["ada", [], *["ben"] * 57], **DAILY, "start": "2027-03-01T00:00Z"},
            ("02 00", "03 00", "layer 1 has a turn without anybody"),
            id="an empty turn",
        ),
        pytest.param(
            {"users": ["ada"], "start": "2027-03-01T00:00Z", "handoff": {"unit": "week"}, "duty": "P3D"},
            ("04 00", "05 00", "layer 1 is past the duty time of the turn"),
            id="after the duty time",
        ),
    ],
)
def test_a_gap_says_why_the_layer_is_silent(layer: dict[str, Any], gap: tuple[str, str, str] | None) -> None:
    assert gaps_of(layer) == ([gap] if gap else [])


def test_an_inactive_person_leaves_a_gap_with_a_name() -> None:
    rotation = {"users": ["ada", "ben"], **DAILY, "start": "2027-03-01T00:00Z"}
    absent = "layer 1 has the turn of ben, who cannot be on call"
    assert gaps_of(rotation, inactive={"ben"}) == [("02 00", "03 00", absent), ("04 00", "05 00", absent)]


@pytest.mark.parametrize(
    "override",
    [{"kind": "remove", "user": "ada"}, {"kind": "cover", "users": []}, {"kind": "fixed", "shifts": []}],
    ids=lambda override: override["kind"],
)
def test_an_override_that_leaves_nobody_is_named(override: dict[str, Any]) -> None:
    span = {"start": "2027-03-02T06:00Z", "end": "2027-03-02T08:00Z"}
    found = gaps_of({"users": ["ada"]}, overrides=[{**override, **span}])
    assert found == [("02 06", "02 08", "an override takes ada off call")]


def test_every_layer_says_why_it_is_silent() -> None:
    found = gaps_of(
        {"users": ["ada"], "until": "2027-03-02T00:00Z"}, {"users": ["ben"], "start": "2027-03-04T00:00Z"}
    )
    assert found == [
        (
            "02 00",
            "04 00",
            "layer 1 ended on 2027-03-02 00:00 UTC; layer 2 begins on 2027-03-04 00:00 UTC",
        )
    ]


def test_neighbouring_gaps_with_different_reasons_are_told_apart() -> None:
    mondays = {"type": "daily", "start": "00:00", "end": "12:00", "days": ["mon"]}
    found = gaps_of({"users": ["ada"], "until": "2027-03-03T00:00Z", "restrictions": [mondays]})
    assert found == [
        ("01 12", "03 00", "layer 1 is outside its windows"),
        ("03 00", "05 00", "layer 1 ended on 2027-03-03 00:00 UTC"),
    ]
