"""How much duty does everybody carry: hours, and of these how many at night, at weekends and on holidays?

All four are lengths of time, so that they add up over any period, and a shift that is cut at an edge counts
as far as it lies inside. An hour on a Saturday night counts as an hour, at night and at the weekend.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Self

from incident.oncall import Shift
from incident.restriction import DAY, DailyRestriction, Interval, Weekday, WeeklyRestriction, united, windows
from incident.wall_clock import WallClock

NIGHT = DailyRestriction(type="daily", start=time(22), end=time(7))
"""When people sleep, on their own wall clock."""

WEEKEND = WeeklyRestriction(type="weekly", start_day=Weekday.SA, start=time(), end_day=Weekday.MO, end=time())


@dataclass(frozen=True, slots=True)
class Load:
    """What somebody carries; the last three are parts of the hours."""

    hours: timedelta = timedelta()
    nights: timedelta = timedelta()
    weekends: timedelta = timedelta()
    holidays: timedelta = timedelta()

    def __add__(self, other: Self) -> "Load":
        return _both(lambda one, two: one + two, self, other)

    def __sub__(self, other: Self) -> "Load":
        return _both(lambda one, two: one - two, self, other)

    def measures(self) -> tuple[timedelta, ...]:
        """Hours, nights, weekends and holidays."""
        return astuple(self)


MEASURES = tuple(each.name for each in fields(Load))


def _both(operation: Callable[[timedelta, timedelta], timedelta], one: Load, two: Load) -> Load:
    return Load(*map(operation, one.measures(), two.measures()))


@dataclass(frozen=True, slots=True)
class OffHours:
    """The nights, weekends and holidays of one place, over a window."""

    nights: Sequence[Interval]
    weekends: Sequence[Interval]
    holidays: Sequence[Interval]

    @classmethod
    def of(cls, zone: str, holidays: Iterable[date], start: datetime, end: datetime) -> Self:
        """Those on the wall clock of a zone; a holiday lasts from midnight to midnight."""
        clock, span = WallClock(zone), (start, end)
        days = ((clock.first(_midnight(day)), clock.first(_midnight(day + DAY))) for day in holidays)
        return cls(
            nights=windows((NIGHT,), clock, span),
            weekends=windows((WEEKEND,), clock, span),
            holidays=united((max(opens, start), min(closes, end)) for opens, closes in days),
        )

    def load(self, start: datetime, end: datetime) -> Load:
        """What a duty of this time weighs here."""
        parts = (_shared(each, start, end) for each in (self.nights, self.weekends, self.holidays))
        return Load(end - start, *parts)


def loads(shifts: Iterable[Shift], off_hours: Mapping[str, OffHours]) -> dict[str, Load]:
    """What each person of ``off_hours`` carries in a final schedule, nothing included.

    Everybody who is on call in the shifts must be among them.
    """
    carried = dict.fromkeys(sorted(off_hours), Load())
    for shift in shifts:
        for person in shift.on_call:
            carried[person] += off_hours[person].load(shift.start, shift.end)
    return carried


def spread(carried: Mapping[str, Load]) -> Load:
    """How far apart the most and the least burdened are, in each measure by itself."""
    if not carried:
        return Load()
    columns = zip(*(load.measures() for load in carried.values()), strict=True)
    return Load(*(max(column) - min(column) for column in columns))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _shared(intervals: Sequence[Interval], start: datetime, end: datetime) -> timedelta:
    """How much of a time lies in these intervals, which are in order and apart."""
    total = timedelta()
    for number in range(bisect_right(intervals, start, key=lambda each: each[1]), len(intervals)):
        opens, closes = intervals[number]
        if opens >= end:
            break
        total += min(closes, end) - max(opens, start)
    return total
