"""How does somebody escalate by hand? The next level is paged at once; an acknowledgement ends with it."""

from datetime import datetime

from sqlmodel import Session, col, select

from incident.actions import Action
from incident.decisions import Via
from incident.errors import NotFoundError
from incident.progress import Stage
from incident.reopening import escalate
from incident.timeline import Kind
from ledger.by_hand import known_person
from ledger.climbing import write_step
from ledger.climbs import owe_next_climb
from ledger.escalations import situation
from ledger.incidents import MANAGER_PURPOSE, find_incident
from ledger.tables import EscalationRow, IncidentRow
from ledger.timeline import note


def escalate_by_hand(
    session: Session, key: str, person: str, *, via: Via, now: datetime, purpose: str = MANAGER_PURPOSE
) -> tuple[Action, ...]:
    """Page the next level of one of an incident's escalations now (E10); returns what that decided.

    Raises:
        NotFoundError: there is no such incident, person or purpose; the message lists who and what is known.
        TransitionError: paging has ended, or a maintenance or a silence holds it back.
    """
    incident = find_incident(session, key)
    known_person(session, key, person)
    row = _of_purpose(session, incident, purpose)
    asleep = _no_run_climbs(row, now)
    step = escalate(row.policy, row.progress, situation(session, incident, row, now), person, now)
    text = f"{person} escalates ({row.purpose})"
    note(session, row.incident_id, now, Kind.ESCALATED, text, by=person, via=via)
    actions = write_step(session, row, step, now)
    if asleep:
        owe_next_climb(session, incident, row, now, due_at=now)
    return actions


def _no_run_climbs(row: EscalationRow, now: datetime) -> bool:
    """Its run has ended with an acknowledgement, or is owed for later: one has to begin now."""
    waits = row.version == 0 and row.next_at is not None and row.next_at > now
    return waits or row.stage is Stage.ACKNOWLEDGED


def _of_purpose(session: Session, incident: IncidentRow, purpose: str) -> EscalationRow:
    query = select(EscalationRow).where(EscalationRow.incident_id == incident.id)
    rows = {row.purpose: row for row in session.exec(query.order_by(col(EscalationRow.id)))}
    if purpose not in rows:
        known = ", ".join(rows) or "nothing yet"
        raise NotFoundError(f"{incident.key} pages nobody for {purpose!r}; it pages for: {known}")
    return rows[purpose]
