"""What is true now for an escalation? Everything that its decision asks of the world, from the ledger."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from incident.alert import AlertStatus
from incident.configuration import Configuration
from incident.lifecycle import LIVE
from incident.plan import Plan
from incident.responders import situation_at
from incident.situation import Situation
from ledger.assignments import turns_of
from ledger.holds import hold_on
from ledger.tables import AlertRow, EscalationRow, IncidentRow


def situation_of(
    session: Session, incident: IncidentRow, row: EscalationRow, configuration: Configuration, now: datetime
) -> Situation:
    """The world as it is for an escalation, with the people and schedules of a configuration."""
    world = situation_at(
        configuration,
        row.policy,
        now,
        severity=incident.severity,
        alerts=alerts_of(session, incident, row.policy, now),
        turns=turns_of(session, row.incident_id, row.policy),
        ended=None if incident.status in LIVE else f"{incident.key} is {incident.status}",
    )
    return world.model_copy(update={"held": hold_on(session, incident, now)})


def alerts_of(session: Session, incident: IncidentRow, plan: Plan, now: datetime) -> tuple[datetime, ...]:
    """When the incident's alerts came, as far back as any level of the plan asks."""
    longest = max(_counted(plan), default=None)
    if longest is None:
        return ()
    came = select(AlertRow.received_at).where(
        AlertRow.incident_id == incident.id,
        AlertRow.status == AlertStatus.FIRING,
        col(AlertRow.received_at) > now - longest,
    )
    return tuple(session.exec(came))


def _counted(plan: Plan) -> list[timedelta]:
    levels = [level for policy in plan.policies.values() for level in policy.levels]
    return [level.when.alerts.within for level in levels if level.when and level.when.alerts]
