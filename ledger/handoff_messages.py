"""Who is still to be sent a handoff note? Claim, then do, then record.

A claim moves the timer of the message to the end of its lease: whoever finds it due again settles it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from incident.handoff import HandoffNote
from ledger.effects import LEASE
from ledger.handoff_tables import HandoffMessageRow, HandoffRow
from ledger.turns import Turn, take_turn

TRIES = 12
LONGEST_PAUSE = timedelta(hours=1)


@dataclass(frozen=True)
class Claimed:
    """A message that is this process's to send until its lease ends."""

    id: int
    handoff: int
    person: str
    note: HandoffNote
    left_open: bool
    """An earlier try neither succeeded nor failed: it may have been sent."""


def messages_due(session: Session, now: datetime) -> Sequence[int]:
    """The messages that somebody should send now."""
    query = select(HandoffMessageRow.id).where(col(HandoffMessageRow.due_at) <= now)
    return [number or 0 for number in session.exec(query.order_by(col(HandoffMessageRow.id)))]


def messages_of(session: Session, handoff: int) -> Sequence[HandoffMessageRow]:
    """Whom a note is for, and what became of it."""
    query = select(HandoffMessageRow).where(HandoffMessageRow.handoff_id == handoff)
    return session.exec(query.order_by(col(HandoffMessageRow.id))).all()


def claim_message(session: Session, number: int, holder: str, now: datetime) -> Claimed | None:
    """Take a message; None: it is settled, or another process is at it."""
    row = _held(session, number)
    if row.due_at is None or row.due_at > now:
        return None
    left_open = bool(row.holder)
    row.holder, row.due_at, row.attempts = holder, now + LEASE, row.attempts + 1
    session.add(row)
    handoff = session.get_one(HandoffRow, row.handoff_id)
    return Claimed(number, row.handoff_id, row.person, handoff.note, left_open)


def message_sent(session: Session, number: int, provider_id: str, now: datetime, *, uncertain: bool) -> None:
    """The channel took it; the first record stays."""
    row = _held(session, number)
    if row.sent_at is None:
        row.sent_at, row.provider_id, row.uncertain = now, provider_id, uncertain
        row.holder, row.due_at, row.problem = "", None, ""
        session.add(row)


def message_failed(session: Session, number: int, problem: str, now: datetime, *, for_good: bool) -> None:
    """It was not sent: it is tried again after a growing pause, unless that is of no use."""
    row = _held(session, number)
    if row.sent_at is None:
        pause = min(timedelta(minutes=2**row.attempts), LONGEST_PAUSE)
        row.holder, row.problem = "", problem
        row.due_at = None if for_good or row.attempts >= TRIES else now + pause
        session.add(row)


def _held(session: Session, number: int) -> HandoffMessageRow:
    take_turn(session, Turn.HANDOFFS)
    return session.get_one(HandoffMessageRow, number, populate_existing=True)
