"""Who is to be woken, who was, and who answered? The timers of paging are rows here.

`advance` is the one way forward: it asks `incident.escalation.decide` and writes its progress and the pages it wants
in one transaction, before anything is sent. The flow `page` and the watchdog both call it; the row lock lets one of
them take each step.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

from sqlmodel import Session, col, select

from incident.configuration import Role
from incident.errors import NotFoundError
from incident.escalation import (
    Action,
    Exhausted,
    PageLevel,
    Situation,
    SkipLevel,
    Stage,
    Stop,
    decide,
    start,
    targets,
)
from incident.lifecycle import LIVE
from incident.responders import reach
from incident.story import PageState
from incident.timeline import Kind
from ledger.configurations import configuration_of
from ledger.runs import PAGE, owe_run, run_ended
from ledger.tables import EscalationRow, IncidentRow, PageRow, RoleRow, RunRow
from ledger.timeline import note


def start_escalation(
    session: Session,
    incident: IncidentRow,
    purpose: str,
    policy_name: str,
    now: datetime,
    *,
    role: Role | None = None,
    first_at: datetime | None = None,
    level: int = 0,
) -> EscalationRow:
    """Start to climb a policy for a purpose; the same purpose of an incident is started once.

    The policy is a snapshot (E1). `first_at` delays the first page, `level` begins further up (0: at the bottom).
    """
    known = _of_purpose(session, incident, purpose)
    if known:
        return known
    policy = configuration_of(session, incident).policies[policy_name]
    progress = start(now, first_at=first_at, level=min(level, len(policy.levels) - 1))
    row = EscalationRow(
        incident_id=incident.id or 0,
        purpose=purpose,
        role=role,
        policy=policy,
        progress=progress,
        next_at=progress.next_at,
        started_at=now,
    )
    session.add(row)
    session.flush()
    if progress.next_at and progress.next_at > now:
        text = f"severity {incident.severity} outside working hours: paging waits until {progress.next_at:%a %H:%M UTC}"
        note(session, row.incident_id, now, Kind.SKIPPED, text)
    owe_run(
        session,
        incident,
        PAGE,
        str(row.id),
        now,
        parameters={"escalation": row.id, "incident": incident.key},
        name=f"{incident.key} · page {policy_name} · {purpose}",
        due_at=progress.next_at,
    )
    return row


def advance(session: Session, escalation_id: int, now: datetime) -> tuple[Action, ...]:
    """Take the step that is due, if any: progress, pages and timeline are written together."""
    query = select(EscalationRow).where(EscalationRow.id == escalation_id).with_for_update()
    row = session.exec(query).one()
    incident = session.get_one(IncidentRow, row.incident_id)
    progress, actions = decide(row.policy, row.progress, _situation(session, incident, row, now), now)
    row.progress, row.stage, row.next_at = progress, progress.stage, progress.next_at
    row.version += 1 if actions else 0
    session.add(row)
    for action in actions:
        _write_down(session, row, action, now)
    return actions


def acknowledge(
    session: Session, escalation_id: int, person: str, via: str, now: datetime, *, page_id: int | None = None
) -> bool:
    """Somebody takes it: the first one ends the paging. Returns whether this was the first; later ones are noted."""
    query = select(EscalationRow).where(EscalationRow.id == escalation_id).with_for_update()
    row = session.exec(query).one()
    incident = session.get_one(IncidentRow, row.incident_id)
    _mark_page(session, row, person, page_id, now)
    if row.acknowledged_at or row.stage is Stage.ENDED:
        already = f"{row.acknowledged_by} had" if row.acknowledged_by else "paging had ended"
        note(
            session, row.incident_id, now, Kind.ACKNOWLEDGED, f"{person} acknowledged too; {already}", via=via
        )
        return False
    row.acknowledged_at, row.acknowledged_by, row.version = now, person, row.version + 1
    session.add(row)
    note(
        session,
        row.incident_id,
        now,
        Kind.ACKNOWLEDGED,
        f"{person} acknowledged ({row.purpose})",
        by=person,
        via=via,
    )
    if incident.acknowledged_at is None:
        incident.acknowledged_at, incident.acknowledged_by = now, person
        session.add(incident)
    if row.role and _holder(session, incident, row.role) is None:
        session.add(
            RoleRow(
                incident_id=row.incident_id,
                role=row.role,
                person=person,
                since=now,
                given_by="acknowledgement",
            )
        )
        text = f"{person} is {row.role.replace('_', ' ')}, having acknowledged first"
        note(session, row.incident_id, now, Kind.ROLE, text, by=person)
    return True


def end_escalations(session: Session, incident: IncidentRow, now: datetime, reason: str) -> None:
    """Nobody needs to be woken for this incident any more; pages that were not sent yet are dropped."""
    running = (Stage.CLIMBING, Stage.UNREACHED)
    query = select(EscalationRow).where(
        EscalationRow.incident_id == incident.id, col(EscalationRow.stage).in_(running)
    )
    for row in session.exec(query):
        row.progress = row.progress.model_copy(update={"stage": Stage.ENDED, "next_at": None})
        row.stage, row.next_at, row.version = Stage.ENDED, None, row.version + 1
        session.add(row)
    owed = select(PageRow).where(PageRow.incident_id == incident.id, PageRow.state == PageState.OWED)
    for page in session.exec(owed):
        page.state, page.outcome = PageState.DROPPED, reason
        session.add(page)


def hurry(session: Session, incident: IncidentRow, now: datetime) -> list[str]:
    """Page at once whoever was to be paged later (the severity rose at night); returns their flow runs."""
    waiting = select(EscalationRow).where(
        EscalationRow.incident_id == incident.id,
        EscalationRow.stage == Stage.CLIMBING,
        EscalationRow.version == 0,
        col(EscalationRow.next_at) > now,
    )
    rows = session.exec(waiting).all()
    for row in rows:
        row.progress = row.progress.model_copy(update={"next_at": now})
        row.next_at = now
        session.add(row)
    keys = [f"{incident.key}/{PAGE}/{row.id}" for row in rows]
    started = select(RunRow.flow_run_id).where(col(RunRow.key).in_(keys), RunRow.flow_run_id != "")
    return list(session.exec(started))


def find_escalation(session: Session, escalation_id: int) -> tuple[EscalationRow, IncidentRow]:
    """An escalation and its incident."""
    row = session.get(EscalationRow, escalation_id)
    if row is None:
        raise NotFoundError(f"no escalation {escalation_id}")
    return row, session.get_one(IncidentRow, row.incident_id)


def is_over(session: Session, escalation_id: int) -> bool:
    """Has somebody acknowledged, or is there nothing left to page for?"""
    row = session.get_one(EscalationRow, escalation_id)
    return row.acknowledged_at is not None or row.stage in (Stage.ACKNOWLEDGED, Stage.ENDED)


def escalations_due(session: Session, before: datetime) -> Sequence[EscalationRow]:
    """Escalations whose timer ran out before this instant."""
    query = (
        select(EscalationRow).where(col(EscalationRow.next_at) < before).order_by(col(EscalationRow.next_at))
    )
    return session.exec(query).all()


def finish_escalation(session: Session, escalation_id: int, now: datetime) -> None:
    """The run that climbed has told its story to the end."""
    row, incident = find_escalation(session, escalation_id)
    run_ended(session, f"{incident.key}/{PAGE}/{row.id}", now)


def _situation(session: Session, incident: IncidentRow, row: EscalationRow, now: datetime) -> Situation:
    ended = None if incident.status in LIVE else f"{incident.key} is {incident.status}"
    responders, absent = reach(configuration_of(session, incident), targets(row.policy), now)
    return Situation(acknowledged_by=row.acknowledged_by, ended=ended, responders=responders, absent=absent)


def _write_down(session: Session, row: EscalationRow, action: Action, now: datetime) -> None:
    match action:
        case PageLevel():
            _owe_pages(session, row, action, now)
        case SkipLevel():
            text = f"{_level_name(action.level)} reached nobody: {action.reason}"
            note(session, row.incident_id, now, Kind.SKIPPED, text)
        case Exhausted():
            note(session, row.incident_id, now, Kind.UNREACHED, action.reason)
        case Stop():
            pass
        case _:
            assert_never(action)


def _owe_pages(session: Session, row: EscalationRow, level: PageLevel, now: datetime) -> None:
    if row.version > 1:
        text = f"no answer in time; {_level_name(level.level)} follows ({row.purpose})"
        note(session, row.incident_id, now, Kind.UNANSWERED, text)
    for responder in level.responders:
        page = PageRow(
            incident_id=row.incident_id,
            escalation_id=row.id or 0,
            round=level.round,
            level=level.level,
            person=responder.person,
            because=f"{responder.because}; {level.reason}",
            owed_at=now,
        )
        session.add(page)
    session.flush()


def _level_name(level: int) -> str:
    return "the fallback" if level < 0 else f"level {level + 1}"


def _mark_page(session: Session, row: EscalationRow, person: str, page_id: int | None, now: datetime) -> None:
    query = select(PageRow).where(PageRow.escalation_id == row.id, PageRow.person == person)
    if page_id:
        query = query.where(PageRow.id == page_id)
    page = session.exec(query.order_by(col(PageRow.id).desc())).first()
    if page and page.acknowledged_at is None:
        page.acknowledged_at, page.outcome = now, "acknowledged"
        session.add(page)


def _holder(session: Session, incident: IncidentRow, role: Role) -> RoleRow | None:
    query = select(RoleRow).where(
        RoleRow.incident_id == incident.id, RoleRow.role == role, col(RoleRow.until).is_(None)
    )
    return session.exec(query).first()


def _of_purpose(session: Session, incident: IncidentRow, purpose: str) -> EscalationRow | None:
    query = select(EscalationRow).where(
        EscalationRow.incident_id == incident.id, EscalationRow.purpose == purpose
    )
    return session.exec(query).first()
