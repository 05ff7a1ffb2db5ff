"""Who is on call, when, and who is next?

One calculation for everything that asks: the pager, the calendar, reminders, feeds and chat groups. It is a
pure function of the schedule and the instant; nothing is stored, and nobody is remembered.
"""

from bisect import bisect_right
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from incident.override import Override, apply, comes_to_nothing, unfolded
from incident.restriction import Interval
from incident.roster import Roster, Spell
from incident.schedule import Schedule

HORIZON = timedelta(days=30)
"""How far the next and the previous person on call are looked for."""

NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Shift:
    """An unbroken time in which the same people are on call; with nobody it is a gap."""

    start: datetime
    end: datetime
    on_call: tuple[str, ...]

    @property
    def is_gap(self) -> bool:
        """Whether nobody is on call."""
        return not self.on_call


def on_call(schedule: Schedule, at: datetime, *, inactive: AbstractSet[str] = NOBODY) -> tuple[str, ...]:
    """The people on call at an instant, sorted; empty when there is nobody.

    People in `inactive` (disabled, gone) keep their turns in every rotation, but their turns count as empty.
    """
    return final_schedule(schedule, at, at + timedelta.resolution, inactive=inactive)[0].on_call


def final_schedule(
    schedule: Schedule, start: datetime, end: datetime, *, inactive: AbstractSet[str] = NOBODY
) -> tuple[Shift, ...]:
    """Who is on call over a window, as shifts that cover it without a hole: a gap is a shift with nobody."""
    span, clock = (_instant(start), _instant(end)), schedule.clock
    layers = [
        _Spells(layer.priority, Roster(layer, clock, schedule.semantics).spells(span))
        for layer in schedule.layers
    ]
    overrides = [
        each
        for each in unfolded(schedule.overrides, *span)
        if not (inactive and comes_to_nothing(each, inactive))
    ]
    shifts: list[Shift] = []
    for begin, finish in pairwise(_cuts(span, layers, overrides)):
        active = [each for each in overrides if each.start <= begin < each.end]
        people = tuple(sorted(apply(active, _scheduled(layers, begin, inactive)) - inactive))
        since = shifts.pop().start if shifts and shifts[-1].on_call == people else begin
        shifts.append(Shift(since, finish, people))
    return tuple(shifts)


def gaps(
    schedule: Schedule, start: datetime, end: datetime, *, inactive: AbstractSet[str] = NOBODY
) -> tuple[Shift, ...]:
    """The times in a window at which nobody is on call."""
    return tuple(shift for shift in final_schedule(schedule, start, end, inactive=inactive) if shift.is_gap)


def next_on_call(schedule: Schedule, at: datetime, *, inactive: AbstractSet[str] = NOBODY) -> Shift | None:
    """The first shift within 30 days after an instant that has somebody, and others than at that instant.

    Its end is cut off at the horizon.
    """
    now, *later = final_schedule(schedule, at, at + HORIZON, inactive=inactive)
    return next((shift for shift in later if not shift.is_gap and shift.on_call != now.on_call), None)


def previous_on_call(
    schedule: Schedule, at: datetime, *, inactive: AbstractSet[str] = NOBODY
) -> Shift | None:
    """The last shift within 30 days before an instant that had somebody, and others than at that instant.

    Its start is cut off at the horizon.
    """
    *earlier, now = final_schedule(schedule, at - HORIZON, at + timedelta.resolution, inactive=inactive)
    return next(
        (shift for shift in reversed(earlier) if not shift.is_gap and shift.on_call != now.on_call), None
    )


def handoffs(schedule: Schedule, start: datetime, end: datetime, *, layer: int = 0) -> tuple[datetime, ...]:
    """The instants at which the turn changes in one layer, by rotation alone.

    From the last change that is not after `start` to the first one after `end`; restrictions, overrides and
    other layers are left aside.
    """
    roster = Roster(schedule.layers[layer], schedule.clock, schedule.semantics)
    return roster.handoffs(_instant(start), _instant(end))


def _instant(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} is no instant: give it an offset")
    return moment.astimezone(UTC)


class _Spells:
    """The spells of one layer, to be asked for an instant."""

    def __init__(self, priority: int, spells: Iterable[Spell]) -> None:
        self.priority = priority
        self.spells = list(spells)
        self.starts = [spell.start for spell in self.spells]

    def at(self, instant: datetime) -> tuple[str, ...]:
        position = bisect_right(self.starts, instant) - 1
        if position < 0 or self.spells[position].end <= instant:
            return ()
        return self.spells[position].users


def _scheduled(layers: Iterable[_Spells], at: datetime, inactive: AbstractSet[str]) -> AbstractSet[str]:
    """The people of the highest layers that have somebody at an instant."""
    highest, people = 0, set[str]()
    for layer in layers:
        present = set(layer.at(at)) - inactive
        if not present or (people and layer.priority < highest):
            continue
        people = people | present if people and layer.priority == highest else present
        highest = layer.priority
    return people


def _cuts(span: Interval, layers: Iterable[_Spells], overrides: Iterable[Override]) -> list[datetime]:
    """The instants inside a span at which the answer may change, and both its ends."""
    start, end = span
    inside = {edge for layer in layers for spell in layer.spells for edge in (spell.start, spell.end)}
    inside.update(edge for each in overrides for edge in (each.start, each.end) if start < edge < end)
    return sorted(inside | {start, end})
