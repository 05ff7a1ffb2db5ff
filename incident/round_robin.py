"""Whose turn is it in a round robin? One member for each new incident, in the order in which they stand.

Whoever cannot be reached is passed over; the turn counts from whoever was paged, so nobody uses one up
without being paged. A last member who is gone restarts it at the first (E6).
"""

from incident.policy import Target
from incident.situation import Situation, Turn


def whose_turn(members: tuple[Target, ...], turn: Turn, situation: Situation) -> Target | None:
    """The member to page for this incident, or None when nobody of them can be reached.

    Whoever this incident was assigned to before stays, as long as they can be reached.
    """
    names = [str(member) for member in members]
    first = names.index(turn.last) + 1 if turn.last in names else 0
    order = [*members[first:], *members[:first]]
    order.sort(key=lambda member: str(member) != turn.assigned)
    return next((member for member in order if situation.reached_by([member])), None)
