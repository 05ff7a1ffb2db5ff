"""How is an alert made safe, and what becomes of it?

Two transactions: the delivery and its alerts are committed before the door answers; then each is triaged. An
alert that is committed but not triaged (a process died between) is found by `untriaged`, and triaged by the
watchdog. Alerts are triaged one after the other: what one of them opens, the next one is attached to.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import assert_never

from sqlalchemy import ColumnElement, and_
from sqlmodel import Session, col, desc, select

from incident.alert import Alert
from incident.lifecycle import LIVE
from incident.timeline import Kind
from incident.triage import Attach, Open, Outcome, Resolve, Seen, Situation, Suppress, end_state, triage
from incident.triage_order import precedence
from incident.trust.request import Once
from ledger.configurations import configuration_in_force
from ledger.incidents import find_incident, open_incident
from ledger.recovering import heard
from ledger.tables import AlertRow, DeliveryRow, IncidentRow
from ledger.taken import claim_once, claimed_by
from ledger.timeline import note
from ledger.turns import Turn, take_turn

REMEMBERED = 50
"""How many earlier alerts of the same condition triage looks at."""

GRACE = timedelta(seconds=2)
"""An alert younger than this is still being triaged by the door that took it."""


def accept_delivery(
    session: Session,
    source: str,
    body: bytes,
    alerts: Sequence[Alert],
    now: datetime,
    once: Once | None = None,
    remarks: Sequence[str] = (),
) -> list[int]:
    """Keep a delivery and all of its alerts, or nothing; returns the alerts' ids.

    One that came before, as its key ``once`` tells, is not kept again: the ids are those of the first time.
    """
    if once and (before := claim_once(session, source, once, now)) is not None:
        return list(before)
    delivery = DeliveryRow(source=source, received_at=now, body=body, remarks=list(remarks))
    session.add(delivery)
    session.flush()
    if once:
        claimed_by(session, source, once, delivery.id or 0)
    rows = [_row(delivery.id or 0, alert, now) for alert in alerts]
    session.add_all(rows)
    session.flush()
    return [row.id or 0 for row in rows]


def reject_delivery(session: Session, source: str, body: bytes, problem: str, now: datetime) -> None:
    """Keep what could not be understood, with the reason."""
    session.add(DeliveryRow(source=source, received_at=now, body=body, problem=problem))


def untriaged(session: Session, before: datetime) -> Sequence[int]:
    """Accepted alerts without an end state that came in before this instant, oldest first."""
    query = select(AlertRow.id).where(col(AlertRow.end_state).is_(None), col(AlertRow.received_at) < before)
    return [alert or 0 for alert in session.exec(query.order_by(col(AlertRow.id)))]


def triage_alert(session: Session, alert_id: int, now: datetime) -> IncidentRow | None:
    """Give an alert its end state; returns the incident it belongs to. Asking twice changes nothing."""
    take_turn(session, Turn.TRIAGE)
    row = session.get_one(AlertRow, alert_id)
    if row.end_state is not None:
        return session.get(IncidentRow, row.incident_id) if row.incident_id else None
    version, configuration = configuration_in_force(session)
    row.service = configuration.service_of(row.alert)
    outcome = triage(row.alert, Situation(service=row.service, seen=_seen(session, row)))
    incident = _apply(session, row, outcome, version, now)
    row.end_state, row.reason = end_state(outcome), outcome.reason
    row.incident_id = incident.id if incident else None
    session.add(row)
    if incident:
        heard(session, incident, row, now)
    return incident


def alert_outcome(session: Session, alert_id: int) -> tuple[AlertRow, str | None]:
    """What became of an alert, and the key of the incident it belongs to."""
    row = session.get_one(AlertRow, alert_id)
    incident = session.get(IncidentRow, row.incident_id) if row.incident_id else None
    return row, incident.key if incident else None


def _row(delivery_id: int, alert: Alert, now: datetime) -> AlertRow:
    return AlertRow(
        delivery_id=delivery_id,
        source=alert.source,
        fingerprint=alert.fingerprint,
        status=alert.status,
        received_at=now,
        precedence=precedence(alert),
        alert=alert,
    )


def _seen(session: Session, row: AlertRow) -> tuple[Seen, ...]:
    """Alerts of the same condition, and one of an open incident of the same service; newest first."""
    same = and_(col(AlertRow.source) == row.source, col(AlertRow.fingerprint) == row.fingerprint)
    beside = and_(col(IncidentRow.service) == row.service, col(IncidentRow.status).in_(LIVE))
    found = {seen.id: (seen, of) for seen, of in _earlier(session, beside, 1)}
    found |= {seen.id: (seen, of) for seen, of in _earlier(session, same, REMEMBERED)}
    return tuple(
        Seen(
            incident=incident.key,
            live=incident.status in LIVE,
            same_condition=(earlier.source, earlier.fingerprint) == (row.source, row.fingerprint),
            status=earlier.status,
            starts_at=earlier.alert.starts_at,
        )
        for _, (earlier, incident) in sorted(found.items(), reverse=True)
    )


def _earlier(
    session: Session, condition: ColumnElement[bool], limit: int
) -> Sequence[tuple[AlertRow, IncidentRow]]:
    """The newest alerts that meet a condition; their incidents are held, so that none ends meanwhile."""
    query = (
        select(AlertRow, IncidentRow)
        .join(IncidentRow, col(AlertRow.incident_id) == IncidentRow.id)
        .where(condition)
        .order_by(desc(col(AlertRow.id)))
        .limit(limit)
    )
    held_too = query.with_for_update(of=IncidentRow, key_share=True)
    return session.exec(held_too.execution_options(populate_existing=True)).all()


def _apply(
    session: Session, row: AlertRow, outcome: Outcome, version: int, now: datetime
) -> IncidentRow | None:
    match outcome:
        case Open():
            return open_incident(session, row.alert, row.service or "", version, now, reason=outcome.reason)
        case Attach() | Resolve():
            incident = find_incident(session, outcome.incident)
            kind = Kind.RECOVERED if isinstance(outcome, Resolve) else Kind.ALERT
            note(session, incident.id or 0, now, kind, f"{row.alert.title}: {outcome.reason}", via=row.source)
            return incident
        case Suppress():
            return None
        case _:
            assert_never(outcome)
