"""Which exchange of shifts evens out the most what people carry?

Every way to give one shift away, or to exchange two, is weighed; the weights are squares, so that the one who
carries the most counts the most. What is proposed could be stored as it is, and hurts nobody in any measure.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import combinations, product
from operator import add
from typing import NamedTuple

from incident.fairness import Load, OffHours, spread
from incident.override import Override, Replace, conflict
from incident.restriction import Interval

WORTH_IT = timedelta(hours=4)
"""So much closer two people must come, all measures together, for anybody to change plans."""

ALIKE = 3
"""How many shifts of one person that weigh the same are looked at: the earliest."""

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)

Busy = Mapping[str, Sequence[Interval]]
"""When people cannot take a shift: vacations, and duty on other schedules."""


class Duty(NamedTuple):
    """An unbroken time in which one person is on call."""

    start: datetime
    end: datetime
    person: str


Change = tuple[Duty, str]
"""A duty, and who takes it."""

Move = tuple[Change, ...]
"""What changes hands together: one duty is given, or two are exchanged."""


@dataclass(frozen=True)
class Plan:
    """Who has which duty, with what has changed hands so far."""

    duties: frozenset[Duty]
    movable: frozenset[Duty]
    carried: Mapping[str, Load]
    off_hours: Mapping[str, OffHours]
    peers: Mapping[str, frozenset[str]]
    busy: Busy
    overrides: tuple[Override, ...]
    weighed: dict[Duty, Load] = field(default_factory=dict)
    """What a duty weighs for its person, as far as it was asked."""

    def best(self) -> Move | None:
        """What evens out the most, or None when nothing is worth it."""
        ranked = sorted((growth, move) for growth, move in self._moves() if growth < 0)
        return next((move for _, move in ranked if self._allowed(move)), None)

    def after(self, move: Move) -> "Plan":
        """The plan once these duties have changed hands."""
        gone = {duty for duty, _ in move}
        taken = {duty._replace(person=taker) for duty, taker in move}
        return replace(
            self,
            duties=self.duties - gone | taken,
            movable=self.movable - gone,
            carried={**self.carried, **self._changed(move)},
            overrides=(*self.overrides, *map(override_of, move)),
        )

    def _moves(self) -> Iterator[tuple[int, Move]]:
        """Everything that two people can give or exchange, with what it does to their squares."""
        for one, other in combinations(sorted(self.carried), 2):
            if other not in self.peers.get(one, ()):
                continue
            carried = _Pair(_minutes(self.carried[one]), _minutes(self.carried[other]))
            given = [((duty, other), self._given(duty, other)) for duty in self._candidates(one, other)]
            taken = [((duty, one), self._given(duty, one).turned()) for duty in self._candidates(other, one)]
            for change, effect in (*given, *taken):
                yield _growth(carried, effect), (change,)
            for (change, effect), (back, opposite) in product(given, taken):
                yield _growth(carried, effect.plus(opposite)), (change, back)

    def _candidates(self, giver: str, taker: str) -> list[Duty]:
        """The duties that the taker has time for, of those that weigh about the same only the first few."""
        occupied = [*((each.start, each.end) for each in self._of(taker)), *self.busy.get(taker, ())]
        alike: dict[Load, list[Duty]] = {}
        for duty in sorted(self._of(giver) & self.movable):
            about = Load(*(measure // HOUR * HOUR for measure in self._weight(duty).measures()))
            others = alike.setdefault(about, [])
            if len(others) < ALIKE and not _overlaps(duty, occupied):
                others.append(duty)
        return [duty for duties in alike.values() for duty in duties]

    def _of(self, person: str) -> frozenset[Duty]:
        return frozenset(duty for duty in self.duties if duty.person == person)

    def _weight(self, duty: Duty) -> Load:
        if duty not in self.weighed:
            self.weighed[duty] = self.off_hours[duty.person].load(duty.start, duty.end)
        return self.weighed[duty]

    def _given(self, duty: Duty, taker: str) -> "_Pair":
        """What changes for the giver and for the taker of a duty."""
        lost, won = self._weight(duty), self._weight(duty._replace(person=taker))
        return _Pair(_minutes(Load() - lost), _minutes(won))

    def _changed(self, move: Move) -> dict[str, Load]:
        """What the people of a move carry after it."""
        changed = {person: self.carried[person] for duty, taker in move for person in (duty.person, taker)}
        for duty, taker in move:
            changed[duty.person] -= self._weight(duty)
            changed[taker] += self._weight(duty._replace(person=taker))
        return changed

    def _allowed(self, move: Move) -> bool:
        """Whether the overrides could be stored (S11), and nothing is spread wider than it is."""
        stored = self.overrides
        for override in map(override_of, move):
            if conflict(stored, override):
                return False
            stored = (*stored, override)
        before, after = spread(self.carried), spread({**self.carried, **self._changed(move)})
        return all(one >= two for one, two in zip(before.measures(), after.measures(), strict=True))


def override_of(change: Change) -> Replace:
    """The override that lets somebody take a duty."""
    duty, taker = change
    return Replace(kind="replace", user=duty.person, with_=taker, start=duty.start, end=duty.end)


class _Pair(NamedTuple):
    """Something about two people, measure by measure, in minutes: there are many pairs to compare."""

    one: tuple[int, ...]
    other: tuple[int, ...]

    def turned(self) -> "_Pair":
        return _Pair(self.other, self.one)

    def plus(self, more: "_Pair") -> "_Pair":
        return _Pair(tuple(map(add, self.one, more.one)), tuple(map(add, self.other, more.other)))


def _overlaps(duty: Duty, occupied: Iterable[Interval]) -> bool:
    return any(start < duty.end and duty.start < end for start, end in occupied)


def _minutes(load: Load) -> tuple[int, ...]:
    return tuple(measure // MINUTE for measure in load.measures())


def _growth(carried: _Pair, effect: _Pair) -> int:
    """By how much the squares of what two people carry grow; less than 0 only if it is worth it."""
    closer = growth = 0
    for one, other, more, less in zip(*carried, *effect, strict=True):
        closer += abs(one - other) - abs(one + more - other - less)
        growth += (one + more) ** 2 + (other + less) ** 2 - one**2 - other**2
    return growth if closer >= WORTH_IT // MINUTE else 0
