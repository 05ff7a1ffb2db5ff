"""What is still owed to an incident because a tool did not do it, and when is it tried again?

A row is there from the first failure until the effect is done. Whoever repairs holds no row meanwhile: the
claims of the effects keep two from doing the same.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select

from incident.lifecycle import LIVE, Phase
from incident.repairing import Repairs, pause, repairs, wanted
from incident.resources import Owed, described
from incident.story import Story
from incident.timeline import Kind
from ledger.incidents import find_incident
from ledger.repair_tables import RepairRow
from ledger.story import attempted, owed_to, tell
from ledger.tables import EffectRow, IncidentRow, PhaseRow
from ledger.timeline import note
from ledger.turns import held_by_id

AT_ONCE, MANY = 5, 200
"""Incidents, and things that are missing, of one look: the next look takes the rest."""


@dataclass(frozen=True)
class Failed:
    """How a try ended; `for_good`: refused, `in_hand`: another process is at it."""

    problem: str
    for_good: bool = False
    in_hand: bool = False
    after: timedelta | None = None


def owe(session: Session, incident_id: int, name: str, failed: Failed, now: datetime) -> None:
    """Remember that something is missing; the timeline has each problem once, however often it comes."""
    held_by_id(session, incident_id)
    row = _find(session, incident_id, name)
    if row is None:
        row = RepairRow(incident_id=incident_id, name=name, problem="", since=now, tried_at=now)
    if failed.problem != row.problem and not failed.in_hand:
        text = f"{described(name)} did not work: {failed.problem}"
        note(session, incident_id, now, Kind.PROBLEM, text, resource=name)
    row.problem = row.problem if failed.in_hand else failed.problem
    row.tries, row.tried_at = row.tries + 1, now
    row.due_at = None if failed.for_good else now + pause(row.tries, failed.after)
    session.add(row)


def repairs_due(session: Session, now: datetime) -> Sequence[str]:
    """The incidents to which something is due, those first that wait longest."""
    due = select(IncidentRow.key, RepairRow.due_at).join(RepairRow).where(col(RepairRow.due_at) <= now)
    longest = session.exec(due.order_by(col(RepairRow.due_at)).limit(MANY))
    return list(dict.fromkeys(key for key, _ in longest))[:AT_ONCE]


def without_set_up(session: Session, before: datetime) -> Sequence[str]:
    """The open incidents of before then whose channels are not set up, oldest first."""
    of_it = select(PhaseRow.id).where(PhaseRow.incident_id == IncidentRow.id)
    is_over = of_it.where(PhaseRow.phase == Phase.CHANNELS, col(PhaseRow.finished_at).is_not(None))
    query = select(IncidentRow.key).where(
        col(IncidentRow.status).in_(LIVE), col(IncidentRow.opened_at) < before, ~is_over.exists()
    )
    return session.exec(query.order_by(col(IncidentRow.id))).all()


def put_off(session: Session, incident_id: int, names: Collection[str], now: datetime) -> None:
    """These were tried and are as they were, such as what waits for a room: the next try comes later."""
    held_by_id(session, incident_id)
    for name in names:
        row = _find(session, incident_id, name)
        if row and row.due_at and row.due_at <= now:
            row.tries += 1
            row.due_at = now + pause(row.tries, None)
            session.add(row)


def plan(session: Session, key: str, now: datetime, *, alone: bool = False) -> Repairs:
    """What should be tried now for an incident."""
    story, effects, owed = _standing(session, key)
    return repairs(story, effects, owed, now, alone=alone)


def settle(session: Session, incident_id: int, name: str, now: datetime) -> bool:
    """What is done is owed no longer, and the timeline says so; returns whether it was owed."""
    held_by_id(session, incident_id)
    row, effect = _find(session, incident_id, name), _effect(session, incident_id, name)
    if row is None or effect is None or effect.finished_at is None:
        return False
    where = effect.result.get("url", "") if isinstance(effect.result, dict) else ""
    if row.problem:
        text = f"{described(name)} works now, at try {row.tries + 1}" + (f": {where}" if where else "")
        note(session, incident_id, now, Kind.REPAIRED, text, resource=name)
    session.delete(row)
    return True


def drop(session: Session, incident_id: int, names: Collection[str]) -> None:
    """These are owed no longer."""
    held_by_id(session, incident_id)
    mine = delete(RepairRow).where(col(RepairRow.incident_id) == incident_id)
    session.exec(mine.where(col(RepairRow.name).in_(names)))


def ask_for_repair(session: Session, key: str, now: datetime) -> Mapping[str, Owed]:
    """Everything that is missing is due now, what was refused too; returns what that is."""
    incident = find_incident(session, key)
    story, effects, owed = _standing(session, key)
    missing = [name for name in wanted(story, effects) if not effects.get(name)]
    for name in dict.fromkeys([*missing, *owed]):
        row = _find(session, incident.id or 0, name) or RepairRow(
            incident_id=incident.id or 0, name=name, problem="nobody tried so far", since=now, tried_at=now
        )
        row.due_at = now
        session.add(row)
        effect = _effect(session, incident.id or 0, name)
        if effect and effect.given_up:
            effect.given_up = False
            session.add(effect)
    session.flush()
    return owed_to(session, incident.id or 0)


def tried_since(session: Session, key: str, names: Collection[str], since: datetime) -> bool:
    """Has each of these been tried after it was asked for?"""
    incident = find_incident(session, key)
    mine = RepairRow.incident_id == incident.id, col(RepairRow.name).in_(names)
    waiting = select(RepairRow.id).where(*mine, col(RepairRow.due_at) <= since)
    return session.exec(waiting).first() is None


def _standing(session: Session, key: str) -> tuple[Story, Mapping[str, bool], Mapping[str, Owed]]:
    incident_id = find_incident(session, key).id or 0
    return tell(session, key), attempted(session, incident_id), owed_to(session, incident_id)


def _find(session: Session, incident_id: int, name: str) -> RepairRow | None:
    return session.exec(
        select(RepairRow).where(RepairRow.incident_id == incident_id, RepairRow.name == name)
    ).first()


def _effect(session: Session, incident_id: int, name: str) -> EffectRow | None:
    return session.exec(
        select(EffectRow).where(EffectRow.incident_id == incident_id, EffectRow.name == name)
    ).first()
