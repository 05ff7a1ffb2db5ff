"""When do the periods of a rotation begin and end?

Periods are counted, never stored: the number of a period is the floor of the wall-clock difference to the
anchor, put right against the neighbouring boundaries. So the answer costs the same after ten years, and no
window changes it.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Self

from incident.schedule import Handoff, Unit
from incident.semantics import HourStep, MonthEnd, Semantics
from incident.wall_clock import WallClock

FIXED_LENGTHS = {Unit.HOUR: timedelta(hours=1), Unit.DAY: timedelta(days=1), Unit.WEEK: timedelta(weeks=1)}
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
    wall_anchor: datetime
    length: timedelta
    """The step, if it is counted in hours, days or weeks; otherwise zero."""
    months: int
    """The step, if it is counted in months or years; otherwise zero."""
    elapsed: bool
    """Whether steps are elapsed time instead of time on the wall."""
    month_end: MonthEnd

    @classmethod
    def of(cls, clock: WallClock, anchor: datetime, handoff: Handoff, semantics: Semantics) -> Self:
        """The rotation that hands over so often, counted from this instant."""
        return cls(
            clock=clock,
            anchor=anchor,
            wall_anchor=clock.wall(anchor),
            length=handoff.every * FIXED_LENGTHS.get(handoff.unit, timedelta()),
            months=handoff.every * MONTHS.get(handoff.unit, 0),
            elapsed=handoff.unit is Unit.HOUR and semantics.hour_step is HourStep.ELAPSED,
            month_end=semantics.month_end,
        )

    def boundary(self, number: int) -> datetime:
        """The instant at which a period begins; they never run back, equal ones enclose an empty period."""
        if number == 0:
            return self.anchor
        if self.elapsed:
            return self.anchor + number * self.length
        return self.clock.first(self.wall(number))

    def wall(self, number: int) -> datetime:
        """What the wall clock should show when a period begins, even if that time is skipped."""
        if self.months:
            return _add_months(self.wall_anchor, self.months, number, self.month_end)
        return self.wall_anchor + number * self.length

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

    def _estimate(self, at: datetime) -> int:
        """The number by the difference of the walls, or by the months alone: at most a few off."""
        if self.elapsed:
            return (at - self.anchor) // self.length
        wall, anchor = self.clock.wall(at), self.wall_anchor
        if self.months:
            return ((wall.year - anchor.year) * 12 + wall.month - anchor.month) // self.months
        return (wall - anchor) // self.length


def _add_months(anchor: datetime, step: int, times: int, rule: MonthEnd) -> datetime:
    """The anchor moved on by whole months; the rule says what becomes of the 31st in a short month."""
    year, month, days = _month_after(anchor, step * times)
    first = anchor.replace(year=year, month=month, day=1)
    match rule:
        case MonthEnd.CLAMP:
            return first.replace(day=min(anchor.day, days))
        case MonthEnd.OVERFLOW:
            return first + timedelta(days=anchor.day - 1)
        case MonthEnd.ITERATE:
            # Each step clamps the day that the step before it left. The calendar repeats after 400 years, and
            # by then 100 steps have met every kind of February: looking at more of them changes nothing.
            steps = range(1, min(times, 100) + 1)
            lengths = (_month_after(anchor, step * each)[2] for each in steps)
            return first.replace(day=min(days, anchor.day, *lengths))


def _month_after(anchor: datetime, months: int) -> tuple[int, int, int]:
    """Year, month and number of days of the month that comes so many months later."""
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    return year, month + 1, monthrange(year, month + 1)[1]
