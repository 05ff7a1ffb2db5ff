"""Was this said to us before? A message of a provider counts once, however often it is handed over.

What proves it, a signature without a time, never expires, so its id is kept for as long as anybody could have
kept the message.
"""

from datetime import datetime, timedelta

from sqlmodel import Session, col, delete

from incident.trust.request import Once
from ledger.taken import claim_once
from ledger.trust_tables import TakenRow

KEPT = timedelta(days=3650)

ACTING = timedelta(seconds=30)
"""So long whoever came first may act on a message; if they die over it, it counts as new after that."""


def first_time(session: Session, connection: str, message: str, now: datetime) -> bool:
    """Take the id of a message for a while: true for whoever comes first; one without an id is always new."""
    once = Once(message, now + ACTING)
    return not message or claim_once(session, _source(connection), once, now) is None


def heard(session: Session, connection: str, message: str, now: datetime) -> None:
    """It was acted on: from now on it does nothing."""
    unheard(session, connection, message)  # whoever was slow may find it forgotten, or taken by another
    if message:
        claim_once(session, _source(connection), Once(message, now + KEPT), now)


def unheard(session: Session, connection: str, message: str) -> None:
    """It could not be acted on: it may be handed over again."""
    same = col(TakenRow.source) == _source(connection), col(TakenRow.key) == message
    session.exec(delete(TakenRow).where(*same))


def _source(connection: str) -> str:
    return f"said by {connection}"  # no source of alerts can be called so
