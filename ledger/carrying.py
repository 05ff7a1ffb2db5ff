"""What is done for the people of an incident when it is merged into another one?"""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, col, select

from incident.configuration import Role
from incident.decisions import Question, Via
from incident.lifecycle import Status
from incident.progress import Stage
from incident.severity import Severity
from incident.timeline import Kind
from ledger.escalations import OPEN, acknowledge, hurry, start_escalation
from ledger.incidents import give_role
from ledger.notification_rows import look_again
from ledger.questions import open_question, proposal_for
from ledger.recovering import plan_closing
from ledger.roles import holder
from ledger.tables import EscalationRow, IncidentRow, RoleRow
from ledger.timeline import note


def engage(
    session: Session, source: IncidentRow, target: IncidentRow, row: EscalationRow, now: datetime
) -> None:
    """Go on with an escalation of the merged incident for the other one, from the level where it stands."""
    standing = row.progress.standing
    here = standing.level if standing and standing.policy == row.policy.name else row.progress.level
    waits = row.next_at if row.version == 0 and row.next_at and row.next_at > now else None
    purpose = f"{row.purpose} of {source.key}"
    start_escalation(session, target, purpose, row.policy, now, first_at=waits, level=max(here, 0))
    text = f"policy {row.policy.name} is engaged here, as it was for {source.key} ({row.purpose})"
    note(session, target.id or 0, now, Kind.MERGED, text)


def answer_for(
    session: Session, row: EscalationRow, people: Iterable[str], source: str, now: datetime
) -> None:
    """They acknowledged the same policy before: they have this, too."""
    for person in people:
        text = f"{person} has acknowledged {source}, by the same policy"
        note(session, row.incident_id, now, Kind.MERGED, text)
        acknowledge(session, row.id or 0, person, Via.RULE, now)


def worse_severity(
    session: Session, source: IncidentRow, target: IncidentRow, ours: Iterable[EscalationRow], now: datetime
) -> list[str]:
    """In doubt the higher severity, until a person has assessed; returns the runs that must begin earlier."""
    if source.severity < target.severity:
        _raise_severity(session, source, target, now)
    if target.severity is not Severity.MINOR or any(_pages_now(row, now) for row in ours):
        return hurry(session, target, now)
    return []


def take_roles(session: Session, source: IncidentRow, target: IncidentRow, by: str, now: datetime) -> None:
    """Whoever has a role keeps it, if nobody has it there and nobody is being paged for it."""
    for role in Role:
        ours = holder(session, source, role)
        if ours and not holder(session, target, role) and not _paged_for(session, target, role):
            give_role(session, target, role, ours.person, by, now)


def join(session: Session, source: IncidentRow, target: IncidentRow, now: datetime) -> None:
    """The timeline says who comes over; they are invited and told by the run of the merged incident."""
    answered = select(EscalationRow.acknowledged_by).where(EscalationRow.incident_id == source.id)
    held = select(RoleRow.person).where(RoleRow.incident_id == source.id, col(RoleRow.until).is_(None))
    people = dict.fromkeys(name for name in [*session.exec(answered), *session.exec(held)] if name)
    if people:
        text = f"from {source.key} join: {', '.join(people)}"
        note(session, target.id or 0, now, Kind.MERGED, text, people=list(people))


def _raise_severity(session: Session, source: IncidentRow, target: IncidentRow, now: datetime) -> None:
    worse = f"{source.key} was severity {source.severity}"
    if target.status is not Status.OPEN:
        text = f"{worse}, this is {target.severity}: change the severity if that holds for both"
        note(session, target.id or 0, now, Kind.MERGED, text)
        return
    target.severity = target.severity_proposed = source.severity
    target.severity_reason = f"{worse} and is merged into it: {source.severity_reason}"
    session.add(target)
    note(session, target.id or 0, now, Kind.MERGED, f"{worse}: that is proposed here, too")
    look_again(session, target, now)
    plan_closing(session, target, now)
    row = open_question(session, target)
    if row and row.question is Question.ASSESS:
        row.proposal, row.reason = proposal_for(Question.ASSESS, target), target.severity_reason
        session.add(row)


def _pages_now(row: EscalationRow, now: datetime) -> bool:
    """Somebody is being paged for it, or was: it does not wait for the morning."""
    return row.stage in OPEN and (row.version > 0 or (row.next_at is not None and row.next_at <= now))


def _paged_for(session: Session, target: IncidentRow, role: Role) -> bool:
    query = select(EscalationRow.stage).where(
        EscalationRow.incident_id == target.id, EscalationRow.role == role
    )
    return any(stage in (Stage.CLIMBING, Stage.UNREACHED, Stage.HELD) for stage in session.exec(query))
