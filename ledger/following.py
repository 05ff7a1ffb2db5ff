"""Of which pages is the provider to be asked what became of them? Those that were sent and not answered."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from incident.following import next_look
from incident.story import PageState
from ledger.notification_tables import NotificationRow
from ledger.owed import OwedNotification, answered, find_notification

AT_ONCE = 20
"""So many are asked about in one go; the others follow with the next one."""


def to_follow(session: Session, now: datetime) -> Sequence[int]:
    """The notifications that are due to be asked about, the latest first to wait for it."""
    due = select(NotificationRow.id).where(col(NotificationRow.follow_at) <= now)
    found = session.exec(due.order_by(col(NotificationRow.follow_at)).limit(AT_ONCE))
    return tuple(number or 0 for number in found)


def take_to_follow(session: Session, notification_id: int, now: datetime) -> OwedNotification | None:
    """What to ask about, for whoever comes first; None: another has, or an answer is not waited for any more.

    The next question is written down before this one is asked: who dies meanwhile loses no more than one.
    """
    found = find_notification(session, notification_id)
    row = found.notification
    if row.follow_at is None or row.follow_at > now:
        return None
    wanted = row.state is PageState.SENT and answered(session, found) is None
    row.followed += 1
    row.follow_at = next_look(now, row.followed) if wanted else None
    session.add(row)
    return found if wanted else None


def stop_following(session: Session, notification_id: int) -> None:
    """This channel cannot tell."""
    row = find_notification(session, notification_id).notification
    row.follow_at = None
    session.add(row)
