"""What does one step of an escalation write down? The pages it owes or drops, and a line of the story."""

from datetime import datetime
from typing import assert_never

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from incident.escalation import FALLBACK, Action, Exhausted, PageLevel, SkipLevel, Stop
from incident.story import PageState
from incident.timeline import Kind
from ledger.notification_rows import drop_notifications
from ledger.tables import EscalationRow, PageRow
from ledger.timeline import note


def write_down(session: Session, row: EscalationRow, action: Action, now: datetime) -> None:
    """Keep what was decided, before anything of it is done."""
    match action:
        case PageLevel():
            _owe_pages(session, row, action, now)
        case SkipLevel():
            text = f"{_name(action.level)} reached nobody: {action.reason}"
            note(session, row.incident_id, now, Kind.SKIPPED, text)
        case Exhausted():
            note(session, row.incident_id, now, Kind.UNREACHED, action.reason)
        case Stop():
            pass  # whoever ended it has said so
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


def _owe_pages(session: Session, row: EscalationRow, level: PageLevel, now: datetime) -> None:
    assert row.id is not None, "an escalation that is climbed has its id"
    if row.version > 1:
        text = f"no answer in time; {_name(level.level)} follows ({row.purpose})"
        note(session, row.incident_id, now, Kind.UNANSWERED, text)
    for responder in level.responders:
        page = PageRow(
            incident_id=row.incident_id,
            escalation_id=row.id,
            round=level.round,
            level=level.level,
            person=responder.person,
            because=f"{responder.because}; {level.reason}",
            owed_at=now,
        )
        session.add(page)
    session.flush()


def _name(level: int) -> str:
    return "the fallback" if level == FALLBACK else f"level {level + 1}"
