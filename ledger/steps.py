"""What did each turn of the resolution loop change? Every change is written once per decision."""

from datetime import datetime

from sqlmodel import Session, select

from incident.decisions import ResolutionStep, Step
from incident.lifecycle import Event, Status, after
from incident.severity import Severity
from incident.timeline import Kind
from ledger.escalations import end_escalations
from ledger.incidents import find_incident
from ledger.notification_rows import look_again
from ledger.recovering import plan_closing
from ledger.tables import FactRow, IncidentRow
from ledger.timeline import note

_KINDS = {Step.OBSERVATION: Kind.OBSERVATION, Step.THEORY: Kind.THEORY, Step.EXPERIMENT: Kind.EXPERIMENT}


def write_finding(
    session: Session, key: str, decision: str, step: ResolutionStep, by: str, now: datetime
) -> FactRow:
    """An observation, a theory or an experiment goes on the timeline."""
    incident = find_incident(session, key)
    known = _fact_of(session, incident, decision)
    if known:
        return known
    kind = _KINDS[step.step]
    return note(
        session, incident.id or 0, now, kind, step.text, by=by, decision=decision, outcome=step.outcome
    )


def change_severity(
    session: Session, key: str, decision: str, severity: Severity, reason: str, by: str, now: datetime
) -> Severity:
    """Another severity, with its reason; returns the one before.

    Raises:
        TransitionError: the incident is not being worked on.
    """
    incident = find_incident(session, key)
    known = _fact_of(session, incident, decision)
    if known:
        return Severity(known.data["previous"])
    if incident.status is Status.MERGED:
        return incident.severity  # it was merged while its manager answered: the other incident has its own
    incident.status = after(incident.status, Event.CHANGE_SEVERITY)
    previous, incident.severity = incident.severity, severity
    text = f"from {int(previous)} to {int(severity)}: {reason}"
    data = {"decision": decision, "severity": int(severity), "previous": int(previous)}
    note(session, incident.id or 0, now, Kind.SEVERITY, text, by=by, via="", **data)
    session.add(incident)
    look_again(session, incident, now)
    plan_closing(session, incident, now)
    return previous


def resolve(session: Session, key: str, summary: str, by: str, now: datetime) -> None:
    """The present or imminent impact has ended; nobody needs to be woken any more."""
    incident = find_incident(session, key)
    if incident.status is Status.MERGED or (incident.status is not Status.ASSESSED and incident.resolved_at):
        return
    incident.status = after(incident.status, Event.RESOLVE)
    incident.resolved_at, incident.summary = now, summary
    note(session, incident.id or 0, now, Kind.RESOLVED, summary, by=by)
    end_escalations(session, incident, now, f"{incident.key} is resolved")
    session.add(incident)


def _fact_of(session: Session, incident: IncidentRow, decision: str) -> FactRow | None:
    facts = session.exec(select(FactRow).where(FactRow.incident_id == incident.id))
    return next((fact for fact in facts if fact.data.get("decision") == decision), None)
