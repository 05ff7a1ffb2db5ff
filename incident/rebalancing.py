"""Which shifts should change hands, so that everybody carries about the same?

A small search that always comes to the same proposal: it takes the exchange that evens out the most, and goes
on from there. It proposes; people agree on it themselves, with an override or a swap.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from incident.exchanges import Busy, Duty, Move, Plan, override_of
from incident.fairness import MEASURES, Load, OffHours, loads, spread
from incident.oncall import Shift, final_schedule, on_call
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
    while len(covers) < MOST and (move := plan.best()):
        following = plan.after(move)
        covers += _covers(move, plan.carried, following.carried)
        plan = following
    return Proposal(tuple(covers), before, plan.carried)


def _plan(
    schedule: Schedule, window: Interval, off_hours: Mapping[str, OffHours], since: datetime, busy: Busy
) -> Plan:
    """What the schedule makes of a window, before anything changes hands."""
    start, end = window
    shifts = final_schedule(schedule, start, end)
    began_before = on_call(schedule, start - timedelta.resolution)
    goes_on = on_call(schedule, end)
    duties = frozenset(_duties(shifts))
    return Plan(
        duties=duties,
        movable=frozenset(
            duty
            for duty in duties
            if duty.start >= since
            and not (duty.start == start and duty.person in began_before)
            and not (duty.end == end and duty.person in goes_on)
        ),
        carried=loads(shifts, off_hours),
        off_hours=off_hours,
        peers=_peers(schedule),
        busy=busy,
        overrides=schedule.overrides,
    )


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
