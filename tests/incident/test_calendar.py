"""Which shift covers which day cells, in which zone?"""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident.agenda import Stretch
from incident.calendar import Day, Piece, View, period, rows_of_days
from incident.wall_clock import WallClock

ROME = WallClock("Europe/Rome")
ZONES = ("Europe/Rome", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Kathmandu", "UTC")


def instant(written: str) -> datetime:
    return datetime.fromisoformat(written).astimezone(UTC)


def stretch(start: str, end: str, *people: str) -> Stretch:
    return Stretch(instant(start), instant(end), people, people)


def shown(view: View, day: date, *row: Stretch, clock: WallClock = ROME) -> list[Day]:
    weeks = rows_of_days(period(view, day), {"shop": row}, clock)
    return [each for week in weeks for each in week]


def pieces(day: Day) -> list[tuple[str, str, str]]:
    """Who, from when, until when on the reader's wall clock."""
    return [
        ("+".join(piece.stretch.on_call), f"{piece.begins:%d %H:%M}", f"{piece.ends:%d %H:%M}")
        for lane in day.lanes
        for piece in lane.pieces
    ]


def only(days: list[Day]) -> list[Piece]:
    return [piece for day in days for lane in day.lanes for piece in lane.pieces]


@pytest.mark.parametrize(
    ("view", "day", "first", "last", "rows"),
    [
        pytest.param(View.MONTH, date(2027, 2, 14), (2, 1), (2, 28), 4, id="a month of exactly four weeks"),
        pytest.param(View.MONTH, date(2027, 3, 31), (3, 1), (3, 31), 5, id="a month begins on its first"),
        pytest.param(View.MONTH, date(2027, 5, 1), (5, 1), (5, 31), 6, id="a month that touches six weeks"),
        pytest.param(View.MONTH, date(2028, 2, 29), (2, 1), (2, 29), 5, id="a leap day belongs to its month"),
        pytest.param(View.WEEK, date(2027, 3, 28), (3, 22), (3, 28), 1, id="a Sunday ends its week"),
        pytest.param(View.WEEK, date(2027, 3, 29), (3, 29), (4, 4), 1, id="a week begins on Monday"),
        pytest.param(View.DAY, date(2027, 3, 28), (3, 28), (3, 28), 1, id="a day is a day"),
    ],
)
def test_a_date_lies_in_its_period(
    view: View, day: date, first: tuple[int, int], last: tuple[int, int], rows: int
) -> None:
    found = period(view, day)
    assert ((found.first.month, found.first.day), (found.last.month, found.last.day)) == (first, last)
    assert len(found.weeks) == rows
    assert all(len(week) == (1 if view is View.DAY else 7) for week in found.weeks)


@given(st.sampled_from(View), st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_one_period_follows_the_other(view: View, day: date) -> None:
    found = period(view, day)
    assert found.first <= day <= found.last
    assert period(view, found.next).previous == found.last
    assert period(view, found.previous).next == found.first


@pytest.mark.parametrize(
    ("row", "day", "expected"),
    [
        pytest.param(
            [stretch("2027-03-22T00:00+01:00", "2027-03-29T00:00+02:00", "alice")],
            date(2027, 3, 23),
            [("alice", "23 00:00", "24 00:00")],
            id="a day in the middle of a shift is filled by it",
        ),
        pytest.param(
            [
                stretch("2027-03-15T09:00+01:00", "2027-03-22T09:00+01:00", "alice"),
                stretch("2027-03-22T09:00+01:00", "2027-03-29T09:00+02:00", "bob"),
            ],
            date(2027, 3, 22),
            [("alice", "22 00:00", "22 09:00"), ("bob", "22 09:00", "23 00:00")],
            id="a handoff cuts its day",
        ),
        pytest.param(
            [stretch("2027-03-22T00:00+01:00", "2027-03-23T00:00+01:00", "alice")],
            date(2027, 3, 23),
            [],
            id="a shift that ends at midnight does not touch the next day",
        ),
        pytest.param(
            [
                stretch("2027-03-27T00:00+01:00", "2027-03-28T02:00+01:00", "alice"),
                stretch("2027-03-28T03:00+02:00", "2027-03-29T00:00+02:00", "bob"),
            ],
            date(2027, 3, 28),
            [("alice", "28 00:00", "28 03:00"), ("bob", "28 03:00", "29 00:00")],
            id="a shift that ends when the clocks go forward ends after the gap",
        ),
        pytest.param(
            [
                stretch("2027-10-31T00:00+02:00", "2027-10-31T02:30+02:00", "alice"),
                stretch("2027-10-31T02:30+02:00", "2027-10-31T02:30+01:00", "bob"),
            ],
            date(2027, 10, 31),
            [("alice", "31 00:00", "31 02:30"), ("bob", "31 02:30", "31 02:30")],
            id="a shift of the repeated hour is there although its wall times are equal",
        ),
    ],
)
def test_a_shift_covers_its_days(row: list[Stretch], day: date, expected: list[tuple[str, str, str]]) -> None:
    (found,) = [each for each in shown(View.MONTH, day, *row) if each.date == day]
    assert pieces(found) == expected


@pytest.mark.parametrize(
    ("clock", "day", "hours"),
    [
        pytest.param(ROME, date(2027, 3, 27), 24, id="an ordinary day"),
        pytest.param(ROME, date(2027, 3, 28), 23, id="the clocks go forward"),
        pytest.param(ROME, date(2027, 10, 31), 25, id="the clocks go back"),
        pytest.param(WallClock("Australia/Lord_Howe"), date(2027, 4, 4), 24.5, id="half an hour"),
        pytest.param(WallClock("Africa/Cairo"), date(2027, 4, 30), 23, id="midnight itself is skipped"),
        pytest.param(WallClock("America/Havana"), date(2027, 11, 7), 25, id="midnight comes twice"),
    ],
)
def test_a_day_is_as_long_as_it_is(clock: WallClock, day: date, hours: float) -> None:
    (found,) = shown(View.DAY, day, clock=clock)
    assert found.length == timedelta(hours=hours)
    assert found.clocks_change == (hours != 24)


def test_a_share_is_of_the_own_day_also_when_it_has_23_hours() -> None:
    half = stretch("2027-03-28T00:00+01:00", "2027-03-28T12:30+02:00", "alice")
    (piece,) = only(shown(View.DAY, date(2027, 3, 28), half))
    assert piece.share == 0.5


def test_a_shift_is_one_bar_per_week_and_knows_how_long_it_is() -> None:
    row = stretch("2027-03-22T12:00+01:00", "2027-03-31T00:00+02:00", "alice")
    found = only(shown(View.MONTH, date(2027, 3, 22), row))
    assert [piece.follows for piece in found] == [False, *[True] * 6, False, True]
    assert [piece.run for piece in found if not piece.follows] == [6.5, 2]
    assert [piece.opens for piece in found] == [True, *[False] * 8]
    assert [piece.closes for piece in found] == [*[False] * 8, True]
    assert [piece.whole_day for piece in found] == [False, *[True] * 8]


def test_the_readers_zone_decides_which_day_it_is() -> None:
    late = stretch("2027-03-22T23:30+00:00", "2027-03-23T00:30+00:00", "alice")
    in_rome = {day.date.day: pieces(day) for day in shown(View.WEEK, date(2027, 3, 22), late) if pieces(day)}
    in_new_york = {
        day.date.day: pieces(day)
        for day in shown(View.WEEK, date(2027, 3, 22), late, clock=WallClock("America/New_York"))
        if pieces(day)
    }
    assert in_rome == {23: [("alice", "23 00:30", "23 01:30")]}
    assert in_new_york == {22: [("alice", "22 19:30", "22 20:30")]}


def test_days_that_only_fill_a_week_up_are_outside() -> None:
    days = shown(View.MONTH, date(2027, 5, 1))
    assert [day.date.day for day in days if not day.inside] == [26, 27, 28, 29, 30, 1, 2, 3, 4, 5, 6]


def test_every_schedule_has_its_lane_on_every_day() -> None:
    rows = {"shop": (), "search": (stretch("2027-03-22T00:00+01:00", "2027-03-23T00:00+01:00", "alice"),)}
    (week,) = rows_of_days(period(View.WEEK, date(2027, 3, 22)), rows, ROME)
    assert [[lane.schedule for lane in day.lanes] for day in week] == [["shop", "search"]] * 7


@given(st.sampled_from(View), st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.sampled_from(ZONES))
def test_the_days_of_any_period_meet_and_a_shift_without_end_fills_them(
    view: View, day: date, zone: str
) -> None:
    clock = WallClock(zone)
    for_ever = stretch("2015-01-01T00:00+00:00", "2040-01-01T00:00+00:00", "alice")
    days = shown(view, day, for_ever, clock=clock)
    assert [each.end for each in days[:-1]] == [each.start for each in days[1:]]
    assert (days[0].start, days[-1].end) == period(view, day).window(clock)
    assert all(piece.whole_day for piece in only(days))
    assert len(only(days)) == len(days)
