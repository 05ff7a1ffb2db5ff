"""What does a person do to an incident besides answering questions? Acknowledge, note, give a role."""

from datetime import datetime

from sqlmodel import Session, col, select

from incident.configuration import Role
from incident.decisions import Via
from incident.errors import NotFoundError, TransitionError
from incident.lifecycle import LIVE
from incident.timeline import Kind
from ledger.configurations import configuration_of
from ledger.escalations import OPEN, acknowledge
from ledger.incidents import find_incident, give_role
from ledger.pages import find_page
from ledger.tables import EscalationRow, IncidentRow
from ledger.timeline import note


def known_person(session: Session, key: str, person: str) -> str:
    """The person, if the incident's configuration knows them.

    Raises:
        NotFoundError: it does not; the message lists who is known.
    """
    people = configuration_of(session, find_incident(session, key)).people
    if person not in people:
        raise NotFoundError(f"{person!r} is not under people:; known: {', '.join(sorted(people))}")
    return person


def acknowledge_all(session: Session, key: str, person: str, *, via: Via, now: datetime) -> tuple[str, ...]:
    """Acknowledge everything that an incident pages for; returns the purposes, none when nobody is paged."""
    incident = _incident_for(session, key, person)
    query = select(EscalationRow).where(
        EscalationRow.incident_id == incident.id,
        col(EscalationRow.stage).in_(OPEN),
    )
    rows = session.exec(query.order_by(col(EscalationRow.id))).all()
    return tuple(row.purpose for row in rows if acknowledge(session, row.id or 0, person, via, now))


def acknowledge_page(
    session: Session, key: str, page_id: int, person: str, *, via: Via, now: datetime
) -> tuple[str, ...]:
    """Acknowledge what a page was for, whoever got it; returns its purpose, none if it was over before."""
    owed = find_page(session, page_id)
    known_person(session, key, person)
    if owed.incident.key != key:
        raise NotFoundError(f"{key} has no page {page_id}")
    own = page_id if owed.page.person == person else None
    counts = acknowledge(session, owed.page.escalation_id, person, via, now, page_id=own)
    return (owed.escalation.purpose,) if counts else ()


def write_note(session: Session, key: str, text: str, person: str, *, via: Via, now: datetime) -> None:
    """Add a line in somebody's own words to the timeline; a closed incident takes notes, too."""
    incident = find_incident(session, key)
    note(session, incident.id or 0, now, Kind.NOTE, text, by=known_person(session, key, person), via=via)


def assign(
    session: Session, key: str, role: Role, person: str, *, by: str, now: datetime, via: Via | None = None
) -> bool:
    """Give a role of a live incident to somebody; returns whether anything changed.

    Raises:
        TransitionError: the incident is over.
    """
    incident = find_incident(session, key)
    if incident.status not in LIVE:
        raise TransitionError(f"{key} is {incident.status}; roles are given while an incident is worked on")
    return give_role(session, incident, role, known_person(session, key, person), by, now, via=via)


def _incident_for(session: Session, key: str, person: str) -> IncidentRow:
    known_person(session, key, person)
    return find_incident(session, key)
