"""Is a level for what it says it is for, at every hour of the clock, and does it say why not?"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from incident.conditions import Between, Conditions, Unmet, unmet
from incident.hours import WorkingHours
from incident.severity import Severity
from incident.wall_clock import WallClock

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
OFFICE = WorkingHours(timezone="UTC")
VECTORS = json.loads((Path(__file__).parents[1] / "data" / "oncall.json").read_text())["vectors"]
(RANGES,) = [each["cases"] for each in VECTORS if each["id"] == "escalation-if-time-in-range"]


def at(clock: str) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return MONDAY + timedelta(hours=hour, minutes=minute)


def why_not(
    written: dict[str, Any],
    now: datetime = MONDAY,
    *,
    severity: int = 1,
    alerts: tuple[datetime, ...] = (),
) -> Unmet | None:
    return unmet(Conditions.model_validate(written), Severity(severity), alerts, OFFICE, now)


@pytest.mark.parametrize("case", RANGES, ids=lambda case: f"{case['now']} of {case['from']} to {case['to']}")
def test_the_range_opens_when_the_engine_whose_fact_it_is_says(case: dict[str, str]) -> None:
    now = at(case["now"])
    between = {"timezone": "UTC", "start": case["from"], "end": case["to"]}
    clock, _, day = case["continue_at"].partition(" ")
    expected = None if clock == "now" else at(clock) + timedelta(days=1 if "next" in day else 0)

    found = why_not({"between": between}, now)

    assert (found and found.until) == expected


def test_a_range_is_read_in_its_own_zone_on_both_sides_of_the_clock_change() -> None:
    night = Between.model_validate({"timezone": "Europe/Rome", "start": "22:00", "end": "06:00"})
    rome = WallClock("Europe/Rome")
    for day in (datetime(2026, 10, 24), datetime(2026, 10, 25), datetime(2027, 3, 27), datetime(2027, 3, 28)):  # noqa: DTZ001  the wall
        opens, closes = rome.first(day.replace(hour=22)), rome.last((day + timedelta(days=1)).replace(hour=6))
        assert not night.open_at(opens - timedelta.resolution)
        assert night.open_at(opens)
        assert night.open_at(closes - timedelta.resolution)
        assert not night.open_at(closes)


@pytest.mark.parametrize(
    ("written", "situation", "reason"),
    [
        pytest.param({"severity": [1, 2]}, {"severity": 2}, None, id="one of its severities"),
        pytest.param(
            {"severity": [1, 2]},
            {"severity": 3},
            "it is for severity 1 or 2, and this is 3",
            id="another severity",
        ),
        pytest.param(
            {"alerts": {"at_least": 2, "within": "10m"}},
            {"alerts": (MONDAY, MONDAY - timedelta(minutes=9))},
            None,
            id="as many alerts as it asks for",
        ),
        pytest.param(
            {"alerts": {"at_least": 2, "within": "10m"}},
            {"alerts": (MONDAY, MONDAY - timedelta(minutes=10))},
            "it is for 2 alerts in 10m, and 1 came",
            id="one of them too long ago",
        ),
        pytest.param({"working_hours": "outside"}, {}, None, id="the night"),
        pytest.param({"working_hours": "inside"}, {}, "it is for working hours", id="the day, at night"),
    ],
)
def test_a_level_is_for(written: dict[str, Any], situation: dict[str, Any], reason: str | None) -> None:
    found = why_not(written, **situation)
    assert (found and found.reason) == reason


def test_what_does_not_hold_is_told_at_once_and_no_clock_helps_a_severity() -> None:
    found = why_not({"severity": [1], "working_hours": "inside"}, severity=3)
    assert found is not None
    assert found.reason == "it is for severity 1, and this is 3; it is for working hours"
    assert found.until is None


@pytest.mark.parametrize(
    ("side", "now", "until"),
    [
        pytest.param("inside", at("03:00"), at("09:00"), id="the day begins"),
        pytest.param("outside", at("10:00"), at("18:00"), id="the day ends"),
        pytest.param("inside", at("19:00"), at("33:00"), id="the next day begins"),
    ],
)
def test_it_would_hold_when(side: str, now: datetime, until: datetime) -> None:
    found = why_not({"working_hours": side}, now)
    assert found is not None
    assert found.until == until


def test_two_kinds_of_hours_are_waited_for_until_the_later_one() -> None:
    noon = {"timezone": "UTC", "start": "12:00", "end": "14:00"}
    found = why_not({"working_hours": "inside", "between": noon}, at("03:00"))
    assert found is not None
    assert found.until == at("12:00")
