"""Does a service have another policy now? Then its open escalations begin again at level 1 (E1).

An escalation keeps the policy it was started with, whatever is edited in it. Pointing the service to another
one is a decision about whom to wake, and counts at once: the old timer ends, and what was owed is dropped.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from incident.configuration import Configuration
from incident.lifecycle import LIVE
from incident.plan import plan_of
from incident.progress import start
from incident.timeline import Kind
from ledger.climbing import drop_owed, write_step
from ledger.configurations import configuration_in_force
from ledger.escalations import OPEN, find_escalation
from ledger.tables import EscalationRow, IncidentRow, PageRow
from ledger.timeline import note


def repointed(session: Session) -> Sequence[int]:
    """The escalations that still climb for their service by a policy that it has no more."""
    query = (
        select(EscalationRow, IncidentRow)
        .join(IncidentRow, col(EscalationRow.incident_id) == IncidentRow.id)
        .where(
            col(EscalationRow.stage).in_(OPEN),
            col(EscalationRow.for_service),
            col(IncidentRow.status).in_(LIVE),
        )
    )
    rows = session.exec(query.order_by(col(EscalationRow.id))).all()
    if not rows:
        return []
    _, configuration = configuration_in_force(session)
    return [row.id or 0 for row, incident in rows if _policy_now(configuration, row, incident)]


def repoint(session: Session, escalation_id: int, now: datetime) -> bool:
    """Begin again at level 1 of the policy that the service has now; returns whether that was so.

    What waits for the morning goes on waiting.
    """
    row, incident = find_escalation(session, escalation_id)
    _, configuration = configuration_in_force(session)
    name = _policy_now(configuration, row, incident)
    if name is None or row.stage not in OPEN or incident.status not in LIVE:
        return False
    drop_owed(session, col(PageRow.escalation_id) == row.id, "the service has another policy now", now)
    row.policy = plan_of(configuration, name)
    waits = row.next_at if row.version == 0 else None
    row.version += 0 if waits else 1
    begun = start(row.policy, now, first_at=waits, step=row.progress.step)
    write_step(session, row, (begun, ()), now)
    text = f"service {incident.service} has policy {name} now: paging begins again at level 1 ({row.purpose})"
    note(session, row.incident_id, now, Kind.HANDED_OVER, text)
    return True


def _policy_now(configuration: Configuration, row: EscalationRow, incident: IncidentRow) -> str | None:
    """The policy that the service has now; None when it is climbed already, or was never the service's."""
    if not row.for_service:
        return None
    service = configuration.services.get(incident.service)
    return service.policy if service and service.policy != row.policy.name else None
