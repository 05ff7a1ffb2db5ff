"""When do the periods of a rotation begin and end?

Periods are counted, never stored: the number of a period is the floor of the wall-clock difference to the anchor, put
right against the two neighbouring boundaries. So the answer costs the same after ten years, and no window changes it.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from incident.schedule import Handoff, Unit
from incident.semantics import HourStep, MonthEnd, Semantics
from incident.wall_clock import WallClock

FIXED_LENGTH = {Unit.HOUR: timedelta(hours=1), Unit.DAY: timedelta(days=1), Unit.WEEK: timedelta(weeks=1)}
MONTHS = {Unit.MONTH: 1, Unit.YEAR: 12}


class Period(NamedTuple):
    """One period of a rotation; number 0 begins at the anchor."""

    number: int
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Rotation:
    """Equal steps on the wall clock, counted in both directions from an anchor."""

    clock: WallClock
    anchor: datetime
    handoff: Handoff
    semantics: Semantics

    def boundary(self, number: int) -> datetime:
        """The instant at which a period begins; boundaries never run backwards, equal ones enclose an empty period."""
        if number == 0:
            return self.anchor
        if self._counts_elapsed_hours:
            return self.anchor + number * self.length
        return self.clock.first(self.wall(number))

    def wall(self, number: int) -> datetime:
        """What the wall clock should show when a period begins, even if that time is skipped."""
        anchor = self.clock.wall(self.anchor)
        if self.handoff.unit in MONTHS:
            return _add_months(anchor, self.months, number, self.semantics.month_end)
        return anchor + number * self.length

    def number_at(self, at: datetime) -> int:
        """The number of the period that an instant lies in."""
        number = self._estimate(at)
        while self.boundary(number) > at:
            number -= 1
        while self.boundary(number + 1) <= at:
            number += 1
        return number

    def periods(self, start: datetime, end: datetime) -> Iterator[Period]:
        """The periods that touch a span, in order; those that the clocks swallow are left out."""
        number = self.number_at(start)
        begins = self.boundary(number)
        while begins < end:
            ends = self.boundary(number + 1)
            if begins < ends:
                yield Period(number, begins, ends)
            number, begins = number + 1, ends

    @property
    def length(self) -> timedelta:
        """The length of a period in hours, days or weeks on the wall clock."""
        return self.handoff.every * FIXED_LENGTH[self.handoff.unit]

    @property
    def months(self) -> int:
        """The length of a period in months."""
        return self.handoff.every * MONTHS[self.handoff.unit]

    @property
    def _counts_elapsed_hours(self) -> bool:
        return self.handoff.unit is Unit.HOUR and self.semantics.hour_step is HourStep.ELAPSED

    def _estimate(self, at: datetime) -> int:
        if self._counts_elapsed_hours:
            return (at - self.anchor) // self.length
        wall, anchor = self.clock.wall(at), self.clock.wall(self.anchor)
        if self.handoff.unit in MONTHS:
            return ((wall.year - anchor.year) * 12 + wall.month - anchor.month) // self.months
        return (wall - anchor) // self.length


def _add_months(anchor: datetime, step: int, times: int, rule: MonthEnd) -> datetime:
    """The anchor moved on by whole months; the rule says what becomes of the 29th to 31st in a shorter month."""
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + step * times, 12)
    first, days = anchor.replace(year=year, month=month + 1, day=1), monthrange(year, month + 1)[1]
    match rule:
        case MonthEnd.CLAMP:
            return first.replace(day=min(anchor.day, days))
        case MonthEnd.OVERFLOW:
            return first + timedelta(days=anchor.day - 1)
        case MonthEnd.ITERATE:
            return first.replace(day=_worn_day(anchor, step, times))


def _worn_day(anchor: datetime, step: int, times: int) -> int:
    """The day of the month that is left when every step clamps the day that the step before it left."""
    visited = range(1, min(abs(times), MOST_STEPS_TO_WEAR_OFF) + 1)
    months = (divmod(anchor.year * 12 + anchor.month - 1 + step * number, 12) for number in visited)
    return min([anchor.day, *(monthrange(year, month + 1)[1] for year, month in months)])


MOST_STEPS_TO_WEAR_OFF = 100
"""Lengths of months repeat after 400 years; a rotation of whole years meets each kind of February within 100 steps."""
