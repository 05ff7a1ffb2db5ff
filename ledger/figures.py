"""How many, and how late? The numbers that monitoring asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy
from sqlalchemy import func
from sqlmodel import Session, col, select

from incident.lifecycle import LIVE
from ledger.decisions import decisions_overdue
from ledger.pages import oldest_owed
from ledger.tables import AlertRow, DeliveryRow, IncidentRow, PageRow, RunRow

Counts = Mapping[tuple[str, ...], int]


@dataclass(frozen=True)
class Figures:
    """Counts by label values, and ages."""

    alerts: Counts
    incidents: Counts
    pages: Counts
    rejected_deliveries: int
    runs_owed: int
    decisions_overdue: int
    oldest_page_owed: timedelta


def figures(session: Session, now: datetime) -> Figures:
    """All figures at this instant."""
    oldest = oldest_owed(session, now)
    return Figures(
        alerts=_count(session, AlertRow.source, AlertRow.end_state),
        incidents=_count(session, IncidentRow.status, IncidentRow.severity),
        pages=_count(session, PageRow.state, PageRow.method),
        rejected_deliveries=_number(session, DeliveryRow.id, DeliveryRow.problem != ""),
        runs_owed=_number(session, RunRow.id, RunRow.flow_run_id == "", col(RunRow.ended_at).is_(None)),
        decisions_overdue=len(decisions_overdue(session, now)),
        oldest_page_owed=now - oldest if oldest else timedelta(),
    )


def live_count(session: Session) -> int:
    """How many incidents need people."""
    return _number(session, IncidentRow.id, col(IncidentRow.status).in_(LIVE))


def _count(session: Session, *by: Any) -> Counts:
    rows = session.execute(sqlalchemy.select(*by, func.count()).group_by(*by)).all()
    return {tuple(_label(value) for value in row[:-1]): int(row[-1]) for row in rows}


def _label(value: Any) -> str:
    return "" if value is None else str(getattr(value, "value", value))


def _number(session: Session, column: Any, *where: Any) -> int:
    return int(session.exec(select(func.count(column)).where(*where)).one())
