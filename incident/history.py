"""Who was on call, when the schedule has been edited since?

What was is recorded, never computed again: an edit today must not change who answered yesterday.
"""

from collections.abc import Iterable
from datetime import datetime

from incident.oncall import Shift


def as_recorded(computed: Iterable[Shift], recorded: Iterable[Shift], *, now: datetime) -> tuple[Shift, ...]:
    """A computed schedule whose part before `now` is replaced by what was recorded, cut to the same window.

    Times before `now` of which nothing was recorded are gaps.
    """
    planned = sorted(computed, key=_start)
    if not planned:
        return ()
    start, end = planned[0].start, planned[-1].end
    past = _without_holes(recorded, start, min(max(now, start), end))
    future = [Shift(max(shift.start, now), shift.end, shift.on_call) for shift in planned if shift.end > now]
    return _joined([*past, *future])


def _without_holes(recorded: Iterable[Shift], start: datetime, end: datetime) -> list[Shift]:
    """The recorded shifts within a span, with gaps between them."""
    shifts: list[Shift] = []
    reached = start
    for shift in sorted(recorded, key=_start):
        opens, closes = max(shift.start, reached), min(shift.end, end)
        if opens >= closes:
            continue
        if reached < opens:
            shifts.append(Shift(reached, opens, ()))
        shifts.append(Shift(opens, closes, shift.on_call))
        reached = closes
    return [*shifts, Shift(reached, end, ())] if reached < end else shifts


def _joined(shifts: Iterable[Shift]) -> tuple[Shift, ...]:
    """The same shifts, with neighbours of the same people made one."""
    joined: list[Shift] = []
    for shift in shifts:
        same = bool(joined) and joined[-1].on_call == shift.on_call
        start = joined.pop().start if same else shift.start
        joined.append(Shift(start, shift.end, shift.on_call))
    return tuple(joined)


def _start(shift: Shift) -> datetime:
    return shift.start
