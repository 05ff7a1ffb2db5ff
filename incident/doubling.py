"""Who stands on two levels of one policy at the same time, so that the escalation reaches nobody new?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from incident.configuration import Configuration
from incident.standing import Rota, Stretch, schedules_of, standing


@dataclass(frozen=True, slots=True)
class Doubling:
    """A time in which one person stands on two levels; levels count from 0."""

    start: datetime
    end: datetime
    person: str
    levels: tuple[int, ...]


def doublings(
    configuration: Configuration, policy: str, start: datetime, end: datetime
) -> tuple[Doubling, ...]:
    """The times in a window at which somebody stands on several levels of a policy, by person.

    A fallback does not count, since it is there to page everybody once more; nor does a round robin.
    """
    written = configuration.policies[policy]
    rotas = {name: Rota.of(configuration.schedules[name], start, end) for name in schedules_of(written)}
    found: dict[str, list[Doubling]] = {}
    for stretch in standing(configuration, written, rotas, start, end):
        for person, levels in _on_several(stretch).items():
            earlier = found.setdefault(person, [])
            follows = bool(earlier) and (earlier[-1].end, earlier[-1].levels) == (stretch.start, levels)
            since = earlier.pop().start if follows else stretch.start
            earlier.append(Doubling(since, stretch.end, person, levels))
    return tuple(each for _, doubled in sorted(found.items()) for each in doubled)


def _on_several(stretch: Stretch) -> Mapping[str, tuple[int, ...]]:
    """Everybody on more than one level, with those levels."""
    people = frozenset[str]().union(*(level.certain for level in stretch.levels))
    levels = {
        person: tuple(each.level for each in stretch.levels if person in each.certain) for person in people
    }
    return {person: numbers for person, numbers in levels.items() if len(numbers) > 1}
