"""Which notifications of a page leave now, and what became of each?

`take_due` is the one way forward: it plans a page that nobody has planned yet, asks `incident.notification`
what is due, and writes the answer down before anything is sent. The flow `page` and the watchdog call it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from sqlmodel import Session, col, select

from incident.errors import NotFoundError
from incident.notification import (
    Action,
    Drop,
    GiveUp,
    Hold,
    Hurry,
    Planned,
    Send,
    Situation,
    after_failure,
    due,
)
from incident.progress import Stage
from incident.story import PageState
from incident.timeline import Kind
from ledger.configurations import configuration_of
from ledger.escalations import is_over
from ledger.notification_rows import notifications_of, standing, traffic
from ledger.notification_tables import NotificationRow
from ledger.pages import OwedPage, find_page, page_failed, page_sent
from ledger.plans import add_notification, plan_page
from ledger.tables import PageRow
from ledger.timeline import note


@dataclass(frozen=True)
class OwedNotification(OwedPage):
    """A notification with the page and the incident it is about; `first`: none was planned before it."""

    notification: NotificationRow
    first: bool


def take_due(session: Session, page_id: int, now: datetime) -> tuple[int, ...]:
    """The notifications to be sent now for a page; the first of a bundle may belong to another one."""
    owed = find_page(session, page_id)
    rows = plan_page(session, owed, now)
    if not rows and owed.page.state is PageState.OWED:
        _follow_up(session, owed, now)
        return ()
    actions = due([standing(row) for row in rows], _situation(session, owed, rows, now), now)
    for action in actions:
        _write_down(session, owed, action)
    return tuple(dict.fromkeys(action.id for action in actions if isinstance(action, Send)))


def about_to_send(session: Session, notification_id: int, now: datetime) -> tuple[int, ...]:
    """What the message of a notification tells about, itself first; nothing if it is not wanted any more."""
    return fix_bundle(session, notification_id, now) if still_wanted(session, notification_id) else ()


def still_wanted(session: Session, notification_id: int) -> bool:
    """Look once more before sending (E9): has somebody answered? Then all that is owed is dropped."""
    owed = find_notification(session, notification_id)
    if reason := _answered(session, owed):
        for row in notifications_of(session, owed.notification.page_id):
            if row.state is PageState.OWED:
                _write_down(session, owed, Drop(id=row.id or 0, reason=reason))
    return owed.notification.state is PageState.OWED


def fix_bundle(session: Session, notification_id: int, now: datetime) -> tuple[int, ...]:
    """The notifications that the message of this one tells about, this one first; what is fixed stays."""
    row = find_notification(session, notification_id).notification
    if row.contact.bundle is None:
        return (notification_id,)
    if row.names is None:
        waiting = traffic(session, row.person, row.method, now).waiting
        row.names = (notification_id, *(each for each in waiting if each != notification_id))
        session.add(row)
    return row.names


def notification_sent(
    session: Session, notification_id: int, provider_id: str, now: datetime, *, uncertain: bool = False
) -> None:
    """The channel took it; the first record stays. One that was dropped in the air was sent after all."""
    found = find_notification(session, notification_id)
    row, page = found.notification, found.page
    if row.state is PageState.SENT:
        return
    row.state, row.sent_at, row.outcome = PageState.SENT, now, ""
    row.provider_id, row.uncertain = provider_id, uncertain
    session.add(row)
    if page.state is PageState.SENT:
        doubt = "; it may have been sent twice, the channel cannot tell" if uncertain else ""
        text = f"{row.person} was paged by {row.method}, too: {row.because}{doubt}"
        note(session, row.incident_id, now, Kind.PAGED, text, by=row.person, via=row.method, page=page.id)
    page_sent(session, row.page_id, row.method, provider_id, now, uncertain=uncertain)


def notification_failed(session: Session, notification_id: int, problem: str, now: datetime) -> None:
    """This method does not work; the next one is due at once, and without one the page has failed."""
    found = find_notification(session, notification_id)
    row = found.notification
    if row.state is not PageState.OWED:
        return
    row.state, row.outcome = PageState.FAILED, problem
    session.add(row)
    _follow_up(session, found, now)


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


def _follow_up(session: Session, owed: OwedPage, now: datetime) -> None:
    """Write down what follows on a failure, or on a plan without a method."""
    rows = notifications_of(session, owed.page.id or 0)
    configuration = configuration_of(session, owed.incident)
    follows = after_failure(configuration, owed.page.person, [standing(row) for row in rows], now)
    match follows:
        case Planned():
            add_notification(session, owed, follows, configuration.urgency.of(owed.incident.severity))
        case Hurry():
            row = session.get_one(NotificationRow, follows.id)
            row.due_at, row.because = now, f"{row.because}; {follows.reason}"
            session.add(row)
        case GiveUp():
            page_failed(session, owed.page.id or 0, follows.reason, now)
        case None:
            pass
        case _:
            assert_never(follows)


def _situation(session: Session, owed: OwedPage, rows: Sequence[NotificationRow], now: datetime) -> Situation:
    bundling = {row.method for row in rows if row.contact.bundle and row.state is PageState.OWED}
    return Situation(
        answered=_answered(session, owed),
        traffic={method: traffic(session, owed.page.person, method, now) for method in sorted(bundling)},
    )


def _answered(session: Session, owed: OwedPage) -> str | None:
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


def _write_down(session: Session, owed: OwedPage, action: Action) -> None:
    match action:
        case Send():
            pass  # its effect is claimed by whoever sends it
        case Hold():
            row = session.get_one(NotificationRow, action.id)
            row.due_at, row.outcome = action.until, action.reason
            session.add(row)
        case Drop():
            row = session.get_one(NotificationRow, action.id)
            row.state, row.outcome = PageState.DROPPED, action.reason
            session.add(row)
            if owed.page.state is PageState.OWED:
                owed.page.state, owed.page.outcome = PageState.DROPPED, action.reason
                session.add(owed.page)
        case _:
            assert_never(action)
