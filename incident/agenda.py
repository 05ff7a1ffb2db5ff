"""What is there to say about a schedule over a window: who is on call, instead of whom, or why nobody?

Nothing is calculated here: the shifts come from `incident.oncall`, the reasons from `incident.coverage`, so
the calendar, the handoff notes and the pager cannot disagree.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TypeVar

from incident.coverage import CoverageGap
from incident.oncall import Shift
from incident.restriction import Interval

Entry = TypeVar("Entry", Shift, CoverageGap)


@dataclass(frozen=True, slots=True)
class Stretch:
    """An unbroken time in which the same people are on call, in the place of the same others."""

    start: datetime
    end: datetime
    on_call: tuple[str, ...]
    planned: tuple[str, ...]
    reason: str = ""

    @property
    def is_gap(self) -> bool:
        """Whether nobody is on call; then `reason` says why."""
        return not self.on_call

    @property
    def is_changed(self) -> bool:
        """Whether an override is at work: the layers alone would have put others on call."""
        return self.on_call != self.planned

    @property
    def instead_of(self) -> tuple[str, ...]:
        """Those whom the layers had planned, and who are not on call."""
        return tuple(person for person in self.planned if person not in self.on_call)


@dataclass(frozen=True, slots=True)
class Origin:
    """Who changed a schedule for a time, and why; `people` are those whom the change names."""

    schedule: str
    start: datetime
    end: datetime
    people: frozenset[str]
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class PersonalShift:
    """An unbroken time in which one person is on call, with whomever and instead of whomever."""

    schedule: str
    start: datetime
    end: datetime
    together: tuple[str, ...]
    instead_of: tuple[str, ...]
    changed: bool


def stretches(
    final: Sequence[Shift], plan: Sequence[Shift], gaps: Sequence[CoverageGap]
) -> tuple[Stretch, ...]:
    """The final schedule of a window, cut where the plan without overrides or the reason of a gap changes."""
    told: list[Stretch] = []
    for start, end in pairwise(_edges(final, plan, gaps)):
        now, meant = _at(final, start), _at(plan, start)
        on_call = now.on_call if now else ()
        gap = _at(gaps, start) if not on_call else None
        found = Stretch(start, end, on_call, meant.on_call if meant else on_call, gap.reason if gap else "")
        since = told.pop().start if told and _same(told[-1], found) else start
        told.append(Stretch(since, end, found.on_call, found.planned, found.reason))
    return tuple(told)


def planned(layers: Sequence[Shift], plans: Sequence[Shift]) -> tuple[Shift, ...]:
    """Who would be on call without anybody's changes: by the layers, and by plans where these have nobody.

    Both rows are over the same window. What held before an edit on another clock is kept as a plan, and is no
    change; a plan that takes the place of somebody's turn is one.
    """
    found: list[Shift] = []
    for start, end in pairwise(_edges(layers, plans)):
        turn, plan = _at(layers, start), _at(plans, start)
        people = (turn.on_call if turn else ()) or (plan.on_call if plan else ())
        since = found.pop().start if found and found[-1].on_call == people else start
        found.append(Shift(since, end, people))
    return tuple(found)


def shifts_of(person: str, rows: Mapping[str, Iterable[Stretch]]) -> tuple[PersonalShift, ...]:
    """When a person is on call, over several schedules by name, in the order of time."""
    found: list[PersonalShift] = []
    for schedule, row in rows.items():
        own: list[Stretch] = []
        for stretch in row:
            if person not in stretch.on_call:
                continue
            if own and own[-1].end != stretch.start:
                found.append(_shift(person, schedule, own))
                own = []
            own.append(stretch)
        if own:
            found.append(_shift(person, schedule, own))
    return tuple(sorted(found, key=lambda shift: (shift.start, shift.schedule)))


def origins_of(schedule: str, stretch: Stretch, origins: Iterable[Origin]) -> tuple[Origin, ...]:
    """The changes that a stretch comes from; one that stands in the configuration has none."""
    differing = frozenset(stretch.on_call) ^ frozenset(stretch.planned)
    return tuple(
        each
        for each in origins
        if each.schedule == schedule
        and each.start < stretch.end
        and stretch.start < each.end
        and differing & each.people
    )


def within(row: Iterable[Stretch], window: Interval) -> tuple[Stretch, ...]:
    """The stretches that touch a window, whole."""
    start, end = window
    return tuple(stretch for stretch in row if stretch.start < end and start < stretch.end)


def _shift(person: str, schedule: str, own: Sequence[Stretch]) -> PersonalShift:
    others = {each for stretch in own for each in stretch.on_call} - {person}
    relieved = {each for stretch in own if person not in stretch.planned for each in stretch.instead_of}
    changed = any(person not in stretch.planned for stretch in own)
    return PersonalShift(
        schedule, own[0].start, own[-1].end, tuple(sorted(others)), tuple(sorted(relieved)), changed
    )


def _edges(*rows: Sequence[Shift] | Sequence[CoverageGap]) -> list[datetime]:
    """The instants within the first row at which any of the rows changes."""
    if not rows[0]:
        return []
    first, last = rows[0][0].start, rows[0][-1].end
    edges = {edge for row in rows for each in row for edge in (each.start, each.end)}
    return sorted(edge for edge in edges if first <= edge <= last)


def _at(row: Sequence[Entry], at: datetime) -> Entry | None:
    position = bisect_right(row, at, key=lambda each: each.start) - 1
    return row[position] if position >= 0 and at < row[position].end else None


def _same(one: Stretch, other: Stretch) -> bool:
    return (one.on_call, one.planned, one.reason) == (other.on_call, other.planned, other.reason)
