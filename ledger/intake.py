"""How is an alert made safe, and what becomes of it?

Two transactions: the delivery and its alerts are committed before the door answers; then each is triaged. An
alert that is committed but not triaged (a process died between) is found by `untriaged`, and triaged by the
watchdog. Alerts are triaged one after the other: what one of them opens, the next one is attached to.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from incident.alert import Alert
from incident.triage_order import precedence
from incident.trust.request import Once
from ledger.tables import AlertRow, DeliveryRow, IncidentRow
from ledger.taken import claim_once, claimed_by
from ledger.triaging import decide, decide_again
from ledger.turns import Turn, take_turn

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


def untriaged(session: Session, before: datetime, limit: int = 200) -> Sequence[int]:
    """The most urgent accepted alerts without an end state that came in before this instant."""
    query = select(AlertRow.id).where(col(AlertRow.end_state).is_(None), col(AlertRow.received_at) < before)
    in_turn = col(AlertRow.precedence), col(AlertRow.id)
    return [alert or 0 for alert in session.exec(query.order_by(*in_turn).limit(limit))]


def triage_alert(session: Session, alert_id: int, now: datetime) -> IncidentRow | None:
    """Give an alert its end state; returns the incident it belongs to. Asking twice changes nothing."""
    take_turn(session, Turn.TRIAGE)
    row = session.get_one(AlertRow, alert_id)
    if row.end_state is not None:
        return session.get(IncidentRow, row.incident_id) if row.incident_id else None
    return decide(session, row, now)


def waiting_alerts(session: Session, now: datetime, limit: int = 200) -> Sequence[int]:
    """Alerts to be triaged again, urgent ones first: a silence has ended, or perhaps their cause."""
    due = select(AlertRow.id).where(col(AlertRow.look_again_at) <= now)
    in_order = due.order_by(col(AlertRow.precedence), col(AlertRow.look_again_at), col(AlertRow.id))
    return [alert or 0 for alert in session.exec(in_order.limit(limit))]


def triage_again(session: Session, alert_id: int, now: datetime) -> IncidentRow | None:
    """Look again at an alert whose time has come; returns the incident that it belongs to from now on.

    Nothing happens if it has recovered or a newer alert of its condition speaks for it; else its new end
    state replaces the old one, with a reason that names both.
    """
    take_turn(session, Turn.TRIAGE)
    row = session.get_one(AlertRow, alert_id, populate_existing=True)
    if row.look_again_at is None or row.look_again_at > now:
        return None
    return decide_again(session, row, now)


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
