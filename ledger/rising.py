"""An alert is worse than the incident that it joins: how does the incident rise before anybody assessed it?

As if it had been so bad from the beginning: whoever was to be paged in the morning is paged now, whoever
acknowledged a milder one is paged again, and the question that waits proposes the new severity, sooner.
"""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from incident.decisions import Question
from incident.progress import Stage
from incident.reopening import page_again
from incident.severity import Proposal, Severity
from incident.timeline import Kind
from ledger.climbing import write_step
from ledger.climbs import owe_next_climb
from ledger.configurations import configuration_of
from ledger.escalations import hurry, situation
from ledger.notification_rows import look_again
from ledger.tables import DecisionRow, EscalationRow, IncidentRow
from ledger.timeline import note


def rise(session: Session, incident: IncidentRow, proposal: Proposal, now: datetime) -> None:
    """Raise an incident that nobody has assessed; one that is as severe already stays as it is."""
    before, severity = incident.severity, proposal.severity
    if severity >= before:
        return
    incident.severity = incident.severity_proposed = severity
    incident.severity_reason = proposal.reason
    text = f"from {int(before)} to {int(severity)}, proposed: {proposal.reason}"
    here = incident.id or 0
    note(session, here, now, Kind.SEVERITY, text, severity=int(severity), previous=int(before))
    session.add(incident)
    session.flush()
    look_again(session, incident, now)
    if hurry(session, incident, now):
        _climb_now(session, incident, now)
    if before is Severity.MINOR:
        _page_again(session, incident, now)
    _ask_sooner(session, incident, proposal, now)


def _climb_now(session: Session, incident: IncidentRow, now: datetime) -> None:
    """Prefect holds the run that climbs until the morning: another one begins at once."""
    brought_forward = (
        EscalationRow.incident_id == incident.id,
        EscalationRow.stage == Stage.CLIMBING,
        EscalationRow.version == 0,
        col(EscalationRow.next_at) <= now,
    )
    for row in session.exec(select(EscalationRow).where(*brought_forward)).all():
        owe_next_climb(session, incident, row, now, due_at=now)


def _page_again(session: Session, incident: IncidentRow, now: datetime) -> None:
    """Whoever acknowledged something that could wait for the morning may not know that it cannot."""
    answered = select(EscalationRow).where(
        EscalationRow.incident_id == incident.id, EscalationRow.stage == Stage.ACKNOWLEDGED
    )
    for row in session.exec(answered).all():
        why = f"it was acknowledged as severity 3 and is severity {int(incident.severity)} now"
        step = page_again(row.policy, row.progress, situation(session, incident, row, now), why, now)
        write_step(session, row, step, now)
        owe_next_climb(session, incident, row, now, due_at=now)


def _ask_sooner(session: Session, incident: IncidentRow, proposal: Proposal, now: datetime) -> None:
    """The assessment that waits for its answer proposes the new severity, and has its shorter deadline."""
    allowed: timedelta = configuration_of(session, incident).deadlines.of(proposal.severity).assess
    waiting = select(DecisionRow).where(
        DecisionRow.incident_id == incident.id,
        DecisionRow.question == Question.ASSESS,
        col(DecisionRow.answered_at).is_(None),
    )
    for row in session.exec(waiting).all():
        row.proposal = row.proposal | {"severity": int(proposal.severity)}
        row.reason, row.due_at = proposal.reason, min(row.due_at, now + allowed)
        session.add(row)
