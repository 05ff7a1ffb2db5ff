"""Who is on call after the people of a rotation have changed?

Editing the list in place would move everybody, because turns are counted. So an edit ends the layer at an
instant and begins a new version of it there: the person on call stays, the handoffs stay where they are, and
what was is not touched (S12).
"""

from datetime import datetime, timedelta
from itertools import takewhile

from incident.roster import Roster
from incident.schedule import Layer, Schedule

Order = tuple[tuple[str, ...], ...]


def with_users(schedule: Schedule, users: Order, *, at: datetime, layer: int = 0) -> Schedule:
    """The schedule with other people, or another order, in one layer from an instant on.

    Whoever has the turn then keeps it if still listed; otherwise the next in the old order who is gets it.
    """
    old = schedule.layers[layer]
    turn = _turn(schedule, old, at)
    turned = _turned(users, turn, _keeper(old.users, users, turn))
    versions = (
        old.model_copy(update={"until": min(at, old.until or at)}),
        old.model_copy(update={"users": turned, "effective_from": max(at, old.effective_from or at)}),
    )
    layers = (*schedule.layers[:layer], *versions, *schedule.layers[layer + 1 :])
    return schedule.model_copy(update={"layers": layers})


def carried_on(old: Schedule, new: Schedule, at: datetime) -> Schedule:
    """An edited schedule that takes over at an instant, its rotations turned so that nobody loses the turn.

    A rotation goes on if its start and its handoffs are as before; one that was given others begins anew, as
    it is written. So to move the turns on purpose, one writes another start.
    """
    layers = tuple(_carried(old, new, place, at) for place in range(len(new.layers)))
    return new.model_copy(update={"layers": layers})


def _carried(old: Schedule, new: Schedule, place: int, at: datetime) -> Layer:
    layer = new.layers[place]
    before = _predecessor(old, layer, place)
    begun = layer.start is not None and layer.start <= at
    if before is None or layer.handoff is None or not (begun and before.users and layer.users):
        return layer
    first = _keeper(before.users, layer.users, _turn(old, before, at))
    return layer.model_copy(update={"users": _turned(layer.users, _turn(new, layer, at), first)})


def _predecessor(old: Schedule, layer: Layer, place: int) -> Layer | None:
    """The layer that this one goes on with: at the same place, else the first one with the same handoffs."""
    candidates = (*old.layers[place : place + 1], *old.layers)
    return next((each for each in candidates if _handoffs(each) == _handoffs(layer)), None)


def _handoffs(layer: Layer) -> tuple[object, ...]:
    return layer.start, layer.handoff, layer.first_handoff


def _turn(schedule: Schedule, layer: Layer, at: datetime) -> int:
    """The number of the turn at an instant; of the first one if that lies before the start."""
    since = max(at, layer.start or at)
    roster = Roster(layer, schedule.clock, schedule.semantics)
    return next(roster.turns((since, since + timedelta.resolution))).number


def _turned(users: Order, turn: int, first: int) -> Order:
    """The same order, turned so that the one at the place `first` has the turn with this number."""
    return tuple(users[(place - turn + first) % len(users)] for place in range(len(users)))


def _keeper(old: Order, new: Order, turn: int) -> int:
    """The place in the new order of whoever has the turn, or comes next in the old one and is still there.

    Of somebody who is listed several times, the place after which the most turns follow as before.
    """
    coming = [old[(turn + ahead) % len(old)] for ahead in range(len(old))]
    for skipped, group in enumerate(coming):
        places = [place for place, each in enumerate(new) if each == group]
        if places:
            return max(places, key=lambda place: _alike(coming[skipped:], new, place))
    return 0


def _alike(coming: list[tuple[str, ...]], new: Order, place: int) -> int:
    """How many turns from a place on are as they were to come."""
    pairs = enumerate(coming)
    return sum(1 for _ in takewhile(lambda pair: new[(place + pair[0]) % len(new)] == pair[1], pairs))
