"""When is nobody on call, and why?"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from incident.oncall import NOBODY, Shift, gaps
from incident.override import apply, unfolded
from incident.restriction import Interval, is_open
from incident.roster import Roster
from incident.schedule import Schedule


@dataclass(frozen=True, slots=True)
class CoverageGap:
    """A time in which a schedule has nobody on call, as long as the reason stays the same."""

    start: datetime
    end: datetime
    reason: str


def coverage_gaps(
    schedule: Schedule, start: datetime, end: datetime, *, inactive: AbstractSet[str] = NOBODY
) -> tuple[CoverageGap, ...]:
    """The times in a window at which nobody is on call, each with its reason."""
    found: list[CoverageGap] = []
    for gap in gaps(schedule, start, end, inactive=inactive):
        for begin, finish in _pieces(schedule, gap):
            reason = _reason(schedule, begin, inactive)
            follows = bool(found) and found[-1].end == begin and found[-1].reason == reason
            since = found.pop().start if follows else begin
            found.append(CoverageGap(since, finish, reason))
    return tuple(found)


def _pieces(schedule: Schedule, gap: Shift) -> Iterator[Interval]:
    """A gap, cut where the reason for it may change."""
    edges = [edge for layer in schedule.layers for edge in (layer.start, layer.effective_from, layer.until)]
    for override in unfolded(schedule.overrides, gap.start, gap.end):
        edges += [override.start, override.end]
    for roster in _rosters(schedule):
        edges += [edge for spell in roster.spells((gap.start, gap.end)) for edge in (spell.start, spell.end)]
    inside = {edge for edge in edges if edge is not None and gap.start < edge < gap.end}
    return pairwise(sorted(inside | {gap.start, gap.end}))


def _reason(schedule: Schedule, at: datetime, inactive: AbstractSet[str]) -> str:
    """Why nobody is on call at an instant."""
    now = (at, at + timedelta.resolution)
    scheduled = {user for each in _rosters(schedule) for spell in each.spells(now) for user in spell.users}
    present = scheduled - inactive
    if present and not apply(list(unfolded(schedule.overrides, *now)), present) - inactive:
        return f"an override takes {_named(present)} off call"
    if not schedule.layers:
        return _nobody(schedule)
    rosters = enumerate(_rosters(schedule), start=1)
    return "; ".join(
        f"layer {roster.layer.name or number} {_silence(roster, at, inactive)}" for number, roster in rosters
    )


def _nobody(schedule: Schedule) -> str:
    if schedule.source is not None:
        return f"whom {schedule.source.connection} will name is not known before"
    return "its calendar names nobody" if schedule.calendar else "the schedule has no layers"


def _silence(roster: Roster, at: datetime, inactive: AbstractSet[str]) -> str:
    """Why one layer has nobody at an instant, as the rest of a sentence about it."""
    layer, now = roster.layer, (at, at + timedelta.resolution)
    begins, ends = roster.in_force(now)
    if not layer.users:
        return "has no users"
    if begins > at:
        return f"begins on {begins:%Y-%m-%d %H:%M} UTC"
    if ends <= at:
        return f"ended on {ends:%Y-%m-%d %H:%M} UTC"
    if not is_open(layer.restrictions, roster.clock, at):
        return "is outside its windows"
    if absent := {user for spell in roster.spells(now) for user in spell.users} & inactive:
        return f"has the turn of {_named(absent)}, who cannot be on call"
    turns = [turn for turn in roster.turns(now) if turn.start <= at < turn.end]
    return "has a turn without anybody" if turns else "is past the duty time of the turn"


def _rosters(schedule: Schedule) -> list[Roster]:
    return [Roster(layer, schedule.clock, schedule.semantics) for layer in schedule.layers]


def _named(people: AbstractSet[str]) -> str:
    return " and ".join(sorted(people))
