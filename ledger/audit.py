"""Was anything lost? Every accepted alert with its end state, and everything that was owed and not done.

What is younger than its grace is still being worked on; what is older was left lying, and is a violation.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlmodel import Session, col, func, select

from incident.alert import AlertStatus, EndState
from ledger.decisions import decisions_overdue
from ledger.escalations import escalations_due
from ledger.intake import GRACE
from ledger.pages import owed_since, pages_owed
from ledger.runs import runs_owed
from ledger.tables import AlertRow, DeliveryRow, IncidentRow

SETTLING = timedelta(seconds=30)
"""A page, a run or a timer may be this late: a lost worker is recovered within 20 seconds."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class AuditedAlert(_Part):
    """An accepted alert and what became of it."""

    id: int
    source: str
    fingerprint: str
    title: str
    status: AlertStatus
    received_at: AwareDatetime
    end_state: EndState | None
    reason: str
    incident: str | None


class Breach(StrEnum):
    """Which promise was broken."""

    ALERT_WITHOUT_END_STATE = "alert without end state"
    LOOK_OVERDUE = "alert that was suppressed for a while and not looked at again"
    PAGE_NOT_SENT = "page owed and not sent"
    LEVEL_NOT_PAGED = "level due and not paged"
    RUN_NOT_STARTED = "run owed and not started"
    DECISION_OVERDUE = "decision overdue and not settled"


class Violation(_Part):
    """Something that was left lying, and since when."""

    breach: Breach
    what: str
    since: AwareDatetime
    incident: str | None = None


class Audit(_Part):
    """The state of the whole ledger at one instant."""

    at: AwareDatetime
    ok: Annotated[bool, Field(description="Nothing was lost.")]
    deliveries: int
    deliveries_rejected: Annotated[int, Field(description="Not understood; they are kept with the reason.")]
    alerts: tuple[AuditedAlert, ...]
    violations: tuple[Violation, ...]


def audit(session: Session, now: datetime) -> Audit:
    """Look at everything that was ever accepted or owed."""
    keys = _keys(session)
    violations = (
        *_lost_alerts(session, now),
        *_late_looks(session, now),
        *_lost_pages(session, now, keys),
        *_late_levels(session, now, keys),
        *_lost_runs(session, now, keys),
        *_late_decisions(session, now),
    )
    return Audit(
        at=now,
        ok=not violations,
        deliveries=_deliveries(session),
        deliveries_rejected=_deliveries(session, rejected=True),
        alerts=_alerts(session, keys),
        violations=violations,
    )


def _keys(session: Session) -> dict[int, str]:
    return {number or 0: key for number, key in session.exec(select(IncidentRow.id, IncidentRow.key))}


def _deliveries(session: Session, *, rejected: bool = False) -> int:
    query = select(func.count()).select_from(DeliveryRow)
    return session.exec(query.where(DeliveryRow.problem != "") if rejected else query).one()


def _alerts(session: Session, keys: dict[int, str]) -> tuple[AuditedAlert, ...]:
    return tuple(
        AuditedAlert(
            **row.model_dump(exclude={"alert", "service"}),
            title=row.alert.title,
            incident=keys.get(row.incident_id or 0),
        )
        for row in session.exec(select(AlertRow).order_by(col(AlertRow.id)))
    )


def _lost_alerts(session: Session, now: datetime) -> Iterator[Violation]:
    before = col(AlertRow.received_at) < now - GRACE
    for row in session.exec(select(AlertRow).where(col(AlertRow.end_state).is_(None), before)):
        yield Violation(breach=Breach.ALERT_WITHOUT_END_STATE, what=_named(row), since=row.received_at)


def _late_looks(session: Session, now: datetime) -> Iterator[Violation]:
    for row in session.exec(select(AlertRow).where(col(AlertRow.look_again_at) < now - SETTLING)):
        yield Violation(breach=Breach.LOOK_OVERDUE, what=_named(row), since=row.look_again_at or now)


def _named(row: AlertRow) -> str:
    return f"alert {row.id} from {row.source}: {row.alert.title}"


def _lost_pages(session: Session, now: datetime, keys: dict[int, str]) -> Iterator[Violation]:
    for page in pages_owed(session, now - SETTLING):
        key = keys[page.incident_id]
        what = f"page to {page.person}, level {page.level + 1}"
        since = owed_since(session, page)
        yield Violation(breach=Breach.PAGE_NOT_SENT, what=what, since=since, incident=key)


def _late_levels(session: Session, now: datetime, keys: dict[int, str]) -> Iterator[Violation]:
    for row in escalations_due(session, now - SETTLING):
        key, since = keys[row.incident_id], row.next_at or now
        yield Violation(breach=Breach.LEVEL_NOT_PAGED, what=row.purpose, since=since, incident=key)


def _lost_runs(session: Session, now: datetime, keys: dict[int, str]) -> Iterator[Violation]:
    for run in runs_owed(session):
        if run.owed_at < now - SETTLING:
            key = keys[run.incident_id]
            yield Violation(breach=Breach.RUN_NOT_STARTED, what=run.name, since=run.owed_at, incident=key)


def _late_decisions(session: Session, now: datetime) -> Iterator[Violation]:
    for decision, incident in decisions_overdue(session, now - SETTLING):
        yield Violation(
            breach=Breach.DECISION_OVERDUE, what=decision.key, since=decision.due_at, incident=incident.key
        )
