"""What does a step of an escalation write down? Where it stands, the pages it owes or drops, its story."""

from datetime import datetime
from typing import assert_never

from sqlalchemy import ColumnElement, and_
from sqlmodel import Session, col, select

from incident.actions import (
    Action,
    Answered,
    Exhausted,
    HandOver,
    HeldBack,
    PageLevel,
    Reopen,
    SkipLevel,
    Stop,
    WaitForHours,
)
from incident.climb import Step
from incident.progress import FALLBACK, Stage
from incident.story import PageState
from incident.timeline import Kind
from ledger.assignments import assign_turn
from ledger.notification_rows import drop_notifications
from ledger.passing_on import owe_for_incident
from ledger.roles import take_free_role
from ledger.tables import EscalationRow, IncidentRow, PageRow
from ledger.timeline import note


def write_step(session: Session, row: EscalationRow, step: Step, now: datetime) -> tuple[Action, ...]:
    """Keep what was decided, before anything of it is done."""
    progress, actions = step
    row.progress, row.stage, row.next_at = progress, progress.stage, progress.next_at
    row.version += 1 if actions else 0
    session.add(row)
    for action in actions:
        _write_down(session, row, action, now)
    return actions


def _write_down(session: Session, row: EscalationRow, action: Action, now: datetime) -> None:
    match action:
        case PageLevel():
            _owe_pages(session, row, action, now)
        case SkipLevel(not_meant=True):
            text = f"{_name(action.level)} is passed over: {action.reason}"
            note(session, row.incident_id, now, Kind.PASSED_OVER, text)
        case SkipLevel():
            text = f"{_name(action.level)} reached nobody: {action.reason}"
            note(session, row.incident_id, now, Kind.SKIPPED, text)
        case WaitForHours():
            text = f"{_name(action.level)} waits until {action.until:%a %H:%M UTC}: {action.reason}"
            note(session, row.incident_id, now, Kind.HELD_BACK, text)
        case HeldBack():
            until = f" until {action.until:%a %H:%M UTC}" if action.until else ""
            note(session, row.incident_id, now, Kind.HELD_BACK, f"nobody is paged{until}: {action.reason}")
        case HandOver():
            text = f"policy {action.policy} goes on ({row.purpose}): {action.reason}"
            note(session, row.incident_id, now, Kind.HANDED_OVER, text)
        case Reopen():
            row.acknowledged_at = row.acknowledged_by = None
            note(session, row.incident_id, now, Kind.REOPENED, action.reason)
        case Exhausted():
            note(session, row.incident_id, now, Kind.UNREACHED, action.reason)
        case Answered() | Stop():
            pass  # whoever answered or ended it has said so
        case _:
            assert_never(action)


def drop_owed(session: Session, which: ColumnElement[bool], reason: str, now: datetime) -> None:
    """Pages and further methods that nobody needs any more are not sent; the timeline says whose pages."""
    drop_notifications(session, which, reason)
    for page in session.exec(select(PageRow).where(which, PageRow.state == PageState.OWED)).all():
        page.state, page.outcome = PageState.DROPPED, reason
        session.add(page)
        note(session, page.incident_id, now, Kind.SKIPPED, f"{page.person} was not paged: {reason}")


def mark_answered(
    session: Session, escalation_id: int, person: str, page_id: int | None, now: datetime
) -> None:
    """Which page a person answered: the one they say, else their newest."""
    query = select(PageRow).where(PageRow.escalation_id == escalation_id, PageRow.person == person)
    if page_id:
        query = query.where(PageRow.id == page_id)
    page = session.exec(query.order_by(col(PageRow.id).desc())).first()
    if page and page.acknowledged_at is None:
        page.acknowledged_at, page.outcome = now, "acknowledged"
        session.add(page)


def write_answer(
    session: Session, incident: IncidentRow, row: EscalationRow, person: str, via: str, now: datetime
) -> None:
    """What an acknowledgement that counts leaves behind, besides the progress."""
    enough = row.stage is Stage.ACKNOWLEDGED
    missing = "" if enough else "; others are still waited for"
    text = f"{person} acknowledged ({row.purpose}){missing}"
    note(session, row.incident_id, now, Kind.ACKNOWLEDGED, text, by=person, via=via)
    if incident.acknowledged_at is None:
        incident.acknowledged_at, incident.acknowledged_by = now, person
        session.add(incident)
        owe_for_incident(session, incident, now)
    if row.role:
        take_free_role(session, incident, row.role, person, now)
    answered = col(PageRow.escalation_id) == row.id, col(PageRow.although_acknowledged).is_(False)
    if enough:
        row.acknowledged_at, row.acknowledged_by = now, person
        drop_owed(session, and_(*answered), f"{person} was faster", now)
    else:
        drop_owed(session, and_(*answered, col(PageRow.person) == person), f"{person} acknowledged", now)


def note_second(session: Session, row: EscalationRow, person: str, via: str, now: datetime) -> None:
    """Somebody acknowledges what needs no answer any more: it is remembered, and changes nothing."""
    if person in row.progress.answered:
        return  # the same click twice
    already = f"{row.acknowledged_by} had" if row.acknowledged_by else "paging had ended"
    text = f"{person} acknowledged too; {already}"
    note(session, row.incident_id, now, Kind.ACKNOWLEDGED, text, by=person, via=via)


def _owe_pages(session: Session, row: EscalationRow, level: PageLevel, now: datetime) -> None:
    assert row.id is not None, "an escalation that is climbed has its id"
    if level.unanswered:
        text = f"no answer in time; {_name(level.level)} follows ({row.purpose})"
        note(session, row.incident_id, now, Kind.UNANSWERED, text)
    if level.turn is not None:
        assign_turn(session, row.incident_id, level.policy, level.level, level.turn, now)
    for responder in level.responders:
        page = PageRow(
            incident_id=row.incident_id,
            escalation_id=row.id,
            step=level.step,
            round=level.round,
            level=level.level,
            person=responder.person,
            because=f"{responder.because}; {level.reason}",
            although_acknowledged=level.although_acknowledged,
            owed_at=now,
        )
        session.add(page)
    session.flush()


def _name(level: int) -> str:
    return "the fallback" if level == FALLBACK else f"level {level + 1}"
