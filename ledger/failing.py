"""What follows when a page does not reach its person by one method? Another provider, or another method."""

from datetime import datetime
from typing import assert_never

from sqlmodel import Session

from incident.circuit import IN_FLIGHT, Answer, Broken
from incident.failover import GiveUp, Hurry, after_failure, another_way, instead_of
from incident.notification import Planned
from incident.story import PageState
from incident.timeline import Kind
from ledger.configurations import configuration_of
from ledger.notification_rows import notifications_of, standing
from ledger.notification_tables import NotificationRow
from ledger.owed import OwedNotification, answered, find_notification
from ledger.pages import OwedPage, page_failed
from ledger.plans import add_notification
from ledger.timeline import note
from ledger.traffic import circuit_of


def notification_failed(
    session: Session, notification_id: int, problem: str, now: datetime, answer: Answer = Answer.TROUBLE
) -> None:
    """This method does not work; the next one is due at once, and without one the page has failed."""
    found = find_notification(session, notification_id)
    if found.notification.state is PageState.OWED:
        _fail(session, found, problem, now, answer)


def passed_by(session: Session, found: OwedNotification, now: datetime) -> bool:
    """Is the provider in trouble, and another way there? Then that one is due at once (true)."""
    if _is_going(found.notification, now):
        return False  # whoever has it will say what became of it
    broken = circuit_of(session, found.notification, now)
    if not isinstance(broken, Broken) or other_way(session, found) is None:
        return False
    _fail(session, found, f"not waited for: {broken.reason}", now, None)
    return True


def other_way(session: Session, found: OwedNotification) -> str | None:
    """What follows if a notification is not waited for; None: it is the last way to its person."""
    rows = [standing(row) for row in notifications_of(session, found.page.id or 0)]
    configuration = configuration_of(session, found.incident)
    return another_way(configuration, found.page.person, rows, standing(found.notification))


def did_not_arrive(session: Session, found: OwedNotification, problem: str, now: datetime) -> None:
    """The provider took it, and says later that it failed: what follows is due, unless somebody answered."""
    row, page = found.notification, found.page
    if row.state is not PageState.SENT:
        return
    row.state, row.outcome = PageState.FAILED, problem
    session.add(row)
    text = f"the page to {row.person} by {row.method} did not arrive: {problem}"
    note(session, row.incident_id, now, Kind.PAGE_FAILED, text, by=row.person, via=row.method, page=page.id)
    if answered(session, found):
        return
    if page.state is PageState.SENT and not _reached(session, found):
        page.state = PageState.OWED  # nobody has got it, after all
        session.add(page)
    _go_on(session, found, now)


def follow_up(session: Session, owed: OwedPage, now: datetime) -> None:
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


def _fail(
    session: Session, found: OwedNotification, problem: str, now: datetime, answer: Answer | None
) -> None:
    row = found.notification
    row.state, row.outcome, row.answer = PageState.FAILED, problem, answer
    session.add(row)
    _go_on(session, found, now)


def _go_on(session: Session, found: OwedNotification, now: datetime) -> None:
    """The same contact by the second provider, and the timeline says so; without one, the next method."""
    row = found.notification
    rows = [standing(each) for each in notifications_of(session, row.page_id)]
    configuration = configuration_of(session, found.incident)
    planned = instead_of(configuration, standing(row), rows, now)
    if planned is None:
        follow_up(session, found, now)
        return
    add_notification(session, found, planned, configuration.urgency.of(found.incident.severity))
    other = planned.contact.via
    text = f"{row.via} failed for {row.person} by {row.method}, {other} is used instead: {row.outcome}"
    note(session, row.incident_id, now, Kind.FAILED_OVER, text, by=row.person, via=other, instead_of=row.via)


def _is_going(row: NotificationRow, now: datetime) -> bool:
    """Has a process given it to the provider that may still be at it?"""
    return row.answer is None and row.started_at is not None and row.started_at > now - IN_FLIGHT


def _reached(session: Session, found: OwedNotification) -> bool:
    return any(row.state is PageState.SENT for row in notifications_of(session, found.page.id or 0))
