"""Who is still to be told about a change of schedules? Written with the change, sent after it.

Whoever sends one takes it first for a while, so that no two do; a repetition has the same key.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from incident.notices import Notice, NoticeKind, concerned
from ledger.effects import LEASE
from ledger.rota_tables import NoticeRow, OverrideRow, SwapRow

TRIES = 12
LONGEST_PAUSE = timedelta(hours=1)


def tell_of_override(session: Session, row: OverrideRow, timezone: str, now: datetime) -> None:
    """Tell everybody whom an override is about that somebody else made it, or withdrew it."""
    kind, by, reason = NoticeKind.CHANGED, row.by, row.reason
    if row.withdrawn_by is not None:
        kind, by, reason = NoticeKind.WITHDRAWN, row.withdrawn_by, row.withdrawn_because
    notice = Notice(
        kind=kind,
        by=by,
        schedule=row.schedule,
        timezone=timezone,
        start=row.override.start,
        end=row.override.end,
        reason=reason,
        override=row.override,
    )
    _tell(session, concerned(row.override, by), notice, now)


def tell_of_swap(session: Session, kind: NoticeKind, row: SwapRow, timezone: str, now: datetime) -> None:
    """Tell the other side: whoever is asked of the offer, its owner of the answer."""
    asking = kind is NoticeKind.ASKED
    notice = Notice(
        kind=kind,
        by=row.person if asking else row.answered_by or "",
        schedule=row.schedule,
        timezone=timezone,
        start=row.starts_at,
        end=row.ends_at,
        reason=row.reason if asking else row.answer,
    )
    told = row.to if asking else row.person
    _tell(session, [told] if told else [], notice, now)


def notices_due(session: Session, now: datetime) -> Sequence[int]:
    """The notices that somebody should send now."""
    query = select(NoticeRow.id).where(col(NoticeRow.due_at) <= now).order_by(col(NoticeRow.id))
    return [number or 0 for number in session.exec(query)]


def take_notice(session: Session, number: int, now: datetime) -> NoticeRow | None:
    """Take a notice to send it; None: it is settled, or another process is at it."""
    row = _held(session, number)
    if row.due_at is None or row.due_at > now:
        return None
    row.due_at, row.attempts = now + LEASE, row.attempts + 1
    session.add(row)
    return row


def notice_sent(session: Session, number: int, provider_id: str, now: datetime) -> None:
    """The channel took it; the first record stays."""
    row = _held(session, number)
    if row.sent_at is None:
        row.sent_at, row.provider_id, row.due_at, row.problem = now, provider_id, None, ""
        session.add(row)


def notice_failed(session: Session, number: int, problem: str, now: datetime, *, for_good: bool) -> None:
    """It was not sent: it is tried again after a growing pause, unless that is of no use."""
    row = _held(session, number)
    if row.sent_at is None:
        pause = min(timedelta(minutes=2**row.attempts), LONGEST_PAUSE)
        row.due_at = None if for_good or row.attempts >= TRIES else now + pause
        row.problem = problem
        session.add(row)


def _tell(session: Session, people: Iterable[str], notice: Notice, now: datetime) -> None:
    session.add_all(NoticeRow(person=person, notice=notice, made_at=now, due_at=now) for person in people)


def _held(session: Session, number: int) -> NoticeRow:
    return session.get_one(NoticeRow, number, populate_existing=True, with_for_update=True)
