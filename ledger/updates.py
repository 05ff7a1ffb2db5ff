"""Which messages went to which audience?"""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from incident.story import Audience, UpdateState
from incident.timeline import Kind
from ledger.incidents import find_incident
from ledger.tables import IncidentRow, UpdateRow
from ledger.timeline import note


def publish(
    session: Session,
    key: str,
    audience: Audience,
    cause: str,
    state: UpdateState,
    title: str,
    body: str,
    now: datetime,
) -> UpdateRow:
    """Write an update; it stands on the built-in status page from now on. One per audience and cause."""
    incident = find_incident(session, key)
    known = _known(session, incident, audience, cause)
    if known:
        return known
    _count_first(session, incident, now)
    row = UpdateRow(
        incident_id=incident.id or 0,
        audience=audience,
        cause=cause,
        state=state,
        language=incident.language,
        title=title,
        body=body,
        at=now,
    )
    session.add(row)
    text = f"{audience} update ({state}): {title}"
    note(session, row.incident_id, now, Kind.UPDATE, text, audience=audience)
    session.flush()
    return row


def newest_update(session: Session, key: str, audience: Audience) -> UpdateRow | None:
    """What an audience was told last about an incident; None: nothing so far."""
    incident = find_incident(session, key)
    told = select(UpdateRow).where(UpdateRow.incident_id == incident.id, UpdateRow.audience == audience)
    return session.exec(told.order_by(col(UpdateRow.id).desc())).first()


def updates_since(session: Session, since: datetime) -> Sequence[tuple[UpdateRow, IncidentRow]]:
    """The updates of the status pages, newest first."""
    query = (
        select(UpdateRow, IncidentRow)
        .join(IncidentRow, col(UpdateRow.incident_id) == IncidentRow.id)
        .where(col(UpdateRow.at) >= since)
        .order_by(col(UpdateRow.id).desc())
    )
    return list(session.exec(query))


def _known(session: Session, incident: IncidentRow, audience: Audience, cause: str) -> UpdateRow | None:
    same = UpdateRow.incident_id == incident.id, UpdateRow.audience == audience, UpdateRow.cause == cause
    return session.exec(select(UpdateRow).where(*same)).first()


def _count_first(session: Session, incident: IncidentRow, now: datetime) -> None:
    if incident.first_update_at is None:
        incident.first_update_at = now
        session.add(incident)
