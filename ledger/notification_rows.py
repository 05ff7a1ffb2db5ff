"""Which notifications has a page, and what else goes to the same contact? The rows, without a decision."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from incident.notification import Notification, Traffic
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
        id=row.id or 0, contact=row.contact, due_at=row.due_at, state=row.state, outcome=row.outcome
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


def traffic(session: Session, person: str, method: str, now: datetime) -> Traffic:
    """What went and what waits for a contact of a person, for all incidents."""
    here = NotificationRow.person == person, NotificationRow.method == method
    last = select(func.max(NotificationRow.sent_at)).where(*here, NotificationRow.state == PageState.SENT)
    waiting = select(NotificationRow.id).where(
        *here, NotificationRow.state == PageState.OWED, NotificationRow.due_at <= now
    )
    ids = session.exec(waiting.order_by(col(NotificationRow.id))).all()
    return Traffic(last_sent_at=session.exec(last).one(), waiting=tuple(number or 0 for number in ids))
