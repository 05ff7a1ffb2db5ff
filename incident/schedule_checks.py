"""What in a schedule of `incident.yaml` is readable, and still a mistake?

The neutral format allows a rotation without people, since an imported one may have lost them; whoever writes
one into the file of an organisation has made a slip.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import combinations

from incident.configuration import Configuration
from incident.findings import Finding, Place, unknown
from incident.override import Add, Cover, Fixed, Group, Override, Remove, Replace, conflict
from incident.schedule import Layer, Schedule

ALWAYS = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


def check_schedules(configuration: Configuration) -> Iterator[Finding]:
    """People who are not known, rotations without people, names and overrides that clash."""
    for name, schedule in configuration.schedules.items():
        place: Place = ("schedules", name)
        for person, where in _people(schedule):
            yield from unknown((*place, *where), person, "people", configuration.people)
        yield from _empty_rotations(place, schedule)
        yield from _layers_of_one_name(place, schedule)
        yield from _overlapping_overrides(place, schedule)


def _people(schedule: Schedule) -> Iterator[tuple[str, Place]]:
    """Everybody whom the schedule names, with the place."""
    for number, layer in enumerate(schedule.layers):
        for turn, group in enumerate(layer.users):
            place: Place = ("layers", number, "users", turn)
            # One person alone is a turn without brackets, which has no positions in it.
            alone = len(group) == 1
            yield from ((user, place if alone else (*place, position)) for position, user in enumerate(group))
    for number, override in enumerate(schedule.overrides):
        yield from ((user, ("overrides", number, *where)) for user, where in _people_of(override))


def _people_of(override: Override) -> Iterator[tuple[str, Place]]:
    match override:
        case Cover(users=users):
            yield from _group(users)
        case Replace(user=user, with_=stand_in):
            yield user, ("user",)
            yield stand_in, ("with",)
        case Add(user=user) | Remove(user=user):
            yield user, ("user",)
        case Fixed(shifts=shifts):
            for number, shift in enumerate(shifts):
                yield from ((user, ("shifts", number, *where)) for user, where in _group(shift.users))


def _group(users: Group) -> Iterator[tuple[str, Place]]:
    yield from ((user, ("users", position)) for position, user in enumerate(users))


def _empty_rotations(place: Place, schedule: Schedule) -> Iterator[Finding]:
    for number, layer in enumerate(schedule.layers):
        if not layer.people():
            message = "the rotation has no people; write names from people:, or delete the layer"
            yield Finding(place=(*place, "layers", number, "users"), message=message)


def _layers_of_one_name(place: Place, schedule: Schedule) -> Iterator[Finding]:
    """Layers that are called the same; versions of one layer are, but one ends before the next begins."""
    named = [(number, layer) for number, layer in enumerate(schedule.layers) if layer.name]
    for (_, first), (number, second) in combinations(named, 2):
        if first.name == second.name and _in_force_together(first, second):
            message = f"another layer of this schedule is called {second.name!r}; choose a name of its own"
            yield Finding(place=(*place, "layers", number, "name"), message=message)


def _in_force_together(first: Layer, second: Layer) -> bool:
    (begins, ends), (starts, stops) = (
        (layer.effective_from or layer.start or ALWAYS[0], layer.until or ALWAYS[1])
        for layer in (first, second)
    )
    return begins < stops and starts < ends


def _overlapping_overrides(place: Place, schedule: Schedule) -> Iterator[Finding]:
    """Overrides that touch one person at the same time: there is no obvious order (S11)."""
    for number, override in enumerate(schedule.overrides):
        if problem := conflict(schedule.overrides[:number], override):
            yield Finding(place=(*place, "overrides", number), message=problem)
