"""Which shifts should change hands, so that everybody carries about the same?

A small search that always comes to the same proposal: it takes the exchange that evens out the most, and goes
on from there. It proposes; people agree on it themselves, with an override or a swap.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from incident.exchanges import Busy, Duty, Move, Plan, override_of
from incident.fairness import MEASURES, Load, OffHours, loads, spread
from incident.oncall import Shift, final_schedule, handoffs, on_call
from incident.override import Replace
from incident.restriction import Interval
from incident.schedule import Schedule

MOST = 12
"""Nobody agrees on more changes than that; once they are made, one may ask again."""

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class ProposedCover:
    """One shift that somebody else takes, as an override that could be stored, and why."""

    override: Replace
    reason: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What to change, and what everybody carries before and after it."""

    covers: tuple[ProposedCover, ...]
    before: Mapping[str, Load]
    after: Mapping[str, Load]


def even_out(
    schedule: Schedule,
    window: Interval,
    off_hours: Mapping[str, OffHours],
    *,
    since: datetime,
    busy: Busy | None = None,
) -> Proposal:
    """Which shifts of a window that begin at ``since`` or later should go to others of the same layer.

    Nobody gets two shifts at once, or one while they are ``busy``; every cover could be stored beside the
    overrides that there are (S11). No measure is spread wider than before. ``off_hours`` has everybody who is
    on call or has a turn, over the window.
    """
    plan = _plan(schedule, window, off_hours, since, busy or {})
    before, covers = plan.carried, list[ProposedCover]()
    while len(covers) + 2 <= MOST and (move := plan.best()):
        following = plan.after(move)
        covers += _covers(move, plan.carried, following.carried)
        plan = following
    return Proposal(tuple(covers), before, plan.carried)


def _plan(
    schedule: Schedule, window: Interval, off_hours: Mapping[str, OffHours], since: datetime, busy: Busy
) -> Plan:
    """What the schedule makes of a window, before anything changes hands."""
    shifts = final_schedule(schedule, *window)
    turns = _changes_of_turn(schedule, window)
    duties = frozenset(part for duty in _duties(shifts) for part in _parts(duty, turns[duty.person]))
    return Plan(
        duties=duties,
        movable=frozenset(
            each for each in duties if each.start >= since and not _cut_off(schedule, each, window, turns)
        ),
        carried=loads(shifts, off_hours),
        off_hours=off_hours,
        peers=_peers(schedule),
        busy=busy,
        overrides=schedule.overrides,
    )


def _changes_of_turn(schedule: Schedule, window: Interval) -> Mapping[str, AbstractSet[datetime]]:
    """The handoffs of the layers in which people are: several turns of somebody are several shifts."""
    found: defaultdict[str, set[datetime]] = defaultdict(set)
    for number, layer in enumerate(schedule.layers):
        edges = handoffs(schedule, *window, layer=number)
        for person in layer.people():
            found[person].update(edges)
    return found


def _duties(shifts: Iterable[Shift]) -> Iterator[Duty]:
    """The shifts person by person, whoever else comes and goes meanwhile."""
    since: dict[str, datetime] = {}
    end = None
    for shift in shifts:
        for person in since.keys() - set(shift.on_call):
            yield Duty(since.pop(person), shift.start, person)
        for person in shift.on_call:
            since.setdefault(person, shift.start)
        end = shift.end
    if end is not None:
        yield from (Duty(start, end, person) for person, start in since.items())


def _parts(duty: Duty, edges: AbstractSet[datetime]) -> Iterator[Duty]:
    """A duty, cut at these instants."""
    inside = sorted(edge for edge in edges if duty.start < edge < duty.end)
    for start, end in pairwise([duty.start, *inside, duty.end]):
        yield Duty(start, end, duty.person)


def _cut_off(
    schedule: Schedule, duty: Duty, window: Interval, turns: Mapping[str, AbstractSet[datetime]]
) -> bool:
    """Whether the window, and no handoff, cuts a duty: half a shift is not to be given away."""
    start, end = window
    whole = turns[duty.person]
    before = duty.start == start not in whole and duty.person in on_call(
        schedule, start - timedelta.resolution
    )
    return before or (duty.end == end not in whole and duty.person in on_call(schedule, end))


def _peers(schedule: Schedule) -> dict[str, frozenset[str]]:
    """With whom people share a layer: they know the work, and the hours."""
    found: dict[str, frozenset[str]] = {}
    for people in (layer.people() for layer in schedule.layers):
        for person in people:
            found[person] = found.get(person, frozenset()) | people - {person}
    return found


def _covers(move: Move, before: Mapping[str, Load], after: Mapping[str, Load]) -> Iterator[ProposedCover]:
    """The overrides of a move, each with the measure in which the two come closest as its reason."""
    one, other = sorted({person for duty, taker in move for person in (duty.person, taker)})
    was, becomes = (
        spread({one: carried[one], other: carried[other]}).measures() for carried in (before, after)
    )
    closest = max(range(len(MEASURES)), key=lambda number: was[number] - becomes[number])
    first, then = (
        " and ".join(f"{carried[person].measures()[closest] / HOUR:g} h" for person in (one, other))
        for carried in (before, after)
    )
    reason = f"{MEASURES[closest]} of {one} and {other}: {first} now, {then} after it"
    for change in move:
        rest = [duty for duty, _ in move if duty != change[0]]
        exchange = "".join(f", in exchange for {duty.start:%a %d %b %H:%M} UTC" for duty in rest)
        yield ProposedCover(override_of(change), f"{reason}{exchange}")
