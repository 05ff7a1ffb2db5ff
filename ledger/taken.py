"""Was a signed delivery taken before? Then it is answered as the first time, and has no second effect.

The key is written in the transaction of the delivery: of two at the same moment, the second one waits for the
first and finds it.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, and_, col, delete, select, update

from incident.trust.request import Once
from ledger.tables import AlertRow
from ledger.trust_tables import TakenRow


def claim_once(session: Session, source: str, once: Once, now: datetime) -> Sequence[int] | None:
    """Take the key of a delivery; the alerts of the delivery that took it first, or None: this is the first.

    Whoever is the first calls `claimed_by` in the same transaction.
    """
    same = and_(col(TakenRow.source) == source, col(TakenRow.key) == once.key)
    session.exec(delete(TakenRow).where(same, col(TakenRow.until) < now))
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    row = {"source": source, "key": once.key, "until": once.until}
    insert = dialect.insert(TakenRow).values(row).on_conflict_do_nothing().returning(col(TakenRow.id))
    if session.execute(insert).first() is not None:
        return None
    of_first = select(TakenRow.delivery_id).where(same).scalar_subquery()
    query = select(AlertRow.id).where(col(AlertRow.delivery_id) == of_first).order_by(col(AlertRow.id))
    return [alert or 0 for alert in session.exec(query)]


def was_taken(session: Session, source: str, key: str) -> bool:
    """Is the key of a delivery known?"""
    same = and_(col(TakenRow.source) == source, col(TakenRow.key) == key)
    return session.exec(select(TakenRow.id).where(same)).first() is not None


def claimed_by(session: Session, source: str, once: Once, delivery_id: int) -> None:
    """Write down which delivery took the key."""
    same = and_(col(TakenRow.source) == source, col(TakenRow.key) == once.key)
    session.exec(update(TakenRow).where(same).values(delivery_id=delivery_id))


def release(session: Session, source: str, key: str) -> None:
    """What had the key could not be done: it may come again."""
    session.exec(delete(TakenRow).where(col(TakenRow.source) == source, col(TakenRow.key) == key))


def anything_expired(session: Session, now: datetime) -> bool:
    """Is there a key to be forgotten?"""
    return session.exec(select(TakenRow.id).where(col(TakenRow.until) < now).limit(1)).first() is not None


def forget_taken(session: Session, now: datetime) -> None:
    """Forget the keys of deliveries whose signatures have expired: they are refused for that."""
    session.exec(delete(TakenRow).where(col(TakenRow.until) < now))
