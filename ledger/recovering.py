"""Has everything that an incident is about recovered, and what follows?

Whenever an alert of an incident is triaged, and whenever alerts move between incidents. The moment is kept
with the incident: its manager is told once for each (`recovery_told_at`), the form that waits proposes that
it is resolved, and a severity 3 may have a timer until it closes itself (`closes_itself_at`).
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_
from sqlmodel import Session, col, select

from incident.alert import AlertStatus
from incident.decisions import Question
from incident.lifecycle import LIVE
from incident.recovery import proposed_step
from incident.self_closing import closing
from incident.timeline import Kind
from ledger.configurations import configuration_of
from ledger.tables import AlertRow, DecisionRow, IncidentRow
from ledger.timeline import note
from ledger.triage_tables import ConditionRow


def heard(session: Session, incident: IncidentRow, alert: AlertRow, now: datetime) -> None:
    """An alert belongs to this incident now: it may be its last recovery, or fire again after that."""
    if alert.status is AlertStatus.RESOLVED:
        weigh(session, incident, now)
    elif alert.status is AlertStatus.FIRING and incident.recovered_at:
        _fires_again(session, incident, f"{alert.alert.title} fires", now)


def weigh(session: Session, incident: IncidentRow, now: datetime) -> None:
    """Look at all alerts of an incident, after one has recovered or some have come or gone."""
    if incident.status not in LIVE:
        return
    recovered = has_recovered(session, incident)
    if recovered and incident.recovered_at is None:
        _recovered(session, incident, now)
    elif not recovered and incident.recovered_at:
        _fires_again(session, incident, "an alert of it fires", now)


def plan_closing(session: Session, incident: IncidentRow, now: datetime) -> None:
    """Set or end the timer after which an incident that has recovered closes itself."""
    planned = None
    if incident.recovered_at:
        after = configuration_of(session, incident).closes_itself_after(incident.service)
        planned = closing(incident.severity, incident.recovered_at, after)
    at = planned.at if planned else None
    if planned and incident.closes_itself_at != at:
        text = f"{planned.reason}: at {planned.at:%H:%M:%S UTC}, unless an alert fires again"
        note(session, incident.id or 0, now, Kind.RECOVERED, text)
    incident.closes_itself_at = at
    session.add(incident)


def recoveries_to_tell(session: Session) -> Sequence[str]:
    """The live incidents that have recovered, and whose manager has not been told so."""
    query = select(IncidentRow.key).where(
        col(IncidentRow.status).in_(LIVE),
        col(IncidentRow.recovered_at).is_not(None),
        col(IncidentRow.recovery_told_at).is_(None),
    )
    return session.exec(query.order_by(col(IncidentRow.id))).all()


def has_recovered(session: Session, incident: IncidentRow) -> bool:
    """Is there a condition, and none that fires, or may fire again at any moment because it flaps?"""
    of_it = select(ConditionRow.id).where(ConditionRow.incident_id == incident.id).limit(1)
    fires = of_it.where(or_(col(ConditionRow.status) != AlertStatus.RESOLVED, col(ConditionRow.flapping)))
    return session.exec(of_it).first() is not None and session.exec(fires).first() is None


def _recovered(session: Session, incident: IncidentRow, now: datetime) -> None:
    incident.recovered_at, incident.recovery_told_at = now, None
    text = "every alert has recovered; the incident manager is asked if the impact has ended"
    note(session, incident.id or 0, now, Kind.RECOVERED, text)
    _propose(session, incident)
    plan_closing(session, incident, now)


def _fires_again(session: Session, incident: IncidentRow, why: str, now: datetime) -> None:
    cancelled = "; the incident does not close itself" if incident.closes_itself_at else ""
    note(session, incident.id or 0, now, Kind.ALERT, f"not everything has recovered: {why}{cancelled}")
    incident.recovered_at = incident.recovery_told_at = None
    _propose(session, incident)
    plan_closing(session, incident, now)


def _propose(session: Session, incident: IncidentRow) -> None:
    """The form for the next step that waits for its answer proposes what is likely now."""
    waiting = select(DecisionRow).where(
        DecisionRow.incident_id == incident.id,
        DecisionRow.question == Question.RESOLVE,
        col(DecisionRow.answered_at).is_(None),
    )
    for row in session.exec(waiting):
        row.proposal = proposed_step(incident.recovered_at)
        session.add(row)
