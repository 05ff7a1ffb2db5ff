"""What does a sender learn of the alerts that it sent? A condition with all that was said of it, by any name.

To a sender an alert is what we call a condition: everything under one fingerprint. Its number is that of the
first alert of it, so that it has one name from the first answer on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, desc, func, select

from incident.alert import Alert, AlertStatus
from incident.errors import NotFoundError
from incident.lifecycle import LIVE
from incident.timeline import Kind
from ledger.intake import triage_alert
from ledger.tables import AlertRow, IncidentRow
from ledger.timeline import note

LONGEST_NOTE, LONGEST_NAME = 4000, 200
"""Characters on the timeline; the delivery keeps the whole."""


@dataclass(frozen=True)
class SentAlert:
    """A condition as its sender knows it."""

    number: int
    alert: Alert
    """Its newest firing."""
    status: AlertStatus
    is_open: bool
    acknowledged_by: str | None
    fired: int
    first_at: datetime
    fired_at: datetime
    changed_at: datetime


def sent_alert(session: Session, source: str, fingerprint: str) -> SentAlert:
    """A condition of a source.

    Raises:
        NotFoundError: nothing has fired under this name.
    """
    of_it = AlertRow.source == source, AlertRow.fingerprint == fingerprint
    fired = (*of_it, AlertRow.status == AlertStatus.FIRING)
    query = select(func.min(AlertRow.id), func.max(AlertRow.id), func.count()).where(*fired)
    first_id, last_id, count = session.exec(query).one()
    if first_id is None:
        raise NotFoundError("no alert is known under this name")
    first, last = session.get_one(AlertRow, first_id), session.get_one(AlertRow, last_id)
    says = (*of_it, AlertRow.status != AlertStatus.INFO)
    newest = session.exec(select(AlertRow).where(*says).order_by(col(AlertRow.id).desc()).limit(1)).one()
    incident = session.get(IncidentRow, last.incident_id) if last.incident_id else None
    return SentAlert(
        number=first_id,
        alert=last.alert,
        status=newest.status,
        is_open=newest.status is not AlertStatus.RESOLVED and (incident is None or incident.status in LIVE),
        acknowledged_by=incident.acknowledged_by if incident else None,
        fired=count,
        first_at=first.received_at,
        fired_at=last.received_at,
        changed_at=newest.received_at,
    )


def sent_alerts(session: Session, source: str, offset: int, limit: int) -> list[SentAlert]:
    """The conditions of a source, the newest first."""
    fired = AlertRow.source == source, AlertRow.status == AlertStatus.FIRING
    names = select(AlertRow.fingerprint).where(*fired).group_by(col(AlertRow.fingerprint))
    page = session.exec(names.order_by(desc(func.min(AlertRow.id))).offset(offset).limit(limit)).all()
    return [sent_alert(session, source, name) for name in page]


def count_sent(session: Session, source: str) -> int:
    """How many conditions a source has sent."""
    fired = AlertRow.source == source, AlertRow.status == AlertStatus.FIRING
    return session.exec(select(func.count(func.distinct(AlertRow.fingerprint))).where(*fired)).one()


def of_sender(session: Session, source: str, number: int) -> AlertRow:
    """An alert of a source, whatever it says.

    Raises:
        NotFoundError: the source has no alert of this number.
    """
    row = session.get(AlertRow, number)
    if row is None or row.source != source:
        raise NotFoundError("no alert is known under this name")
    return row


def note_of_sender(session: Session, number: int, text: str, by: str, now: datetime) -> str | None:
    """Write what a sender notes on the timeline of the incident that its condition belongs to, if any.

    What was sent before and is not triaged yet is triaged first: a note that follows its alert at once would
    find no incident otherwise. Returns the incident's key.
    """
    noted = session.get_one(AlertRow, number)
    for waiting in _said_before(session, noted):
        triage_alert(session, waiting, now)
    incident = _incident_of(session, noted)
    if incident is None:
        return None
    short = text if len(text) <= LONGEST_NOTE else f"{text[:LONGEST_NOTE]}…"
    note(session, incident.id or 0, now, Kind.NOTE, short, by=by[:LONGEST_NAME], via=noted.source)
    return incident.key


def _said_before(session: Session, row: AlertRow) -> Sequence[int]:
    waiting = select(AlertRow.id).where(
        AlertRow.source == row.source,
        AlertRow.fingerprint == row.fingerprint,
        col(AlertRow.end_state).is_(None),
        col(AlertRow.id) <= row.id,
    )
    return [number or 0 for number in session.exec(waiting.order_by(col(AlertRow.id))).all()]


def _incident_of(session: Session, row: AlertRow) -> IncidentRow | None:
    """The newest incident of the condition."""
    query = (
        select(IncidentRow)
        .join(AlertRow, col(AlertRow.incident_id) == IncidentRow.id)
        .where(AlertRow.source == row.source, AlertRow.fingerprint == row.fingerprint)
        .order_by(col(AlertRow.id).desc())
        .limit(1)
    )
    return session.exec(query).first()
