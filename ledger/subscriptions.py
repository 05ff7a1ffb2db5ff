"""Which subscriptions are still to be confirmed? Asked for at the door, confirmed by the watchdog.

Whoever confirms one takes it first for a while, so that no two do; a repetition does no harm.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from ledger.effects import LEASE
from ledger.trust_tables import SubscriptionRow

VALID = timedelta(days=3)
"""So long Amazon SNS accepts a confirmation."""
LONGEST_PAUSE = timedelta(hours=1)
MOST_DOUBLINGS = 12
AT_ONCE = 10


def owe_confirmation(
    session: Session, source: str, topic: str, message_id: str, address: str, now: datetime
) -> None:
    """Remember that a topic wants to be confirmed; once for each message that asks."""
    query = select(SubscriptionRow).where(
        SubscriptionRow.source == source, SubscriptionRow.message_id == message_id
    )
    if session.exec(query.with_for_update()).first() is None:
        session.add(
            SubscriptionRow(
                source=source, topic=topic, message_id=message_id, address=address, asked_at=now, due_at=now
            )
        )


def confirmations_due(session: Session, now: datetime) -> Sequence[int]:
    """The subscriptions that somebody should confirm now."""
    query = select(SubscriptionRow.id).where(col(SubscriptionRow.due_at) <= now)
    return [number or 0 for number in session.exec(query.order_by(col(SubscriptionRow.id)).limit(AT_ONCE))]


def take_confirmation(session: Session, number: int, now: datetime) -> SubscriptionRow | None:
    """Take a subscription to confirm it; None: it is settled, or another process is at it."""
    row = _held(session, number)
    if row.due_at is None or row.due_at > now:
        return None
    row.due_at, row.attempts = now + LEASE, row.attempts + 1
    session.add(row)
    return row


def confirmed(session: Session, number: int, now: datetime) -> None:
    """The topic will send from now on."""
    row = _held(session, number)
    row.confirmed_at, row.due_at, row.problem = now, None, ""
    session.add(row)


def confirmation_failed(
    session: Session, number: int, problem: str, now: datetime, *, for_good: bool
) -> None:
    """It was not confirmed: it is tried again after a growing pause, as long as that is of use."""
    row = _held(session, number)
    pause = min(timedelta(seconds=2 ** min(row.attempts, MOST_DOUBLINGS)), LONGEST_PAUSE)
    row.due_at = None if for_good or now + pause > row.asked_at + VALID else now + pause
    row.problem = problem
    session.add(row)


def _held(session: Session, number: int) -> SubscriptionRow:
    return session.get_one(SubscriptionRow, number, populate_existing=True, with_for_update=True)
