"""What is remembered of a condition? One row for each source and fingerprint, found by its key."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from incident.alert import AlertStatus
from incident.condition import Condition
from incident.grouping import OpenIncident
from incident.lifecycle import LIVE, Status
from incident.outcomes import Outcome, Suppress
from ledger.tables import AlertRow, IncidentRow
from ledger.triage_tables import ConditionRow
from ledger.turns import held_by_id


def condition_of(session: Session, source: str, fingerprint: str) -> ConditionRow | None:
    """The row of a condition; None before its first alert was triaged."""
    same = ConditionRow.source == source, ConditionRow.fingerprint == fingerprint
    return session.exec(select(ConditionRow).where(*same)).first()


def remembered(session: Session, row: ConditionRow | None) -> Condition:
    """A row as the questions see it; its incident is held, so that it does not end meanwhile."""
    if row is None:
        return Condition()
    incident = held_by_id(session, row.incident_id) if row.incident_id else None
    return Condition(
        status=row.status,
        starts_at=row.starts_at,
        told=row.told,
        changes=row.changes,
        flapping=row.flapping,
        incident=seen(incident) if incident else None,
    )


def seen(incident: IncidentRow) -> OpenIncident:
    """An incident as the questions see it."""
    return OpenIncident(
        key=incident.key,
        service=incident.service,
        live=incident.status in LIVE,
        assessed=incident.status is not Status.OPEN,
        severity=incident.severity,
        proposed=incident.severity_proposed,
        last_alert_at=incident.last_alert_at or incident.opened_at,
    )


def remember(
    session: Session, row: ConditionRow | None, alert: AlertRow, condition: Condition, outcome: Outcome
) -> ConditionRow | None:
    """Keep what an alert has changed about its condition; what says nothing about it has none."""
    if alert.status not in (AlertStatus.FIRING, AlertStatus.RESOLVED):
        return row
    if row is None:
        row = ConditionRow(
            source=alert.source,
            fingerprint=alert.fingerprint,
            service=alert.service or "",
            status=condition.status,
        )
    changed = row.changes != condition.changes
    row.service = alert.service or row.service
    row.status, row.starts_at, row.told = condition.status, condition.starts_at, condition.told
    row.changes, row.flapping = condition.changes, condition.flapping
    row.incident_id = alert.incident_id or row.incident_id
    if changed or outcome.by or not isinstance(outcome, Suppress):
        _wait(session, row, alert.id if outcome.by else None)
    session.add(row)
    return row


def firing_services_of(session: Session, incident_id: int) -> list[str]:
    """The services of the conditions of an incident that fire now."""
    fires = ConditionRow.incident_id == incident_id, ConditionRow.status == AlertStatus.FIRING
    return list(session.exec(select(ConditionRow.service).where(*fires).distinct()))


def move_conditions(session: Session, alert_ids: list[int], incident_id: int) -> None:
    """Alerts belong to another incident now, by a merge or a split: so do their conditions."""
    moved = select(AlertRow.source, AlertRow.fingerprint).where(col(AlertRow.id).in_(alert_ids)).distinct()
    for source, fingerprint in session.exec(moved).all():
        if (row := condition_of(session, source, fingerprint)) is not None:
            row.incident_id = incident_id
            session.add(row)


def _wait(session: Session, row: ConditionRow, alert_id: int | None) -> None:
    """The newest alert waits for all: an older one of the condition need not be looked at again."""
    if row.waiting_id is not None and row.waiting_id != alert_id:
        older = update(AlertRow).where(col(AlertRow.id) == row.waiting_id).values(look_again_at=None)
        session.connection().execute(older)
    row.waiting_id = alert_id


def is_waiting(row: ConditionRow | None, alert: AlertRow, now: datetime) -> bool:
    """Is it time to triage this alert again, and does it still speak for its condition?"""
    due = alert.look_again_at is not None and alert.look_again_at <= now
    return due and row is not None and row.waiting_id == alert.id and row.status == alert.status
