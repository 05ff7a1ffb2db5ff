"""What must the subscribers of a calendar hear: which shifts are new, which have moved, which are off?

A feed shows single events, never a rule of recurrence (S14), and each event keeps its identity for as long as
the shift behind it goes on: a shift that an override cuts in two stays one event that has moved, beside a new
one; a shift that somebody else took over is cancelled, not left out, because many calendars keep what is
merely missing. So the shifts of today are compared with the events that were published before.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise

from incident.oncall import final_schedule
from incident.restriction import Interval
from incident.schedule import Schedule
from incident.wall_clock import WallClock

BACK = timedelta(weeks=4)
AHEAD = timedelta(days=90)
"""What a feed shows, around now."""
LONGEST = timedelta(days=62)
"""A longer shift, of somebody who is always on call say, is cut at the months; two whole months are not."""
MARGIN = LONGEST + timedelta(days=1)
"""So far beyond what is shown the schedule is looked at, so that the window never changes a shift."""


class CalendarOf(StrEnum):
    """Whose calendar it is."""

    SCHEDULE = "schedule"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class OwnShift:
    """An unbroken time in which one person is on call for a schedule, with whomever."""

    schedule: str
    person: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Event:
    """A shift as it was published; `sequence` counts its changes (RFC 5545 3.8.7.4)."""

    uid: str
    shift: OwnShift
    changed_at: datetime
    sequence: int = 0
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Announced:
    """A shift that nobody was told about."""

    shift: OwnShift


@dataclass(frozen=True, slots=True)
class Moved:
    """An event whose shift begins or ends at another time, or is on again."""

    event: Event
    shift: OwnShift


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """An event whose shift is off."""

    event: Event


Revision = Announced | Moved | Withdrawn

_Whose = tuple[str, str]


def shown(now: datetime) -> Interval:
    """The window of a feed; shifts that touch it are shown whole."""
    return now - BACK, now + AHEAD


def known_from(now: datetime) -> datetime:
    """Since when the answers of the schedules must be right."""
    return now - BACK - MARGIN


def shifts_shown(name: str, schedule: Schedule, now: datetime) -> tuple[OwnShift, ...]:
    """The shifts of everybody on a schedule that touch the window of a feed, by their start."""
    start, end = shown(now)
    found = (
        OwnShift(name, person, *piece)
        for person, whole in _unbroken(schedule, (start - MARGIN, end + MARGIN))
        for piece in _pieces(whole, schedule.clock)
        if piece[0] < end and start < piece[1]
    )
    return tuple(sorted(found, key=lambda shift: (shift.start, shift.person)))


def revise(events: Iterable[Event], shifts: Iterable[OwnShift], now: datetime) -> tuple[Revision, ...]:
    """What has changed since the events were published; nothing, if asked again after it was written down.

    An event and a shift of the same person belong together if they are equal, else if they overlap most.
    What is over is neither moved nor withdrawn (S8), and is announced only where nothing was known.
    """
    told, wanted = defaultdict[_Whose, list[Event]](list), defaultdict[_Whose, list[OwnShift]](list)
    for event in events:
        told[event.shift.schedule, event.shift.person].append(event)
    for shift in shifts:
        wanted[shift.schedule, shift.person].append(shift)
    return tuple(
        revision
        for whose in sorted(told.keys() | wanted.keys())
        for revision in _revised(told[whose], wanted[whose], now)
    )


def _revised(events: Sequence[Event], shifts: Sequence[OwnShift], now: datetime) -> Iterator[Revision]:
    pairs = _equal(events, shifts)
    pairs += _overlapping(
        [event for event in events if not event.cancelled and event not in [one for one, _ in pairs]],
        [shift for shift in shifts if shift not in [other for _, other in pairs]],
    )
    moves = {event.uid: Moved(event, shift) for event, shift in pairs if _is_another(event, shift, now)}
    known, paired = [event for event, _ in pairs], [shift for _, shift in pairs]
    kept = [event for event in events if event in known or event.shift.end <= now]
    yield from moves.values()
    yield from (Withdrawn(event) for event in events if event not in kept and not event.cancelled)
    told = [move.shift for move in moves.values()]
    told += [event.shift for event in kept if event.uid not in moves and not event.cancelled]
    for shift in shifts:
        if shift not in paired and (shift.end > now or not any(_overlap(each, shift) for each in told)):
            yield Announced(shift)


def _is_another(event: Event, shift: OwnShift, now: datetime) -> bool:
    """Whether an event must be told anew as this shift; not if both are over."""
    return (event.cancelled or event.shift != shift) and max(event.shift.end, shift.end) > now


def _equal(events: Sequence[Event], shifts: Sequence[OwnShift]) -> list[tuple[Event, OwnShift]]:
    """Each shift with an event that is just so; one that was cancelled only where no other is."""
    by_shift = {event.shift: event for event in sorted(events, key=lambda event: not event.cancelled)}
    return [(by_shift[shift], shift) for shift in shifts if shift in by_shift]


def _overlapping(events: Sequence[Event], shifts: Sequence[OwnShift]) -> list[tuple[Event, OwnShift]]:
    """Each event with the shift that it shares most time with; each is used once, the longest time first."""
    shared = [
        (overlap, event, shift)
        for event in events
        for shift in shifts
        if (overlap := _overlap(event.shift, shift))
    ]
    pairs: list[tuple[Event, OwnShift]] = []
    for _, event, shift in sorted(shared, key=lambda each: (-each[0], each[2].start, each[1].uid)):
        if all(event is not one and shift is not other for one, other in pairs):
            pairs.append((event, shift))
    return pairs


def _overlap(one: OwnShift, other: OwnShift) -> timedelta:
    return max(min(one.end, other.end) - max(one.start, other.start), timedelta())


def _unbroken(schedule: Schedule, window: Interval) -> Iterator[tuple[str, Interval]]:
    """When each person is on call, whoever joins or leaves meanwhile."""
    since: dict[str, datetime] = {}
    for shift in final_schedule(schedule, *window):
        for person in sorted(since.keys() - set(shift.on_call)):
            yield person, (since.pop(person), shift.start)
        for person in shift.on_call:
            since.setdefault(person, shift.start)
    for person, start in sorted(since.items()):
        yield person, (start, window[1])


def _pieces(whole: Interval, clock: WallClock) -> Iterator[Interval]:
    """The shift itself, or if it is too long its parts between the midnights that begin a month."""
    start, end = whole
    if end - start <= LONGEST:
        yield whole
        return
    first, months = clock.wall(start).date().replace(day=1), list[datetime]()
    while (cut := clock.first(datetime.combine(first, time()))) < end:
        months.append(cut)
        first = (first + timedelta(days=32)).replace(day=1)
    yield from pairwise([start, *(cut for cut in months if cut > start), end])
