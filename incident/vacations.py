"""Who is on call although they are away, and who could stand in?

A vacation changes nothing by itself: people agree on a cover, and store it. What is proposed could be stored
as it is (S11): the stand-in belongs to the schedule, is not away, and is not on call there at that time.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from incident.foreign_calendar import Imported
from incident.oncall import final_schedule
from incident.override import Replace
from incident.restriction import Interval
from incident.schedule import Schedule
from incident.shifts import own_shifts

Absences = Mapping[str, Sequence[Imported]]
"""When people are away, by person."""

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A time in which somebody is on call and away; who could stand in and why, or why nobody can."""

    schedule: str
    person: str
    start: datetime
    end: datetime
    vacation: str
    stand_in: str | None
    reason: str

    def override(self) -> Replace | None:
        """The change that is proposed."""
        if self.stand_in is None:
            return None
        return Replace(kind="replace", user=self.person, with_=self.stand_in, start=self.start, end=self.end)


def uncovered(
    schedules: Mapping[str, Schedule], absences: Absences, known: Iterable[str], window: Interval
) -> tuple[Uncovered, ...]:
    """Every shift in a window of somebody who is away, by its start; `known` are those who can be asked.

    Proposals take each other into account: who is proposed once has these hours, and is busy then.
    """
    plan = _Plan(schedules, absences, frozenset(known), window)
    clashes = sorted(
        (clash for name in schedules for clash in plan.clashes(name)),
        key=lambda each: (each.start, each.schedule, each.person),
    )
    return tuple(plan.proposed(clash) for clash in clashes)


@dataclass(frozen=True, slots=True)
class _Clash:
    schedule: str
    person: str
    start: datetime
    end: datetime
    vacation: str


class _Plan:
    """Who has which shifts, with the stand-ins that were proposed so far."""

    def __init__(
        self,
        schedules: Mapping[str, Schedule],
        absences: Absences,
        known: frozenset[str],
        window: Interval,
    ) -> None:
        self._absences = {person: _united(entries) for person, entries in absences.items()}
        self._members = {name: each.people() & known for name, each in schedules.items()}
        self._shifts = {name: _by_person(each, window) for name, each in schedules.items()}

    def clashes(self, name: str) -> Iterator[_Clash]:
        """The times in which somebody is on call for a schedule, and away."""
        for person, shifts in self._shifts[name].items():
            for away in self._absences.get(person, ()):
                for start, end in shifts:
                    if start < away.end and away.start < end:
                        span = max(start, away.start), min(end, away.end)
                        yield _Clash(name, person, *span, away.summary)

    def proposed(self, clash: _Clash) -> Uncovered:
        """A clash with a stand-in: free everywhere if possible, then with the fewest hours there."""
        free, hindered = list[tuple[bool, timedelta, str]](), list[str]()
        for person in sorted(self._members[clash.schedule] - {clash.person}):
            if hindrance := self._hindrance(person, clash):
                hindered.append(f"{person} {hindrance}")
            else:
                free.append((self._elsewhere(person, clash), self._hours(clash.schedule, person), person))
        if not free:
            reason = "; ".join(hindered) or "nobody else belongs to the schedule"
            return _told(clash, None, reason)
        elsewhere, hours, person = min(free)
        self._shifts[clash.schedule].setdefault(person, []).append((clash.start, clash.end))
        return _told(clash, person, _reason(len(free), hours, elsewhere=elsewhere))

    def _hindrance(self, person: str, clash: _Clash) -> str:
        if any(each.start < clash.end and clash.start < each.end for each in self._absences.get(person, ())):
            return "is away, too"
        return "is on call then, too" if _busy(self._shifts[clash.schedule].get(person, ()), clash) else ""

    def _elsewhere(self, person: str, clash: _Clash) -> bool:
        return any(_busy(shifts.get(person, ()), clash) for shifts in self._shifts.values())

    def _hours(self, schedule: str, person: str) -> timedelta:
        return sum((end - start for start, end in self._shifts[schedule].get(person, ())), timedelta())


def _by_person(schedule: Schedule, window: Interval) -> dict[str, list[Interval]]:
    people = set(chain.from_iterable(shift.on_call for shift in final_schedule(schedule, *window)))
    return {person: list(own_shifts(schedule, person, *window)) for person in people}


def _united(entries: Iterable[Imported]) -> list[Imported]:
    """Absences that overlap or meet as one, called as the first of them."""
    united: list[Imported] = []
    for entry in sorted(entries, key=lambda each: (each.start, each.end)):
        if united and entry.start <= united[-1].end:
            last = united.pop()
            united.append(last.model_copy(update={"end": max(last.end, entry.end)}))
        else:
            united.append(entry)
    return united


def _busy(shifts: Iterable[Interval], clash: _Clash) -> bool:
    return any(start < clash.end and clash.start < end for start, end in shifts)


def _reason(free: int, hours: timedelta, *, elsewhere: bool) -> str:
    carries = f"{round(hours / HOUR)} h on call there"
    chosen = (
        f"the only one who can, with {carries}" if free == 1 else f"of {free} who can the one with {carries}"
    )
    return f"{chosen}; on call elsewhere then" if elsewhere else chosen


def _told(clash: _Clash, stand_in: str | None, reason: str) -> Uncovered:
    return Uncovered(clash.schedule, clash.person, clash.start, clash.end, clash.vacation, stand_in, reason)
