"""Who stands on each level of a policy, and until when? The policy walked over the changes of its schedules.

It is walked for a severity 1: a level whose conditions another severity or a number of alerts would have to
meet is left out, and one that keeps hours stands only while they are open.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise, takewhile
from typing import NamedTuple

from incident.conditions import unmet
from incident.configuration import Configuration
from incident.hours import WorkingHours
from incident.oncall import HORIZON, Shift, final_schedule
from incident.policy import Level, Policy, Target, targets
from incident.schedule import Schedule
from incident.severity import Severity
from incident.wall_clock import WallClock

DAY = timedelta(days=1)
People = frozenset[str]


class Standing(NamedTuple):
    """The people whom a level pages: all of ``certain``, and of each of ``turns`` one."""

    level: int
    certain: People
    turns: tuple[People, ...]
    """For each round robin everybody whose turn it may be."""


class Stretch(NamedTuple):
    """An unbroken time in which every level and the fallback mean the same people."""

    start: datetime
    end: datetime
    levels: tuple[Standing, ...]
    fallback: People


@dataclass(frozen=True, slots=True)
class Rota:
    """The final schedule around a window, to be asked for an instant in it."""

    shifts: tuple[Shift, ...]

    @classmethod
    def of(cls, schedule: Schedule, start: datetime, end: datetime) -> "Rota":
        """The shifts of a window and of 30 days around it."""
        return cls(final_schedule(schedule, start - HORIZON, end + HORIZON))

    def at(self, instant: datetime) -> tuple[str, ...]:
        """Who is on call."""
        return self.shifts[self._number(instant)].on_call

    def next(self, instant: datetime) -> tuple[str, ...]:
        """Who is on call after the present shift; nobody if that is more than 30 days away (E7)."""
        coming = self.shifts[self._number(instant) + 1 :]
        return self._others(instant, takewhile(lambda shift: shift.start < instant + HORIZON, coming))

    def previous(self, instant: datetime) -> tuple[str, ...]:
        """Who was on call before it, within 30 days."""
        gone = reversed(self.shifts[: self._number(instant)])
        return self._others(instant, takewhile(lambda shift: shift.end > instant - HORIZON, gone))

    def _number(self, instant: datetime) -> int:
        return bisect_right(self.shifts, instant, key=lambda shift: shift.start) - 1

    def _others(self, instant: datetime, shifts: Iterable[Shift]) -> tuple[str, ...]:
        now = self.at(instant)
        return next((shift.on_call for shift in shifts if shift.on_call and shift.on_call != now), ())


def standing(
    configuration: Configuration, policy: Policy, rotas: Mapping[str, Rota], start: datetime, end: datetime
) -> Iterator[Stretch]:
    """Who stands on each level over a window, cut wherever a shift or an hour of a condition begins or ends.

    ``rotas`` has every schedule that the policy names, around that window.
    """
    for begin, finish in pairwise(_cuts(configuration, policy, rotas, start, end)):
        yield Stretch(
            begin,
            finish,
            tuple(
                _on_level(configuration, number, level, rotas, begin)
                for number, level in enumerate(policy.levels)
                if _fires(configuration, level, begin)
            ),
            People().union(*(_meant(configuration, each, rotas, begin) for each in policy.fallback)),
        )


def _on_level(
    configuration: Configuration, number: int, level: Level, rotas: Mapping[str, Rota], at: datetime
) -> Standing:
    certain, turns = People(), list[People]()
    for target in level.targets:
        if target.round_robin is None:
            certain |= _meant(configuration, target, rotas, at)
        else:
            turns.append(
                People().union(*(_meant(configuration, each, rotas, at) for each in target.round_robin))
            )
    return Standing(number, certain, tuple(turns))


def _meant(configuration: Configuration, target: Target, rotas: Mapping[str, Rota], at: datetime) -> People:
    """Everybody whom a target other than a round robin means."""
    if target.person is not None:
        return People({target.person})
    if target.team is not None:
        return People(configuration.teams[target.team].members)
    if target.schedule is not None:
        return People(rotas[target.schedule].at(at))
    if target.next_on_call is not None:
        return People(rotas[target.next_on_call].next(at))
    assert target.previous_on_call is not None, "a round robin within a round robin is refused"
    return People(rotas[target.previous_on_call].previous(at))


def _fires(configuration: Configuration, level: Level, at: datetime) -> bool:
    hours = configuration.organisation.working_hours
    return level.when is None or unmet(level.when, Severity.CRITICAL, (), hours, at) is None


def _cuts(
    configuration: Configuration, policy: Policy, rotas: Mapping[str, Rota], start: datetime, end: datetime
) -> list[datetime]:
    edges = {shift.start for name in schedules_of(policy) for shift in rotas[name].shifts}
    if any(each.next_on_call or each.previous_on_call for each in targets(policy)):
        edges |= {edge + way for edge in edges for way in (HORIZON, -HORIZON)}
    for level in policy.levels:
        if level.when and level.when.between:
            edges.update(_edges(level.when.between, start, end))
        if level.when and level.when.working_hours:
            edges.update(_edges(configuration.organisation.working_hours, start, end))
    return sorted({start, end} | {edge for edge in edges if start < edge < end})


def schedules_of(policy: Policy) -> frozenset[str]:
    """The names of the schedules on which it depends whom the policy pages."""
    names = (
        name for each in targets(policy) for name in (each.schedule, each.next_on_call, each.previous_on_call)
    )
    return frozenset(name for name in names if name is not None)


def _edges(hours: WorkingHours, start: datetime, end: datetime) -> Iterator[datetime]:
    """When these hours open and close around a window."""
    day = WallClock(hours.timezone).wall(start).date() - DAY
    while day <= end.date() + DAY:
        yield from hours.opening_on(day) or ()
        day += DAY
