"""At which times is a layer on duty at all?

Restrictions are windows on the wall clock of the schedule: several of them unite, none at all means always. A
window belongs to the day on which it opens.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import chain
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from incident.impossible import why_impossible
from incident.wall_clock import WallClock

Interval = tuple[datetime, datetime]
"""Half-open: the start belongs to it, the end does not."""

DAY = timedelta(days=1)
WEEK = timedelta(days=7)


class Weekday(StrEnum):
    """A day of the week, in the time zone of the schedule."""

    MO = "MO"
    TU = "TU"
    WE = "WE"
    TH = "TH"
    FR = "FR"
    SA = "SA"
    SU = "SU"


FULL_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEK_ORDER = {day: number for number, day in enumerate(Weekday)}


def _weekday(written: object) -> object:
    """Read mon and Monday as MO; anything else is left to pydantic."""
    if not isinstance(written, str):
        return written
    known = (full for full in FULL_NAMES if written.lower() in {full, full[:3], full[:2]})
    return next((full[:2].upper() for full in known), written)


Day = Annotated[Weekday, BeforeValidator(_weekday)]


def _time_of_day(value: object) -> object:
    """Read 24:00 as midnight, and refuse numbers: older YAML readers turn an unquoted 08:00 into 480."""
    if isinstance(value, int | float):
        raise ValueError('write the time of day in quotes, such as "08:00"')  # noqa: TRY004  pydantic reports ValueError
    if value == "24:00":
        return "00:00"
    if isinstance(value, str) and (reason := why_impossible(value)):
        raise ValueError(reason)
    return value


TimeOfDay = Annotated[time, BeforeValidator(_time_of_day)]


class DailyRestriction(BaseModel):
    """The same hours on every day, or on some days of the week or of the month."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Literal["daily"]
    start: TimeOfDay = Field(description='Local time at which the window opens, in quotes: "08:00".')
    end: TimeOfDay = Field(
        description="Local time at which it closes. Not after `start`: on the next day. Equal to `start`: 24 "
        "hours later."
    )
    days: tuple[Day, ...] | None = Field(
        default=None,
        min_length=1,
        description="Days of the week on which the window opens. A Friday window from 20:00 to 08:00 also "
        "covers Saturday morning. Left out: every day.",
    )
    days_of_month: tuple[Annotated[int, Field(ge=1, le=31)], ...] | None = Field(
        default=None,
        min_length=1,
        description="Days of the month, 1 to 31, on which the window opens; a month without that day has no "
        "window.",
    )

    def openings(self, first: date, last: date) -> Iterator[Interval]:
        """The windows, as wall times, that can touch these days."""
        weekdays = {WEEK_ORDER[day] for day in self.days or Weekday}
        until_closing = DAY if self.end <= self.start else timedelta()
        for day in _days(first - DAY, last):
            if day.weekday() in weekdays and (self.days_of_month is None or day.day in self.days_of_month):
                yield datetime.combine(day, self.start), datetime.combine(day + until_closing, self.end)


class WeeklyRestriction(BaseModel):
    """One window per week, such as Friday evening to Monday morning."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Literal["weekly"]
    start_day: Day = Field(description="Day on which the window opens.")
    start: TimeOfDay = Field(description='Local time at which it opens, in quotes: "18:00".')
    end_day: Day = Field(
        description="Day on which it closes; the window may run over the end of the week. MO 00:00 to SA "
        "00:00 is Monday to Friday: the end itself is not part of the window."
    )
    end: TimeOfDay = Field(
        description="Local time at which it closes. The same day and time as the start: 7 days later."
    )

    def openings(self, first: date, last: date) -> Iterator[Interval]:
        """The windows, as wall times, that can touch these days."""
        reach = first - WEEK
        day = reach + DAY * ((WEEK_ORDER[self.start_day] - reach.weekday()) % 7)
        length = self._length()
        while day <= last:
            opens = datetime.combine(day, self.start)
            yield opens, opens + length
            day += WEEK

    def _length(self) -> timedelta:
        opens = datetime.combine(date.min, self.start)
        closes = datetime.combine(date.min, self.end) + DAY * (
            (WEEK_ORDER[self.end_day] - WEEK_ORDER[self.start_day]) % 7
        )
        return closes - opens if closes > opens else closes - opens + WEEK


Restriction = Annotated[DailyRestriction | WeeklyRestriction, Field(discriminator="type")]
Restrictions = tuple[Restriction, ...]


def windows(restrictions: Restrictions, clock: WallClock, span: Interval) -> list[Interval]:
    """The windows within a span of instants, in order and united; one that the clocks swallow is gone."""
    start, end = span
    # A day more at the end: where the clocks go back over midnight, tomorrow begins before today is over.
    first, last = clock.wall(start).date(), clock.wall(end).date() + DAY
    instants = (
        (clock.first(opens), clock.last(closes))
        for opens, closes in chain.from_iterable(each.openings(first, last) for each in restrictions)
    )
    return united((max(opens, start), min(closes, end)) for opens, closes in instants)


def is_open(restrictions: Restrictions, clock: WallClock, at: datetime) -> bool:
    """Whether an instant lies in one of the windows; without any restriction it always does."""
    return not restrictions or bool(windows(restrictions, clock, (at, at + timedelta.resolution)))


def united(intervals: Iterable[Interval]) -> list[Interval]:
    """The same instants as intervals that neither overlap nor touch; empty ones are left out."""
    union: list[Interval] = []
    for start, end in sorted(each for each in intervals if each[0] < each[1]):
        if union and start <= union[-1][1]:
            union[-1] = (union[-1][0], max(end, union[-1][1]))
        else:
            union.append((start, end))
    return union


def _days(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += DAY
