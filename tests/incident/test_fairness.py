"""Is the duty of everybody counted right, by hours, nights, weekends and holidays?"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incident.fairness import Load, OffHours, loads, spread
from incident.oncall import Shift, final_schedule
from incident.schedule import Schedule
from tests.incident.rotas import ZONES, rotations

START = datetime(2027, 3, 1, tzinfo=UTC)
END = datetime(2027, 4, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def in_hours(load: Load) -> list[float]:
    return [measure / HOUR for measure in load.measures()]


@pytest.mark.parametrize(
    ("zone", "start", "end", "expected"),
    [
        pytest.param(
            "UTC", "2027-03-01T00:00", "2027-03-02T00:00", [24, 9, 0, 0], id="a Monday has 9 hours of night"
        ),
        pytest.param(
            "UTC", "2027-03-01T07:00", "2027-03-01T22:00", [15, 0, 0, 0], id="from 7 to 22 it is day"
        ),
        pytest.param(
            "UTC",
            "2027-03-05T22:00",
            "2027-03-06T07:00",
            [9, 9, 7, 0],
            id="the night to Saturday is partly both",
        ),
        pytest.param("UTC", "2027-03-01T00:00", "2027-03-08T00:00", [168, 63, 48, 0], id="a week"),
        pytest.param(
            "UTC", "2027-03-18T12:00", "2027-03-19T12:00", [24, 9, 0, 12], id="a holiday begins at midnight"
        ),
        pytest.param(
            "UTC", "2027-03-19T00:00", "2027-03-22T00:00", [72, 27, 48, 24], id="a holiday before a weekend"
        ),
        pytest.param(
            "Europe/Rome",
            "2027-03-28T00:00",
            "2027-03-29T00:00",
            [24, 9, 22, 0],
            id="a Sunday with a change of the clocks",
        ),
        pytest.param(
            "America/New_York", "2027-03-01T12:00", "2027-03-02T12:00", [24, 9, 0, 0], id="nights are local"
        ),
        pytest.param(
            "America/New_York",
            "2027-03-02T03:00",
            "2027-03-02T12:00",
            [9, 9, 0, 0],
            id="and begin at 22 there",
        ),
    ],
)
def test_a_shift_weighs_what_it_is_at_home(zone: str, start: str, end: str, expected: list[float]) -> None:
    off_hours = OffHours.of(zone, [date(2027, 3, 19)], START, END)
    begins, ends = (datetime.fromisoformat(each).replace(tzinfo=UTC) for each in (start, end))
    assert in_hours(off_hours.load(begins, ends)) == expected


def test_people_together_carry_the_hours_each_and_whoever_has_none_is_listed() -> None:
    off_hours = OffHours.of("UTC", [], START, END)
    shifts = [
        Shift(START, START + 3 * HOUR, ("ada",)),
        Shift(START + 3 * HOUR, START + 8 * HOUR, ("ada", "ben")),
        Shift(START + 8 * HOUR, START + 9 * HOUR, ()),
    ]
    carried = loads(shifts, dict.fromkeys(("cleo", "ben", "ada"), off_hours))
    assert {person: in_hours(load) for person, load in carried.items()} == {
        "ada": [8, 7, 0, 0],
        "ben": [5, 4, 0, 0],
        "cleo": [0, 0, 0, 0],
    }
    assert in_hours(spread(carried)) == [8, 7, 0, 0]


def test_nobody_is_spread_over_nothing() -> None:
    assert spread({}) == Load()


@settings(max_examples=60, deadline=None)
@given(
    rotation=rotations,
    zone=st.sampled_from(ZONES),
    gap=st.integers(0, 28),
    days=st.integers(1, 120),
)
def test_the_hours_of_all_people_and_the_gaps_are_the_whole_period(
    rotation: dict[str, Any], zone: str, gap: int, days: int
) -> None:
    until = START + gap * timedelta(days=1)
    schedule = Schedule.model_validate({"timezone": zone, "layers": [{**rotation, "until": until}]})
    end = START + timedelta(days=days)
    shifts = final_schedule(schedule, START, end)
    off_hours = OffHours.of(zone, [date(2027, 4, 5)], START, end)
    carried = loads(shifts, dict.fromkeys(schedule.people(), off_hours))
    silent = sum((shift.end - shift.start for shift in shifts if shift.is_gap), timedelta())
    assert sum((load.hours for load in carried.values()), silent) == end - START
    for load in carried.values():
        assert all(timedelta() <= part <= load.hours for part in load.measures())


@settings(max_examples=60, deadline=None)
@given(cut=st.integers(1, 31 * 24 * 60 - 1), zone=st.sampled_from(ZONES))
def test_a_shift_weighs_the_same_in_two_parts(cut: int, zone: str) -> None:
    middle = START + timedelta(minutes=cut)
    off_hours = OffHours.of(zone, [date(2027, 3, 19)], START, END)
    assert off_hours.load(START, middle) + off_hours.load(middle, END) == off_hours.load(START, END)
