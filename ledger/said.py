"""What was said about an incident outside its questions? It lands on the timeline, with its author."""

from datetime import datetime

from sqlmodel import Session, col, select

from incident.decisions import Outcome, Via
from incident.timeline import Kind
from ledger.by_hand import known_person
from ledger.incidents import find_incident
from ledger.tables import FactRow
from ledger.timeline import note

LONGEST = 4000
"""Characters of a message that are kept."""


def keep_said(
    session: Session, key: str, text: str, author: str, said_at: datetime, *, via: Via, message: str
) -> bool:
    """Keep a message of the room with its author and its time, once by its id; False: it is there already.

    The author may be somebody who is not under people:, by the name that the chat has for them.
    """
    incident = find_incident(session, key)
    notes = select(FactRow).where(FactRow.incident_id == incident.id, col(FactRow.kind) == Kind.NOTE)
    if any(fact.data.get("message") == message for fact in session.exec(notes)):
        return False
    words = text.replace("\0", "").strip()[:LONGEST]
    note(session, incident.id or 0, said_at, Kind.NOTE, words, by=author, via=via, message=message)
    return True


def keep_finding(
    session: Session,
    key: str,
    kind: Kind,
    text: str,
    person: str,
    *,
    via: Via,
    now: datetime,
    outcome: Outcome | None = None,
) -> None:
    """An observation, a theory or an experiment of a moment in which no question asks for it."""
    incident, by = find_incident(session, key), known_person(session, key, person)
    note(session, incident.id or 0, now, kind, text, by=by, via=via, outcome=outcome)


def keep_refusal(session: Session, key: str, text: str, person: str, *, via: Via, now: datetime) -> None:
    """Somebody wanted what they may not."""
    incident = find_incident(session, key)
    note(session, incident.id or 0, now, Kind.REFUSED, text, by=person, via=via)
