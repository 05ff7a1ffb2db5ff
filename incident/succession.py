"""Who is on call after the people of a rotation have changed?

Editing the list in place would move everybody, because turns are counted. So an edit ends the layer at an
instant and begins a new version of it there: the person on call stays, the handoffs stay where they are, and
what was is not touched.
"""

from datetime import datetime, timedelta

from incident.roster import Roster
from incident.schedule import Schedule


def with_users(
    schedule: Schedule, users: tuple[tuple[str, ...], ...], *, at: datetime, layer: int = 0
) -> Schedule:
    """The schedule with other people, or another order, in one layer from an instant on.

    Whoever has the turn then keeps it if still listed; otherwise the next in the old order who is gets it.
    """
    old = schedule.layers[layer]
    since = max(at, old.start or at)
    roster = Roster(old, schedule.clock, schedule.semantics)
    turn = next(roster.turns((since, since + timedelta.resolution))).number
    first = _keeper(old.users, users, turn)
    turned = tuple(users[(place - turn + first) % len(users)] for place in range(len(users)))
    versions = (
        old.model_copy(update={"until": min(at, old.until or at)}),
        old.model_copy(update={"users": turned, "effective_from": max(at, old.effective_from or at)}),
    )
    layers = (*schedule.layers[:layer], *versions, *schedule.layers[layer + 1 :])
    return schedule.model_copy(update={"layers": layers})


def _keeper(old: tuple[tuple[str, ...], ...], new: tuple[tuple[str, ...], ...], turn: int) -> int:
    """The place in the new order of whoever has the turn, or comes next in the old one and is still there."""
    following = (old[(turn + ahead) % len(old)] for ahead in range(len(old)))
    return next((new.index(group) for group in following if group in new), 0)
