"""How does an incident begin, move and end?"""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from sqlmodel import Session, col, desc, select

from incident.alert import Alert
from incident.configuration import Configuration, Role
from incident.decisions import Assessment, Via
from incident.errors import NotFoundError
from incident.first_page import first_page_at
from incident.lifecycle import LIVE, Event, Phase, after
from incident.routing import Routed
from incident.timeline import Kind
from ledger.configurations import configuration_of, configuration_of_version
from ledger.escalations import end_escalations, start_escalation
from ledger.notification_rows import look_again
from ledger.recovering import plan_closing
from ledger.roles import holder
from ledger.runs import RESPOND, owe_run
from ledger.tables import IncidentRow, PhaseRow, RoleRow
from ledger.timeline import note
from ledger.turns import held

MANAGER_PURPOSE = "incident manager"


def open_incident(
    session: Session,
    alert: Alert,
    service: str,
    version: int,
    now: datetime,
    *,
    reason: str,
    routed: Routed | None = None,
    group: str = "",
) -> IncidentRow:
    """Open an incident, page for its manager, and owe the run that walks it through its phases.

    `routed` is what the routes say of it besides its service; later alerts of the same `group` join it.
    """
    configuration = configuration_of_version(session, version)
    owned = configuration.services[service]
    routed = routed or Routed(service=service, reason=reason)
    row = _row(alert, routed, version, configuration, now)
    row.group_key = group
    session.add(row)
    session.flush()
    assert row.id is not None, "a flushed row has its key"
    row.key = f"{configuration.organisation.incident_prefix}-{row.id}"
    text = f"{alert.title} ({alert.source}): {reason}"
    note(session, row.id, now, Kind.OPENED, text, via=alert.source)
    _page_manager(session, row, configuration, routed, now)
    name = f"{row.key} · {owned.title or service} · {alert.title}"
    owe_run(session, row, RESPOND, "story", now, parameters={"incident": row.key}, name=name)
    return row


def _page_manager(
    session: Session, row: IncidentRow, configuration: Configuration, routed: Routed, now: datetime
) -> None:
    """By the policy of the team or else of the service; a severity 3 waits for the morning, if it may."""
    policy = routed.policy_in(configuration)
    start_escalation(
        session,
        row,
        MANAGER_PURPOSE,
        policy,
        now,
        role=Role.MANAGER,
        first_at=first_page_at(configuration, row.service, row.severity, now),
        for_service=policy == configuration.services[row.service].policy,
    )


def _row(
    alert: Alert, routed: Routed, version: int, configuration: Configuration, now: datetime
) -> IncidentRow:
    proposal = routed.proposal(configuration, alert)
    return IncidentRow(
        key=f"new-{uuid4()}",  # until the database has given it its number
        title=alert.title,
        description=alert.description,
        service=routed.service,
        language=routed.language_in(configuration),
        configuration_version=version,
        severity=proposal.severity,
        severity_proposed=proposal.severity,
        severity_reason=proposal.reason,
        opened_at=now,
    )


def find_incident(session: Session, key: str) -> IncidentRow:
    """An incident by its key; a transaction that writes holds it from here on (see `ledger.turns`).

    Raises:
        NotFoundError: there is none; the message names the newest ones.
    """
    row = held(session, col(IncidentRow.key) == key)
    if row is None:
        newest = session.exec(select(IncidentRow.key).order_by(desc(col(IncidentRow.id))).limit(5)).all()
        raise NotFoundError(f"no incident {key}; the newest are: {', '.join(newest) or 'none yet'}")
    return row


def live_incidents(session: Session) -> Sequence[IncidentRow]:
    """The incidents that still need people, oldest first."""
    query = select(IncidentRow).where(col(IncidentRow.status).in_(LIVE)).order_by(col(IncidentRow.id))
    return session.exec(query).all()


def enter_phase(session: Session, key: str, phase: Phase, now: datetime) -> None:
    """A phase begins; entering it again changes nothing."""
    incident = find_incident(session, key)
    if _phase(session, incident, phase) is None:
        session.add(PhaseRow(incident_id=incident.id or 0, phase=phase, started_at=now))
        incident.phase = phase
        session.add(incident)


def phase_finished(session: Session, key: str, phase: Phase) -> bool:
    """Was this phase gone through to its end?"""
    row = _phase(session, find_incident(session, key), phase)
    return row is not None and row.finished_at is not None


def leave_phase(session: Session, key: str, phase: Phase, now: datetime) -> None:
    """A phase ends; the first time counts."""
    row = _phase(session, find_incident(session, key), phase)
    if row and row.finished_at is None:
        row.finished_at = now
        session.add(row)


def assess(session: Session, incident: IncidentRow, assessment: Assessment, by: str, now: datetime) -> None:
    """Record the assessment: from here on the severity is a person's.

    Raises:
        TransitionError: the incident was assessed or dismissed before.
    """
    incident.status = after(incident.status, Event.ASSESS if assessment.is_incident else Event.DISMISS)
    incident.assessment, incident.assessed_at = assessment, now
    if assessment.is_incident:
        incident.severity = assessment.severity
        text = f"severity {assessment.severity}: {assessment.impact}"
        note(session, incident.id or 0, now, Kind.SEVERITY, text, by=by, severity=int(assessment.severity))
        look_again(session, incident, now)
        plan_closing(session, incident, now)
    else:
        incident.summary = assessment.reason
        note(session, incident.id or 0, now, Kind.DISMISSED, assessment.reason, by=by)
        end_escalations(session, incident, now, f"{by} decided that this is not an incident")
    session.add(incident)


def close(session: Session, key: str, now: datetime) -> None:
    """Everything is told and written up; closing again changes nothing."""
    incident = find_incident(session, key)
    if incident.closed_at:
        return
    if incident.resolved_at:
        incident.status = after(incident.status, Event.CLOSE)
    incident.closed_at = now
    text = "the final messages are sent and the retrospective is written"
    if incident.merged_into:
        text = f"everybody is told, and {incident.merged_into} goes on"
    note(session, incident.id or 0, now, Kind.CLOSED, text)
    session.add(incident)


def give_role(
    session: Session,
    incident: IncidentRow,
    role: Role,
    person: str,
    by: str,
    now: datetime,
    *,
    via: Via | None = None,
) -> bool:
    """Give a role to a person; the history is kept. Returns whether anything changed."""
    before = holder(session, incident, role)
    if before and before.person == person:
        return False
    if before:
        before.until = now
        session.add(before)
    session.add(RoleRow(incident_id=incident.id or 0, role=role, person=person, since=now, given_by=by))
    text = f"{person} is {role.replace('_', ' ')}" + (f", taking over from {before.person}" if before else "")
    note(session, incident.id or 0, now, Kind.ROLE, text, by=by, via=via or "")
    return True


def configuration_for(session: Session, key: str) -> tuple[IncidentRow, Configuration]:
    """An incident and the configuration it was opened with."""
    incident = find_incident(session, key)
    return incident, configuration_of(session, incident)


def _phase(session: Session, incident: IncidentRow, phase: Phase) -> PhaseRow | None:
    query = select(PhaseRow).where(PhaseRow.incident_id == incident.id, PhaseRow.phase == phase)
    return session.exec(query).first()
