"""Is it working time, on holidays, over midnight and when the clocks change?"""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from incident.hours import WorkingHours

ROME = ZoneInfo("Europe/Rome")
HOURS = WorkingHours(timezone="Europe/Rome", holidays=(date(2026, 12, 8), date(2026, 12, 25)))


def rome(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=ROME)


def hours(**written: Any) -> WorkingHours:
    return WorkingHours.model_validate({"timezone": "Europe/Rome"} | written)


@pytest.mark.parametrize(
    ("at", "opening"),
    [
        pytest.param("2026-11-23 09:00", "2026-11-23 09:00", id="the first instant belongs to it"),
        pytest.param("2026-11-23 17:59:59", "2026-11-23 17:59:59", id="so does the last second"),
        pytest.param("2026-11-23 18:00", "2026-11-24 09:00", id="the end does not: tomorrow"),
        pytest.param("2026-11-23 03:10", "2026-11-23 09:00", id="at night: this morning"),
        pytest.param("2026-11-27 18:00", "2026-11-30 09:00", id="on Friday evening: Monday"),
        pytest.param("2026-11-29 12:00", "2026-11-30 09:00", id="on Sunday: Monday"),
        pytest.param("2026-12-08 12:00", "2026-12-09 09:00", id="on a holiday: the day after"),
        pytest.param("2026-12-24 20:00", "2026-12-28 09:00", id="before a holiday and a weekend: Monday"),
    ],
)
def test_the_next_opening(at: str, opening: str) -> None:
    assert HOURS.next_open(rome(at)) == rome(opening)
    assert HOURS.open_at(rome(at)) is (at == opening)


@pytest.mark.parametrize(
    ("written", "at", "opening"),
    [
        pytest.param(
            {"start": "02:30"},
            "2027-03-28T00:00:00Z",
            "2027-03-28T01:00:00Z",
            id="an opening that the clocks skip is the first instant after the gap",
        ),
        pytest.param(
            {"start": "02:30"},
            "2026-10-25T00:00:00Z",
            "2026-10-25T00:30:00Z",
            id="an opening that comes twice is the first one",
        ),
        pytest.param(
            {"start": "01:00", "end": "02:30"},
            "2026-10-25T01:29:59Z",
            "2026-10-25T01:29:59Z",
            id="an end that comes twice is the last one",
        ),
        pytest.param(
            {"start": "01:00", "end": "02:30"},
            "2026-10-25T01:30:00Z",
            "2026-10-26T00:00:00Z",
            id="and not later",
        ),
        pytest.param(
            {},
            "2027-03-28T03:00:00Z",
            "2027-03-28T07:00:00Z",
            id="nine o'clock is nine o'clock on the wall, in summer",
        ),
        pytest.param({}, "2027-03-27T03:00:00Z", "2027-03-27T08:00:00Z", id="and in winter"),
        pytest.param(
            {"start": "22:00", "end": "06:00"},
            "2026-11-24T03:00:00Z",
            "2026-11-24T03:00:00Z",
            id="a night shift goes on after midnight",
        ),
        pytest.param(
            {"start": "00:00", "end": "24:00"},
            "2026-11-24T23:30:00Z",
            "2026-11-24T23:30:00Z",
            id="from midnight to midnight is always",
        ),
    ],
)
def test_the_wall_clock_counts(written: dict[str, str], at: str, opening: str) -> None:
    every_day = hours(days=["mon", "tue", "wed", "thu", "fri", "sat", "sun"], **written)

    assert every_day.next_open(datetime.fromisoformat(at)) == datetime.fromisoformat(opening)


def test_a_night_shift_belongs_to_the_day_on_which_it_begins() -> None:
    fridays = hours(days=["fri"], start="22:00", end="06:00")

    assert fridays.open_at(rome("2026-11-28 05:59"))
    assert not fridays.open_at(rome("2026-11-27 05:59"))


def test_without_any_working_day_nobody_is_made_to_wait() -> None:
    closed = HOURS.model_copy(update={"days": ()})
    now = rome("2026-11-23 03:10")

    assert closed.next_open(now) == now
    assert not closed.open_at(now)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  bounds are naive
def test_an_opening_is_open_never_earlier_and_never_a_week_away(at: datetime) -> None:
    opening = HOURS.next_open(at)

    assert HOURS.open_at(opening)
    assert opening - timedelta(days=7) < at <= opening
    assert opening == at or not HOURS.open_at(opening - timedelta.resolution)


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ({"timezone": "Milan"}, "unknown time zone 'Milan': write an IANA name such as Europe/Rome, or UTC"),
        ({"start": 540}, 'write the time of day in quotes, such as "08:00"'),
        ({"days": []}, "at least 1 item"),
        ({"days": ["someday"]}, "Input should be 'MO'"),
        ({"lunch": "12:00"}, "Extra inputs are not permitted"),
    ],
    ids=["an unknown zone", "a time without quotes", "no day", "an unknown day", "an unknown key"],
)
def test_what_cannot_be_meant_is_refused(written: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError) as caught:
        hours(**written)

    assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("at", "closes"),
    [
        pytest.param("2026-11-23T10:00Z", "2026-11-23T18:00Z", id="at the end of the working day"),
        pytest.param("2026-11-23T18:00Z", "2026-11-23T18:00Z", id="at once, in free time"),
        pytest.param("2026-11-23T03:00Z", "2026-11-23T03:00Z", id="at once, before work begins"),
    ],
)
def test_working_time_ends(at: str, closes: str) -> None:
    hours = WorkingHours(timezone="UTC")
    assert hours.next_closed(datetime.fromisoformat(at)) == datetime.fromisoformat(closes)


def test_hours_that_touch_end_together() -> None:
    weekend = WorkingHours.model_validate(
        {"timezone": "UTC", "days": ["sat", "sun"], "start": "00:00", "end": "00:00"}
    )
    saturday, monday = datetime(2026, 11, 21, 12, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC)
    assert weekend.next_closed(saturday) == monday
