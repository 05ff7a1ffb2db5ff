"""Who holds which role of an incident?"""

from datetime import datetime

from sqlmodel import Session, col, select

from incident.configuration import Role
from incident.timeline import Kind
from ledger.tables import IncidentRow, RoleRow
from ledger.timeline import note


def holder(session: Session, incident: IncidentRow, role: Role) -> RoleRow | None:
    """Who holds a role now, since when and by whom."""
    query = select(RoleRow).where(
        RoleRow.incident_id == incident.id, RoleRow.role == role, col(RoleRow.until).is_(None)
    )
    return session.exec(query).first()


def take_free_role(session: Session, incident: IncidentRow, role: Role, person: str, now: datetime) -> None:
    """Whoever acknowledges first takes the role they were paged for, unless somebody has it."""
    if holder(session, incident, role):
        return
    assert incident.id is not None, "an incident that was found has its id"
    given_by = "acknowledgement"
    session.add(RoleRow(incident_id=incident.id, role=role, person=person, since=now, given_by=given_by))
    text = f"{person} is {role.replace('_', ' ')}, having acknowledged first"
    note(session, incident.id, now, Kind.ROLE, text, by=person)
