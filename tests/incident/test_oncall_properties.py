"""What holds for every schedule, in every zone, at every minute?"""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incident.oncall import final_schedule, on_call
from incident.schedule import Schedule
from incident.wall_clock import WallClock

ZONES = ["Europe/Rome", "America/New_York", "Australia/Lord_Howe", "America/Havana", "Africa/Casablanca"]
"""Ordinary changes, half an hour, a change at midnight, and a summer time that pauses for Ramadan."""

YEAR = datetime(2027, 1, 1, tzinfo=UTC)
DAYS = 365
MINUTE = timedelta(minutes=1)
PEOPLE = ["ada", "ben", "cleo", "dan", "eve", "finn", "gus"]
WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]

minutes = st.integers(0, DAYS * 24 * 60 - 1).map(lambda minute: YEAR + minute * MINUTE)
starts = st.integers(-5 * 525_600, 0).map(lambda minute: YEAR + minute * MINUTE)
times = st.times().map(lambda time: time.strftime("%H:%M"))
handoffs = st.one_of(
    st.fixed_dictionaries({"every": st.integers(1, 30), "unit": st.sampled_from(["hour"])}),
    st.fixed_dictionaries(
        {"every": st.integers(1, 8), "unit": st.sampled_from(["day", "week", "month", "year"])}
    ),
)
daily = st.fixed_dictionaries(
    {"type": st.just("daily"), "start": times, "end": times},
    optional={"days": st.lists(st.sampled_from(WEEKDAYS), min_size=1, unique=True)},
)
weekly = st.fixed_dictionaries(
    {
        "type": st.just("weekly"),
        "start_day": st.sampled_from(WEEKDAYS),
        "start": times,
        "end_day": st.sampled_from(WEEKDAYS),
        "end": times,
    }
)
rotations = st.fixed_dictionaries(
    {
        "users": st.lists(st.sampled_from(PEOPLE), min_size=1, unique=True),
        "start": starts,
        "handoff": handoffs,
    }
)
layers = st.builds(
    lambda rotation, extras: {**rotation, **extras},
    rotations,
    st.fixed_dictionaries(
        {"priority": st.integers(0, 2), "restrictions": st.lists(daily | weekly, max_size=2)},
        optional={
            "effective_from": minutes,
            "until": minutes,
            "turns": st.sampled_from(["calendar", "covered_days", "covered_periods"]),
        },
    ),
)
spans = st.builds(
    lambda start, length: {"start": start, "end": start + length * MINUTE}, minutes, st.integers(1, 20_000)
)
person = st.sampled_from(PEOPLE)
changes = st.one_of(
    st.fixed_dictionaries({"kind": st.just("replace"), "user": person, "with": person}),
    st.fixed_dictionaries({"kind": st.sampled_from(["add", "remove"]), "user": person}),
    st.fixed_dictionaries({"kind": st.just("cover"), "users": st.lists(person, max_size=2)}),
)
overrides = st.builds(lambda change, span: {**change, **span}, changes, spans)
schedules = st.fixed_dictionaries(
    {
        "timezone": st.sampled_from(ZONES),
        "layers": st.lists(layers, min_size=1, max_size=3),
        "overrides": st.lists(overrides, max_size=3),
    }
).map(Schedule.model_validate)


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
