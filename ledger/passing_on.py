"""Which monitors are still to show who has acknowledged? Written with the acknowledgement, told after it.

One row for each alert that fires when its incident is acknowledged, or joins an incident that is: what fires
again after a recovery is another alert. Whoever tells a monitor takes the row first for a while. What has
recovered meanwhile, or was acknowledged at the monitor itself, is settled without a word, so that no
acknowledgement goes in a circle.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, desc, select

from incident.alert import Alert, AlertStatus, EndState
from incident.lifecycle import LIVE
from incident.timeline import Kind
from ledger.configurations import configuration_of
from ledger.effects import LEASE
from ledger.passing_on_tables import PassingOnRow
from ledger.tables import AlertRow, IncidentRow
from ledger.timeline import note
from ledger.turns import held_by_id

TRIES = 20
"""In about two hours."""
LONGEST_PAUSE = timedelta(minutes=10)
SETTLED = "settled"


@dataclass(frozen=True)
class Owed:
    """What a monitor is to be told, by the try with this number."""

    number: int
    incident_id: int
    incident: str
    monitor: str
    alert_id: int
    alert: Alert
    person: str


def owe_for_incident(session: Session, incident: IncidentRow, now: datetime) -> None:
    """If somebody has acknowledged, the monitors of everything that fires are to show it."""
    monitors = _monitors(session, incident) if incident.acknowledged_by else {}
    if not monitors:
        return
    firing = select(AlertRow.id, AlertRow.source, AlertRow.fingerprint).where(
        AlertRow.incident_id == incident.id,
        AlertRow.status == AlertStatus.FIRING,
        col(AlertRow.source).in_(monitors),
    )
    newest = {
        (source, name): number for number, source, name in session.exec(firing.order_by(col(AlertRow.id)))
    }
    of_it = select(PassingOnRow.alert_id).join(AlertRow, col(AlertRow.id) == PassingOnRow.alert_id)
    known = set(session.exec(of_it.where(AlertRow.incident_id == incident.id)))
    session.add_all(
        _owed(incident, number, monitors[source], now)
        for (source, _), number in newest.items()
        if number is not None and number not in known
    )


def owe_for_alert(session: Session, incident: IncidentRow, row: AlertRow, now: datetime) -> None:
    """An alert belongs to an incident from now on: if that is acknowledged, its monitor is to show it."""
    fires = row.status is AlertStatus.FIRING and row.end_state in (EndState.OPENED, EndState.ATTACHED)
    if incident.acknowledged_by is None or not fires:
        return
    monitor = _monitors(session, incident).get(row.source)
    known = select(PassingOnRow.id).where(PassingOnRow.alert_id == row.id)
    if monitor and session.exec(known).first() is None:
        session.add(_owed(incident, row.id or 0, monitor, now))


def monitors_due(session: Session, now: datetime) -> Sequence[str]:
    """The monitors that somebody should tell something now."""
    due = select(PassingOnRow.monitor).where(col(PassingOnRow.due_at) <= now)
    return session.exec(due.distinct().order_by(PassingOnRow.monitor)).all()


def due_at_monitor(session: Session, monitor: str, now: datetime, limit: int) -> Sequence[int]:
    """What a monitor is to be told now, most overdue first."""
    due = select(PassingOnRow.id).where(PassingOnRow.monitor == monitor, col(PassingOnRow.due_at) <= now)
    found = session.exec(due.order_by(col(PassingOnRow.due_at), col(PassingOnRow.id)).limit(limit))
    return [number or 0 for number in found]


def take_passing_on(session: Session, number: int, now: datetime) -> Owed | None:
    """Take one to tell it; None: it is settled, or another process is at it."""
    row, incident = _held(session, number)
    if row.due_at is None or row.due_at > now:
        return None
    alert = session.get_one(AlertRow, row.alert_id)
    if reason := _not_needed(session, incident, alert):
        row.due_at, row.outcome = None, reason
        session.add(row)
        return None
    row.due_at, row.attempts = now + LEASE, row.attempts + 1
    session.add(row)
    return Owed(number, row.incident_id, incident.key, row.monitor, row.alert_id, alert.alert, row.person)


def passed_on(session: Session, number: int, now: datetime) -> None:
    """The monitor shows it; the first record stays."""
    row, _ = _held(session, number)
    if row.outcome == SETTLED:
        return
    row.due_at, row.outcome = None, SETTLED
    session.add(row)
    title = session.get_one(AlertRow, row.alert_id).alert.title
    text = f"{row.monitor} was told that {row.person} has acknowledged: {title}"
    note(session, row.incident_id, now, Kind.PASSED_ON, text, via=row.monitor)


def passing_on_failed(
    session: Session,
    number: int,
    problem: str,
    now: datetime,
    *,
    for_good: bool,
    after: timedelta | None = None,
) -> None:
    """It was not told: it is tried again after a growing pause, unless that is of no use."""
    row, _ = _held(session, number)
    if row.outcome == SETTLED:
        return
    pause = max(min(timedelta(seconds=2**row.attempts), LONGEST_PAUSE), after or timedelta())
    for_good = for_good or row.attempts >= TRIES
    row.due_at, row.outcome = (None if for_good else now + pause), problem
    session.add(row)
    if for_good:
        text = f"{row.monitor} could not be told that {row.person} has acknowledged: {problem}"
        note(session, row.incident_id, now, Kind.PROBLEM, text, via=row.monitor)


def _monitors(session: Session, incident: IncidentRow) -> dict[str, str]:
    """The connection for each source that has one."""
    sources = configuration_of(session, incident).sources
    return {name: source.acknowledge_at for name, source in sources.items() if source.acknowledge_at}


def _owed(incident: IncidentRow, alert_id: int, monitor: str, now: datetime) -> PassingOnRow:
    return PassingOnRow(
        incident_id=incident.id or 0,
        alert_id=alert_id,
        monitor=monitor,
        person=incident.acknowledged_by or "",
        made_at=now,
        due_at=now,
    )


def _not_needed(session: Session, incident: IncidentRow, alert: AlertRow) -> str:
    """Why the monitor need not be told; empty: it need. An alert may have moved to another incident."""
    belongs_to = session.get(IncidentRow, alert.incident_id) if alert.incident_id else None
    status = (belongs_to or incident).status
    if status not in LIVE:
        return f"the incident is {status}"
    later = select(AlertRow.status).where(
        AlertRow.source == alert.source,
        AlertRow.fingerprint == alert.fingerprint,
        col(AlertRow.id) > alert.id,
        col(AlertRow.status).in_((AlertStatus.RESOLVED, AlertStatus.ACKNOWLEDGED)),
    )
    match session.exec(later.order_by(desc(col(AlertRow.id)))).first():
        case AlertStatus.RESOLVED:
            return "it has recovered meanwhile"
        case AlertStatus.ACKNOWLEDGED:
            return "it was acknowledged at the monitor itself"
        case _:
            return ""


def _held(session: Session, number: int) -> tuple[PassingOnRow, IncidentRow]:
    """A row as it stands now; its incident is held first, and does not change."""
    incident = held_by_id(session, session.get_one(PassingOnRow, number).incident_id)
    assert incident is not None, "no incident is ever deleted"
    return session.get_one(PassingOnRow, number, populate_existing=True), incident
