"""Who is on an incident, and on which incidents is somebody?"""

from datetime import datetime

from sqlmodel import Session, col, or_, select

from ledger.escalations import situation
from ledger.incidents import find_incident, live_incidents
from ledger.tables import EscalationRow, IncidentRow, PageRow, RoleRow


def live_with(session: Session, person: str) -> tuple[str, ...]:
    """The open incidents for which somebody was paged or in which they hold a role, oldest first."""
    paged = select(PageRow.incident_id).where(PageRow.person == person)
    role = select(RoleRow.incident_id).where(RoleRow.person == person, col(RoleRow.until).is_(None))
    answered = select(EscalationRow.incident_id).where(EscalationRow.acknowledged_by == person)
    theirs = or_(*(col(IncidentRow.id).in_(each) for each in (paged, role, answered)))
    found = set(session.exec(select(IncidentRow.id).where(theirs)))
    return tuple(row.key for row in live_incidents(session) if row.id in found)


def on_call_for(session: Session, key: str, now: datetime) -> frozenset[str]:
    """Whoever the escalations of an incident could page now, on any level of their policies."""
    incident = find_incident(session, key)
    rows = session.exec(select(EscalationRow).where(EscalationRow.incident_id == incident.id)).all()
    reached = [situation(session, incident, row, now).responders.values() for row in rows]
    return frozenset(each.person for found in reached for target in found for each in target)
