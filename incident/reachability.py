"""Would a severity 1 wake two people over two providers, at every minute to come?

One person may sleep through it, and one provider may be down; so every instant needs two people who can be
woken, of whom one is reached by another provider than the other.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations, product

from incident.configuration import Configuration, Contact
from incident.contacts import BUILT_IN, usable_contacts
from incident.plan import plan_of
from incident.standing import People, Rota, Stretch, schedules_of, standing

CONSOLE = "console-pager"
"""Shows a page on a terminal, and wakes nobody."""


@dataclass(frozen=True, slots=True)
class Weakness:
    """A time in which a severity 1 would not wake enough people, as long as the reason stays the same."""

    start: datetime
    end: datetime
    reason: str
    """The rest of a sentence about the severity 1, such as `wakes only bob`."""
    instead: str
    """What to write."""


def weaknesses(
    configuration: Configuration, policy: str, start: datetime, end: datetime
) -> tuple[Weakness, ...]:
    """The times in a window at which a severity 1 under this policy would not wake enough people.

    The policies that it hands over to count, and the fallbacks; of a round robin the least helpful turn does.
    """
    policies = plan_of(configuration, policy).policies
    rotas = {
        name: Rota.of(configuration.schedules[name], start, end)
        for name in frozenset[str]().union(*map(schedules_of, policies.values()))
    }
    walks = [[*standing(configuration, each, rotas, start, end)] for each in policies.values()]
    providers = {name: providers_of(configuration, name) for name in configuration.people}
    found: list[Weakness] = []
    for stretches in _side_by_side(walks):
        if (judged := _judge(stretches, providers)) is None:
            continue
        begin, finish = max(each.start for each in stretches), min(each.end for each in stretches)
        follows = bool(found) and (found[-1].end, found[-1].reason) == (begin, judged[0])
        found.append(Weakness(found.pop().start if follows else begin, finish, *judged))
    return tuple(found)


def providers_of(configuration: Configuration, person: str) -> frozenset[str]:
    """The sorts of connections that can wake somebody: two of one sort fail together."""
    contacts = usable_contacts(configuration, configuration.people[person])
    return frozenset(_provider(configuration, contact) for contact in contacts) - {CONSOLE}


def _provider(configuration: Configuration, contact: Contact) -> str:
    """The type of the block behind a contact, whether it stands in the file or is saved."""
    if contact.via == BUILT_IN and BUILT_IN not in configuration.connections:
        return CONSOLE
    return configuration.connections[contact.via].slug


def _side_by_side(walks: list[list[Stretch]]) -> Iterator[tuple[Stretch, ...]]:
    """The stretches of several walks over one window that hold at the same time, in order."""
    places = [0] * len(walks)
    while all(place < len(walk) for place, walk in zip(places, walks, strict=True)):
        now = tuple(walk[place] for place, walk in zip(places, walks, strict=True))
        yield now
        end = min(stretch.end for stretch in now)
        places = [place + (stretch.end == end) for place, stretch in zip(places, now, strict=True)]


def _judge(stretches: tuple[Stretch, ...], providers: Mapping[str, frozenset[str]]) -> tuple[str, str] | None:
    """What is wrong, and what to write instead, with the round robins at their least helpful."""
    levels = [level for stretch in stretches for level in stretch.levels]
    certain = People().union(*(level.certain for level in levels), *(each.fallback for each in stretches))
    turns = [
        sorted(person for person in turn if providers[person])  # others are passed over (E6)
        for level in levels
        for turn in level.turns
        if not turn & certain  # at its least helpful it adds nobody
    ]
    judged = (_verdict(certain.union(choice), providers) for choice in product(*filter(None, turns)))
    worst = min((each for each in judged if each), default=None)
    return worst and worst[1:]


def _verdict(meant: People, providers: Mapping[str, frozenset[str]]) -> tuple[int, str, str] | None:
    """How many are reached too few, why, and what to write instead; None if it is enough."""
    woken = {person: providers[person] for person in sorted(meant) if providers[person]}
    if not woken:
        unready = f"no contact of {' and '.join(sorted(meant))} can wake" if meant else "nobody is on call"
        return 0, f"wakes nobody ({unready})", "add people who can be woken to a level or to fallback:"
    if len(woken) == 1:
        return 1, f"wakes only {next(iter(woken))}", "add a second person to a level or to fallback:"
    if any(one != other for a, b in combinations(woken.values(), 2) for one, other in product(a, b)):
        return None
    (provider,) = next(iter(woken.values()))
    return 2, f"wakes people over {provider} alone", "give one of them a contact over another provider"
