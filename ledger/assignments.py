"""Whose turn was it in each round robin, and whose is it for this incident? A row per turn that was taken.

The newest row of a level is the pointer: it is written in the transaction that pages, so that no two
incidents get the same turn (E6).
"""

from datetime import datetime

from sqlmodel import Session, col, select

from incident.plan import Plan
from incident.situation import Turn, place
from ledger.tables import AssignmentRow
from ledger.turns import Turn as Lock
from ledger.turns import take_turn, writes


def turns_of(session: Session, incident_id: int, plan: Plan) -> dict[str, Turn]:
    """How far each round robin of a plan has come, by the place of its level.

    A transaction that writes keeps others from taking a turn until it ends.
    """
    levels = [
        (name, number)
        for name, policy in plan.policies.items()
        for number, level in enumerate(policy.levels)
        if any(target.round_robin is not None for target in level.targets)
    ]
    if levels and writes(session):
        take_turn(session, Lock.ROUND_ROBIN)
    return {place(name, number): _turn(session, incident_id, name, number) for name, number in levels}


def assign_turn(
    session: Session, incident_id: int, policy: str, level: int, member: str, now: datetime
) -> None:
    """It is this member's turn for this incident; saying it again changes nothing."""
    if _turn(session, incident_id, policy, level).assigned == member:
        return
    row = AssignmentRow(incident_id=incident_id, policy=policy, level=level, member=member, assigned_at=now)
    session.add(row)
    session.flush()


def _turn(session: Session, incident_id: int, policy: str, level: int) -> Turn:
    newest = (
        select(AssignmentRow.member)
        .where(AssignmentRow.policy == policy, AssignmentRow.level == level)
        .order_by(col(AssignmentRow.id).desc())
        .limit(1)
    )
    here = newest.where(AssignmentRow.incident_id == incident_id)
    return Turn(last=session.exec(newest).first(), assigned=session.exec(here).first())
