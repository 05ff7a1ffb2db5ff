"""Whom does one layer put on call, and when?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from incident.restriction import Interval, windows
from incident.rotation import Rotation
from incident.schedule import Handoff, Layer, Schedule, Unit
from incident.semantics import BeforeStart, Turns
from incident.turns import covered_before
from incident.wall_clock import WallClock


END_OF_TIME = datetime.max.replace(tzinfo=UTC)


class Spell(NamedTuple):
    """An unbroken time in which a layer has the same people on call."""

    start: datetime
    end: datetime
    users: tuple[str, ...]


class Turn(NamedTuple):
    """One period of a layer and the number of the turn that it belongs to; restrictions are not applied yet."""

    number: int
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Roster:
    """One layer in its schedule."""

    layer: Layer
    schedule: Schedule

    @property
    def clock(self) -> WallClock:
        """The wall clock on which the layer hands over."""
        return self.schedule.clock

    def spells(self, span: Interval) -> Iterator[Spell]:
        """Who is on call in this layer during a span, in order; times and turns without anybody are left out."""
        lower, upper = self.in_force(span)
        if lower >= upper or not self.layer.users:
            return
        restrictions = self.layer.restrictions
        on_duty = windows(restrictions, self.clock, (lower, upper)) if restrictions else [(lower, upper)]
        for start, end, number in _overlaps(self.turns((lower, upper)), on_duty):
            users = self.layer.users[number % len(self.layer.users)]
            if users and start < end:
                yield Spell(start, end, users)

    def handoffs(self, start: datetime, end: datetime) -> tuple[datetime, ...]:
        """The changes of turn from the last one not after `start` to the first one after `end`."""
        edges: list[datetime] = []
        previous = None
        for turn in self.turns(self.in_force((start, END_OF_TIME))):
            if turn.number != previous:
                edges.append(turn.start)
            if turn.start > end:
                break
            previous = turn.number
        return tuple(edges)

    def in_force(self, span: Interval) -> Interval:
        """The part of a span in which the layer is in force at all; empty if it ends before it starts."""
        lower, upper = span
        if self.layer.start is not None and self.schedule.semantics.before_start is BeforeStart.NONE:
            lower = max(lower, self.layer.start)
        if self.layer.effective_from is not None:
            lower = max(lower, self.layer.effective_from)
        if self.layer.until is not None:
            upper = min(upper, self.layer.until)
        return lower, upper

    def turns(self, span: Interval) -> Iterator[Turn]:
        """The turns that touch a span, each cut to the duty time that the layer allows."""
        layer, (start, end) = self.layer, span
        if layer.start is None or layer.handoff is None:
            yield Turn(0, start, end)
            return
        if layer.first_handoff is None:
            yield from self._regular_turns(layer.start, layer.handoff, 0, span)
            return
        if start < layer.first_handoff and self.schedule.semantics.before_start is BeforeStart.NONE:
            yield Turn(0, layer.start, self._off_duty(self.clock.wall(layer.start), layer.first_handoff))
            start = layer.first_handoff
        yield from self._regular_turns(layer.first_handoff, layer.handoff, 1, (start, end))

    def _regular_turns(
        self, anchor: datetime, handoff: Handoff, first: int, span: Interval
    ) -> Iterator[Turn]:
        """The turns from an anchor on, whose first one has this number."""
        counting = self._counting(handoff)
        step = Handoff(every=1, unit=Unit.DAY) if counting is Turns.COVERED_DAYS else handoff
        rotation = Rotation(self.clock, anchor, step, self.schedule.semantics)
        for period in rotation.periods(*span):
            number = period.number
            if counting is not Turns.CALENDAR:
                number = covered_before(number, rotation.wall(0), rotation.length, self.layer.restrictions)
            if counting is Turns.COVERED_DAYS:
                number //= handoff.every
            end = self._off_duty(rotation.wall(period.number), period.end) if self.layer.duty else period.end
            yield Turn(first + number, period.start, end)

    def _counting(self, handoff: Handoff) -> Turns:
        """What uses up a turn here: only windows that repeat with the weeks can silence a turn and still be counted."""
        by_month = any(each.type == "daily" and each.days_of_month for each in self.layer.restrictions)
        counting = self.layer.turns or self.schedule.semantics.advance
        if not self.layer.restrictions or by_month:
            return Turns.CALENDAR
        match counting:
            case Turns.COVERED_DAYS if handoff.unit is not Unit.DAY:
                return Turns.CALENDAR
            case Turns.COVERED_PERIODS if handoff.unit in {Unit.MONTH, Unit.YEAR}:
                return Turns.CALENDAR
            case _:
                return counting

    def _off_duty(self, wall_start: datetime, end: datetime) -> datetime:
        """When the duty of a turn ends that should begin at this time on the wall and hands over at `end`."""
        return end if self.layer.duty is None else min(end, self.clock.last(wall_start + self.layer.duty))


def _overlaps(
    turns: Iterator[Turn], open_windows: list[Interval]
) -> Iterator[tuple[datetime, datetime, int]]:
    """Each turn within each window, both in order: a window that crosses a handoff is split there."""
    past = 0
    for turn in turns:
        while past < len(open_windows) and open_windows[past][1] <= turn.start:
            past += 1
        here = past
        while here < len(open_windows) and open_windows[here][0] < turn.end:
            opens, closes = open_windows[here]
            yield max(opens, turn.start), min(closes, turn.end), turn.number
            here += 1
