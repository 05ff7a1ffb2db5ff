"""What holds for every schedule, in every zone, at every minute?"""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incident.oncall import final_schedule, on_call
from incident.schedule import Schedule
from incident.wall_clock import WallClock
from tests.incident.layered import (
    DAYS,
    MINUTE,
    WEEKDAYS,
    YEAR,
    ZONES,
    daily,
    minutes,
    rotations,
    schedules,
    spans,
)


def at_every_change_of_the_clocks(zone: str) -> list[datetime]:
    """Every quarter of an hour within three hours of a change of the clocks in the year."""
    clock = WallClock(zone)
    hours = [YEAR + timedelta(hours=hour) for hour in range(DAYS * 24)]
    jumps = [a for a, b in pairwise(hours) if clock.wall(b) - clock.wall(a) != b - a]
    return [jump + timedelta(minutes=15 * step) for jump in jumps for step in range(-12, 13)]


NEAR_CHANGES = {zone: at_every_change_of_the_clocks(zone) for zone in ZONES}


@pytest.mark.parametrize("zone", ZONES)
@settings(max_examples=25, deadline=None)
@given(rotation=rotations, moments=st.lists(minutes, max_size=20))
def test_a_gap_free_layer_has_exactly_one_person_at_every_minute_of_the_year(
    zone: str, rotation: dict[str, Any], moments: list[datetime]
) -> None:
    schedule = Schedule.model_validate({"timezone": zone, "layers": [rotation]})
    shifts = final_schedule(schedule, YEAR, YEAR + timedelta(days=DAYS))
    # The shifts cover the year without a hole, so one person per shift is one person per minute.
    assert {len(shift.on_call) for shift in shifts} == {1}
    assert (shifts[0].start, shifts[-1].end) == (YEAR, YEAR + timedelta(days=DAYS))
    assert [shift.end for shift in shifts[:-1]] == [shift.start for shift in shifts[1:]]
    for moment in [*moments, *NEAR_CHANGES[zone]]:
        assert len(on_call(schedule, moment)) == 1


@settings(max_examples=120, deadline=None)
@given(schedule=schedules, span=spans, moments=st.lists(st.integers(0, 19_999), max_size=8))
def test_the_calendar_and_a_single_question_agree(
    schedule: Schedule, span: dict[str, datetime], moments: list[int]
) -> None:
    shifts = final_schedule(schedule, span["start"], span["end"])
    assert (shifts[0].start, shifts[-1].end) == (span["start"], span["end"])
    edges = [edge for shift in shifts[:40] for edge in (shift.start, shift.end - timedelta.resolution)]
    inside = [moment for step in moments if (moment := span["start"] + step * MINUTE) < span["end"]]
    for moment in [*edges, *inside]:
        (shift,) = (shift for shift in shifts if shift.start <= moment < shift.end)
        assert on_call(schedule, moment) == shift.on_call


@settings(max_examples=120, deadline=None)
@given(schedule=schedules, span=spans, cut=st.floats(0.01, 0.99))
def test_the_window_does_not_change_the_answer(
    schedule: Schedule, span: dict[str, datetime], cut: float
) -> None:
    start, end = span["start"], span["end"]
    middle = start + (end - start) * cut
    whole = final_schedule(schedule, start, end)
    halves = final_schedule(schedule, start, middle) + final_schedule(schedule, middle, end)
    at_edges = {shift.start for shift in whole} | {middle}
    assert {shift.start for shift in halves} == at_edges
    by_start = {shift.start: shift.on_call for shift in halves}
    assert all(by_start[shift.start] == shift.on_call for shift in whole)


@settings(max_examples=120, deadline=None)
@given(schedule=schedules, span=spans)
def test_neighbouring_shifts_differ(schedule: Schedule, span: dict[str, datetime]) -> None:
    shifts = final_schedule(schedule, span["start"], span["end"])
    assert all(before.on_call != after.on_call for before, after in pairwise(shifts))


@pytest.mark.parametrize("zone", ZONES)
@settings(max_examples=25, deadline=None)
@given(window=daily, moments=st.lists(minutes, max_size=10))
def test_whoever_reads_the_clock_inside_a_window_finds_somebody_on_call(
    zone: str, window: dict[str, Any], moments: list[datetime]
) -> None:
    window = {**window, "days": WEEKDAYS}
    schedule = Schedule.model_validate(
        {"timezone": zone, "layers": [{"users": ["ada"], "restrictions": [window]}]}
    )
    clock = WallClock(zone)
    for moment in [*moments, *NEAR_CHANGES[zone]]:
        shown = clock.wall(moment).strftime("%H:%M")
        opens, closes = window["start"], window["end"]
        inside = opens <= shown < closes if opens < closes else (shown >= opens or shown < closes)
        assert on_call(schedule, moment) or not inside


@settings(max_examples=100, deadline=None)
@given(schedule=schedules, moment=minutes)
def test_a_schedule_survives_being_written_down(schedule: Schedule, moment: datetime) -> None:
    read = Schedule.model_validate_json(schedule.model_dump_json(by_alias=True, exclude_none=True))
    assert read == schedule
    assert on_call(read, moment) == on_call(schedule, moment)


@settings(max_examples=100, deadline=None)
@given(rotation=rotations, years=st.integers(0, 40), moment=minutes)
def test_an_inactive_person_keeps_the_turn_and_moves_nobody(
    rotation: dict[str, Any], years: int, moment: datetime
) -> None:
    schedule = Schedule.model_validate({"timezone": "Europe/Rome", "layers": [rotation]})
    moment += timedelta(days=365 * years)
    gone = rotation["users"][0]
    before = on_call(schedule, moment)
    assert on_call(schedule, moment, inactive={gone}) == tuple(name for name in before if name != gone)
