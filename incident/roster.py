"""Whom does one layer put on call, and when?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from incident.restriction import Interval, windows
from incident.rotation import Rotation
from incident.schedule import Handoff, Layer, Unit
from incident.semantics import BeforeStart, Semantics, Turns
from incident.turns import covered_before
from incident.wall_clock import WallClock

EACH_DAY = Handoff(every=1, unit=Unit.DAY)
END_OF_TIME = datetime.max.replace(tzinfo=UTC)


class Spell(NamedTuple):
    """An unbroken time in which a layer has the same people on call."""

    start: datetime
    end: datetime
    users: tuple[str, ...]


class Turn(NamedTuple):
    """One period of a layer and the number of the turn it belongs to; restrictions are not applied yet."""

    number: int
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Roster:
    """One layer on the wall clock of its schedule."""

    layer: Layer
    clock: WallClock
    semantics: Semantics

    def spells(self, span: Interval) -> Iterator[Spell]:
        """Who is on call in this layer during a span, in order; times without anybody are left out."""
        layer, in_force = self.layer, self.in_force(span)
        if in_force[0] >= in_force[1] or not layer.users:
            return
        on_duty = windows(layer.restrictions, self.clock, in_force) if layer.restrictions else [in_force]
        for start, end, number in _overlaps(self.turns(in_force), on_duty):
            users = layer.users[number % len(layer.users)]
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
        """The part of a span in which the layer is in force at all; the wrong way round if there is none."""
        lower, upper = span
        if self.layer.start is not None and self.semantics.before_start is BeforeStart.NONE:
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
        if start < layer.first_handoff and self.semantics.before_start is BeforeStart.NONE:
            yield Turn(0, layer.start, self._off_duty(self.clock.wall(layer.start), layer.first_handoff))
            start = layer.first_handoff
        yield from self._regular_turns(layer.first_handoff, layer.handoff, 1, (start, end))

    def _regular_turns(
        self, anchor: datetime, handoff: Handoff, first: int, span: Interval
    ) -> Iterator[Turn]:
        """The turns that are counted from an anchor, at which the turn with the number `first` begins."""
        counting = self._counting(handoff)
        step = EACH_DAY if counting is Turns.COVERED_DAYS else handoff
        rotation = Rotation.of(self.clock, anchor, step, self.semantics)
        for number, start, end in rotation.periods(*span):
            off_duty = self._off_duty(rotation.wall(number), end) if self.layer.duty else end
            yield Turn(first + self._turn_number(number, counting, rotation, handoff), start, off_duty)

    def _turn_number(self, period: int, counting: Turns, rotation: Rotation, handoff: Handoff) -> int:
        if counting is Turns.CALENDAR:
            return period
        covered = covered_before(period, rotation.wall(0), rotation.length, self.layer.restrictions)
        return covered // handoff.every if counting is Turns.COVERED_DAYS else covered

    def _counting(self, handoff: Handoff) -> Turns:
        """What uses up a turn here: the calendar, unless the windows of the layer repeat with the weeks."""
        counting = self.layer.turns or self.semantics.advance
        weekly = self.layer.restrictions and not any(
            each.type == "daily" and each.days_of_month for each in self.layer.restrictions
        )
        match counting:
            case Turns.COVERED_DAYS if weekly and handoff.unit is Unit.DAY:
                return counting
            case Turns.COVERED_PERIODS if weekly and handoff.unit not in {Unit.MONTH, Unit.YEAR}:
                return counting
            case _:
                return Turns.CALENDAR

    def _off_duty(self, wall_start: datetime, end: datetime) -> datetime:
        """When the duty ends of a turn that begins at this time on the wall and hands over at `end`."""
        return end if self.layer.duty is None else min(end, self.clock.last(wall_start + self.layer.duty))


def _overlaps(turns: Iterator[Turn], on_duty: list[Interval]) -> Iterator[tuple[datetime, datetime, int]]:
    """Each turn within each window, both in order: a window that crosses a handoff is split there."""
    past = 0
    for turn in turns:
        while past < len(on_duty) and on_duty[past][1] <= turn.start:
            past += 1
        here = past
        while here < len(on_duty) and on_duty[here][0] < turn.end:
            opens, closes = on_duty[here]
            yield max(opens, turn.start), min(closes, turn.end), turn.number
            here += 1
