"""Which notifications of a page leave now, and what became of each?

`take_due` is the one way forward: it plans a page that nobody has planned yet, asks `incident.notification`
what is due, and writes the answer down before anything is sent. The flow `page` and the watchdog call it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

from sqlmodel import Session

from incident.circuit import Answer
from incident.following import next_look
from incident.limits import limit_of
from incident.notification import Action, Drop, Hold, Send, Situation, due
from incident.story import PageState
from incident.timeline import Kind
from ledger.configurations import configuration_of
from ledger.failing import follow_up, passed_by
from ledger.notification_rows import notifications_of, standing
from ledger.notification_tables import NotificationRow
from ledger.owed import answered, find_notification
from ledger.pages import OwedPage, find_page, page_sent
from ledger.plans import plan_page
from ledger.timeline import note
from ledger.traffic import traffic, waiting_with


def take_due(session: Session, page_id: int, now: datetime) -> tuple[int, ...]:
    """The notifications to be sent now for a page; the first of a bundle may belong to another one."""
    owed = find_page(session, page_id)
    rows = plan_page(session, owed, now)
    if not rows and owed.page.state is PageState.OWED:
        follow_up(session, owed, now)
        return ()
    actions = due([standing(row) for row in rows], _situation(session, owed, rows, now), now)
    for action in actions:
        _write_down(session, owed, action)
    return tuple(dict.fromkeys(action.id for action in actions if isinstance(action, Send)))


def about_to_send(session: Session, notification_id: int, now: datetime) -> tuple[int, ...]:
    """What the message of a notification tells about, itself first; nothing if it is not to leave.

    Nobody wants it any more, or its provider is in trouble and another way is taken at once.
    """
    if not still_wanted(session, notification_id):
        return ()
    found = find_notification(session, notification_id)
    if passed_by(session, found, now):
        return ()
    found.notification.started_at, found.notification.answer = now, None
    session.add(found.notification)
    return fix_bundle(session, notification_id, now)


def still_wanted(session: Session, notification_id: int) -> bool:
    """Look once more before sending (E9): has somebody answered? Then all that is owed is dropped."""
    owed = find_notification(session, notification_id)
    if reason := answered(session, owed):
        for row in notifications_of(session, owed.notification.page_id):
            if row.state is PageState.OWED:
                _write_down(session, owed, Drop(id=row.id or 0, reason=reason))
    return owed.notification.state is PageState.OWED


def fix_bundle(session: Session, notification_id: int, now: datetime) -> tuple[int, ...]:
    """The notifications that the message of this one tells about, this one first; what is fixed stays."""
    row = find_notification(session, notification_id).notification
    if row.contact.bundle is None and not row.slot:
        return (notification_id,)
    if row.names is None:
        waiting = waiting_with(session, row, now)
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
    row.provider_id, row.uncertain, row.answer = provider_id, uncertain, Answer.TOOK
    row.follow_at = next_look(now, row.followed)
    session.add(row)
    if page.state is PageState.SENT:
        doubt = "; it may have been sent twice, the channel cannot tell" if uncertain else ""
        text = f"{row.person} was paged by {row.method}, too: {row.because}{doubt}"
        note(session, row.incident_id, now, Kind.PAGED, text, by=row.person, via=row.method, page=page.id)
    page_sent(session, row.page_id, row.method, provider_id, now, uncertain=uncertain)


def _situation(session: Session, owed: OwedPage, rows: Sequence[NotificationRow], now: datetime) -> Situation:
    configuration = configuration_of(session, owed.incident)
    ripe = [row for row in rows if row.state is PageState.OWED and row.due_at <= now]
    restrained = [row for row in ripe if row.contact.bundle or limit_of(configuration, row.via)]
    return Situation(
        answered=answered(session, owed),
        traffic={row.method: traffic(session, row, configuration, now) for row in restrained},
    )


def _write_down(session: Session, owed: OwedPage, action: Action) -> None:
    match action:
        case Send():
            pass  # its effect is claimed by whoever sends it
        case Hold():
            row = session.get_one(NotificationRow, action.id)
            row.due_at, row.outcome, row.slot = action.until, action.reason, action.slot
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
