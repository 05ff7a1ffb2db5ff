"""Which notifications has a page, and which of them are not wanted any more? The rows, without a decision."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from incident.notification import Notification
from incident.notification_rules import Urgency
from incident.story import PageState
from ledger.configurations import configuration_of
from ledger.notification_tables import NotificationRow
from ledger.tables import IncidentRow, PageRow


def notifications_of(session: Session, page_id: int) -> Sequence[NotificationRow]:
    """Everything that was planned for a page, in the order in which it was."""
    query = select(NotificationRow).where(NotificationRow.page_id == page_id)
    return session.exec(query.order_by(col(NotificationRow.id))).all()


def standing(row: NotificationRow) -> Notification:
    """A row as the decisions see it."""
    return Notification(
        id=row.id or 0,
        contact=row.contact,
        due_at=row.due_at,
        state=row.state,
        outcome=row.outcome,
        skipped=row.state is PageState.FAILED and row.answer is None,
        slot=row.slot,
    )


def drop_notifications(session: Session, which_pages: ColumnElement[bool], reason: str) -> None:
    """What these pages still owe is not sent: an answer silences everything."""
    pages = select(PageRow.id).where(which_pages)
    owed = select(NotificationRow).where(
        col(NotificationRow.page_id).in_(pages), NotificationRow.state == PageState.OWED
    )
    for row in session.exec(owed.order_by(col(NotificationRow.id))):
        row.state, row.outcome = PageState.DROPPED, reason
        session.add(row)


def look_again(session: Session, incident: IncidentRow, now: datetime) -> None:
    """The severity changed: what waits with low urgency is looked at at once, if it is urgent now."""
    if configuration_of(session, incident).urgency.of(incident.severity) is Urgency.LOW:
        return
    waiting = select(NotificationRow).where(
        NotificationRow.incident_id == incident.id,
        NotificationRow.state == PageState.OWED,
        NotificationRow.urgency == Urgency.LOW,
    )
    for row in session.exec(waiting):
        row.due_at = min(row.due_at, now)
        session.add(row)
