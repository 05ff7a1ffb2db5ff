"""What do people see of silences and maintenance: which there are, and which alerts one would be about?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, desc, func, select

from incident.alert import AlertStatus
from incident.maintenance import Maintenance
from incident.matching import labels_of
from ledger.configurations import configuration_in_force
from ledger.maintenance import maintenance_row, past_maintenance
from ledger.quiet import as_maintenance, windows
from ledger.quiet_tables import MaintenanceRow
from ledger.tables import AlertRow, IncidentRow

LOOKED_BACK = timedelta(days=1)
LOOKED_THROUGH = 5000
"""How many of the newest alerts a preview looks through."""

Covers = Callable[[Mapping[str, str]], bool]


@dataclass(frozen=True)
class Matched:
    """A condition of the last day that would have been silenced."""

    title: str
    source: str
    service: str
    last_at: datetime
    incident: str | None


@dataclass(frozen=True)
class Preview:
    """What a silence would have been about in the last day."""

    alerts: int
    conditions: tuple[Matched, ...]


def preview(session: Session, covers: Covers, now: datetime) -> Preview:
    """The alerts of the last day whose labels are met, newest first; each condition once."""
    newest = session.exec(select(func.max(AlertRow.id))).one() or 0
    query = (
        select(AlertRow, IncidentRow.key)
        .join(IncidentRow, col(AlertRow.incident_id) == IncidentRow.id, isouter=True)
        .where(col(AlertRow.id) > newest - LOOKED_THROUGH)
        .where(col(AlertRow.received_at) > now - LOOKED_BACK, AlertRow.status == AlertStatus.FIRING)
        .order_by(desc(col(AlertRow.id)))
    )
    found: dict[tuple[str, str], Matched] = {}
    alerts = 0
    for row, incident in session.exec(query):
        if covers(labels_of(row.alert, row.service)):
            alerts += 1
            matched = Matched(row.alert.title, row.source, row.service or "", row.received_at, incident)
            found.setdefault((row.source, row.fingerprint), matched)
    return Preview(alerts, tuple(found.values()))


def maintenances(
    session: Session, now: datetime, *, every: bool = False
) -> Sequence[tuple[Maintenance, MaintenanceRow | None]]:
    """The windows that hold or may come, each with its row (None: of the file); on demand those that were."""
    _, configuration = configuration_in_force(session)
    there = [(each, maintenance_row(session, each.name)) for each in windows(session, configuration, now)]
    past = [(as_maintenance(row, {}), row) for row in past_maintenance(session, now)] if every else []
    return [*there, *past]


def common_labels(session: Session, key: str) -> dict[str, str]:
    """The labels that all alerts of an incident have in common: what a silence of it may begin with."""
    query = select(AlertRow).join(IncidentRow, col(AlertRow.incident_id) == IncidentRow.id)
    rows = session.exec(query.where(IncidentRow.key == key).order_by(desc(col(AlertRow.id))).limit(200)).all()
    labels = [row.alert.labels for row in rows]
    if not labels:
        return {}
    common = set(labels[0].items()).intersection(*(each.items() for each in labels[1:]))
    return dict(sorted(common)) or {"@service": rows[0].service or ""}
