"""Which shift covers which day of a calendar, on whose wall clock?

A week of the calendar is a row of days, each with a lane per schedule; a stretch of duty becomes a piece in
every day that it touches. Days are those of the reader's zone: on days on which the clocks change they have
23 or 25 hours, and every piece knows its share of its own day.
"""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise

from incident.agenda import Stretch
from incident.restriction import Interval
from incident.wall_clock import WallClock

ONE = timedelta(days=1)


class View(StrEnum):
    """How much a calendar shows at once."""

    MONTH = "month"
    WEEK = "week"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Period:
    """What a calendar shows: a month, a week from Monday, or a day."""

    view: View
    first: date
    last: date

    @property
    def weeks(self) -> tuple[tuple[date, ...], ...]:
        """The days that are shown, row by row; a month is filled up to whole weeks."""
        if self.view is View.DAY:
            return ((self.first,),)
        start = _monday(self.first)
        rows = (_monday(self.last) - start).days // 7 + 1
        return tuple(tuple(start + (7 * row + number) * ONE for number in range(7)) for row in range(rows))

    @property
    def previous(self) -> date:
        """A day of the period before."""
        return self.first - ONE

    @property
    def next(self) -> date:
        """A day of the period after."""
        return self.last + ONE

    def window(self, clock: WallClock) -> Interval:
        """The instants at which the shown days begin and end."""
        return _midnight(clock, self.weeks[0][0]), _midnight(clock, self.weeks[-1][-1] + ONE)


@dataclass(frozen=True, slots=True)
class Piece:
    """The part of a stretch that falls into one day; times without zone are on the reader's wall clock."""

    stretch: Stretch
    begins: datetime
    ends: datetime
    share: float
    """Of the day, from 0 to 1."""
    run: float
    """How many shares the stretch goes on for in this row of days, this one included."""
    follows: bool
    """Whether the stretch was there already in the day before, in the same row."""
    opens: bool
    closes: bool

    @property
    def whole_day(self) -> bool:
        """Whether it fills its day."""
        return self.share == 1


@dataclass(frozen=True, slots=True)
class Lane:
    """One schedule on one day."""

    schedule: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the reader's zone, from its midnight to the next."""

    date: date
    start: datetime
    end: datetime
    inside: bool
    """Whether it belongs to the period, and does not only fill a week up."""
    lanes: tuple[Lane, ...]

    @property
    def length(self) -> timedelta:
        """24 hours, unless the clocks change."""
        return self.end - self.start

    @property
    def clocks_change(self) -> bool:
        """Whether the day is longer or shorter than others."""
        return self.length != ONE


def period(view: View, day: date) -> Period:
    """The month, the week or the day that a date lies in."""
    match view:
        case View.MONTH:
            return Period(view, day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))
        case View.WEEK:
            return Period(view, _monday(day), _monday(day) + 6 * ONE)
        case View.DAY:
            return Period(view, day, day)


def rows_of_days(
    shown: Period, rows: Mapping[str, Sequence[Stretch]], clock: WallClock
) -> tuple[tuple[Day, ...], ...]:
    """The weeks of a period, with what each schedule has on each day."""
    return tuple(_week(week, shown, rows, clock) for week in shown.weeks)


def _week(
    week: tuple[date, ...], shown: Period, rows: Mapping[str, Sequence[Stretch]], clock: WallClock
) -> tuple[Day, ...]:
    edges = [_midnight(clock, day) for day in (*week, week[-1] + ONE)]
    spans = list(pairwise(edges))
    lanes = {name: _lanes(row, spans, clock) for name, row in rows.items()}
    return tuple(
        Day(
            date=day,
            start=start,
            end=end,
            inside=shown.first <= day <= shown.last,
            lanes=tuple(Lane(name, of_days[number]) for name, of_days in lanes.items()),
        )
        for number, (day, (start, end)) in enumerate(zip(week, spans, strict=True))
    )


def _lanes(row: Sequence[Stretch], spans: Sequence[Interval], clock: WallClock) -> list[tuple[Piece, ...]]:
    """The pieces of one schedule on each day of a row."""
    touching = [each for each in row if each.start < spans[-1][1] and spans[0][0] < each.end]
    return [
        tuple(
            _piece(each, number, spans, clock) for each in touching if each.start < end and start < each.end
        )
        for number, (start, end) in enumerate(spans)
    ]


def _piece(stretch: Stretch, number: int, spans: Sequence[Interval], clock: WallClock) -> Piece:
    start, end = spans[number]
    begin, finish = max(stretch.start, start), min(stretch.end, end)
    return Piece(
        stretch=stretch,
        begins=clock.wall(begin),
        ends=clock.wall(finish),
        share=_share(stretch, (start, end)),
        run=sum(_share(stretch, span) for span in spans[number:]),
        follows=number > 0 and stretch.start < start,
        opens=begin == stretch.start,
        closes=finish == stretch.end,
    )


def _share(stretch: Stretch, span: Interval) -> float:
    start, end = span
    return max(min(stretch.end, end) - max(stretch.start, start), timedelta()) / (end - start)


def _midnight(clock: WallClock, day: date) -> datetime:
    return clock.first(datetime.combine(day, time()))


def _monday(day: date) -> date:
    return day - day.weekday() * ONE
