"""Which methods does a page have? Its plan by the rules of the person, written before anything is sent."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from incident.notification import Planned, merged, plan
from incident.notification_rules import Urgency
from incident.story import PageState
from ledger.configurations import configuration_of
from ledger.notification_rows import notifications_of, standing
from ledger.notification_tables import NotificationRow
from ledger.pages import OwedPage
from ledger.tables import PageRow


def plan_page(session: Session, owed: OwedPage, now: datetime) -> Sequence[NotificationRow]:
    """The notifications of a page; planned now if nobody has, and again if its urgency has risen since."""
    configuration = configuration_of(session, owed.incident)
    urgency = configuration.urgency.of(owed.incident.severity)
    rows = notifications_of(session, owed.page.id or 0)
    if not rows and owed.page.state is PageState.OWED:
        for planned in plan(configuration, owed.page.person, urgency, owed.page.owed_at):
            add_notification(session, owed, _instead_of_older(session, owed, planned), urgency)
    elif urgency is Urgency.HIGH and (low := [row for row in rows if _waits_with_low_urgency(row)]):
        for row in low:
            _drop(session, row, "the severity rose")
        sent = {row.method for row in rows if row.state is PageState.SENT}
        for planned in plan(configuration, owed.page.person, urgency, now):
            if planned.contact.method not in sent:
                add_notification(session, owed, planned, urgency)
    return notifications_of(session, owed.page.id or 0)


def add_notification(session: Session, owed: OwedPage, planned: Planned, urgency: Urgency) -> None:
    """One method more for a page; one that it had before gets another effect, so that it is done again."""
    page, method = owed.page, planned.contact.method
    before = sum(row.method == method for row in notifications_of(session, page.id or 0))
    name = f"page/{page.id}/{method}"
    row = NotificationRow(
        incident_id=page.incident_id,
        page_id=page.id or 0,
        person=page.person,
        method=method,
        contact=planned.contact,
        via=planned.contact.via,
        effect=f"{name}/{before + 1}" if before else name,
        urgency=urgency,
        because=planned.because,
        due_at=planned.due_at,
    )
    session.add(row)
    session.flush()


def _instead_of_older(session: Session, owed: OwedPage, planned: Planned) -> Planned:
    """Pending sends of one escalation to the same contact of a person become one: the newest page's (E13)."""
    page = owed.page
    older = (
        select(NotificationRow, PageRow)
        .join(PageRow, col(PageRow.id) == NotificationRow.page_id)
        .where(
            PageRow.escalation_id == page.escalation_id,
            PageRow.person == page.person,
            col(PageRow.id) < page.id,
            NotificationRow.method == planned.contact.method,
            NotificationRow.state == PageState.OWED,
        )
    )
    for row, before in session.exec(older).all():
        planned = merged(planned, standing(row))
        _drop(session, row, f"merged into page {page.id}")
        if before.state is PageState.OWED and not _owes(session, before):
            before.state, before.outcome = PageState.DROPPED, f"merged into page {page.id}"
            session.add(before)
    return planned


def _owes(session: Session, page: PageRow) -> bool:
    return any(row.state is PageState.OWED for row in notifications_of(session, page.id or 0))


def _waits_with_low_urgency(row: NotificationRow) -> bool:
    return row.state is PageState.OWED and row.urgency is Urgency.LOW


def _drop(session: Session, row: NotificationRow, reason: str) -> None:
    row.state, row.outcome = PageState.DROPPED, reason
    session.add(row)
