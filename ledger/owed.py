"""What is a notification about, and does anybody still want it?"""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from incident.errors import NotFoundError
from incident.progress import Stage
from ledger.escalations import is_over
from ledger.notification_rows import notifications_of
from ledger.notification_tables import NotificationRow
from ledger.pages import OwedPage, find_page
from ledger.tables import PageRow


@dataclass(frozen=True)
class OwedNotification(OwedPage):
    """A notification with the page and the incident it is about; `first`: none was planned before it."""

    notification: NotificationRow
    first: bool


def find_notification(session: Session, notification_id: int) -> OwedNotification:
    """A notification with what it is about.

    Raises:
        NotFoundError: there is no such notification.
    """
    page_id = session.exec(
        select(NotificationRow.page_id).where(NotificationRow.id == notification_id)
    ).first()
    if page_id is None:
        raise NotFoundError(f"no notification {notification_id}")
    owed = find_page(session, page_id)  # holds the incident: what is read from here on stays true
    row = session.get_one(NotificationRow, notification_id, populate_existing=True)
    first = notifications_of(session, page_id)[0].id == notification_id
    return OwedNotification(owed.page, owed.escalation, owed.incident, row, first)


def answered(session: Session, owed: OwedPage) -> str | None:
    """Why nobody is to be disturbed for this page any more: it is over, held back, or they have answered."""
    page = owed.page
    if owed.escalation.stage is Stage.HELD:
        return "a maintenance or a silence holds it back"  # at its end level 1 is paged anew (E14)
    if is_over(session, page.escalation_id) and not page.although_acknowledged:
        return "answered before it was sent"
    answers = select(PageRow.id).where(
        PageRow.escalation_id == page.escalation_id,
        PageRow.person == page.person,
        col(PageRow.acknowledged_at) >= page.owed_at,
    )
    return f"{page.person} has answered" if session.exec(answers).first() else None
