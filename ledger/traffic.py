"""What else goes to the same contact, and through the same provider? What the decisions about a page ask."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from incident.circuit import LOOKED_AT, Broken, Flows, Try, circuit
from incident.configuration import Configuration
from incident.limits import LULL, Limit, Scope, limit_of
from incident.notification import Traffic
from incident.story import PageState
from ledger.notification_tables import NotificationRow

GOING = (PageState.OWED, PageState.SENT)
"""The states in which something that was given to a provider is on its way, or there."""


def traffic(session: Session, row: NotificationRow, configuration: Configuration, now: datetime) -> Traffic:
    """What went and what waits for the contact of a notification, for all incidents."""
    here = _contact(row)
    last = select(func.max(NotificationRow.sent_at)).where(*here, NotificationRow.state == PageState.SENT)
    bundle = Traffic(last_sent_at=session.exec(last).one(), waiting=waiting_with(session, row, now))
    limit = limit_of(configuration, row.via)
    if limit is None or row.contact.bundle:
        return bundle
    turns = select(func.min(NotificationRow.due_at)).where(*here, *_has_a_turn(now))
    lately = select(NotificationRow.id).where(
        *here, col(NotificationRow.started_at) > now - LULL, col(NotificationRow.state).in_(GOING)
    )
    known = {
        "limit": limit,
        "next_turn": session.exec(turns).one(),
        "lately": session.exec(lately.limit(1)).first() is not None,
        "taken": _taken(session, row, limit, now),
    }
    return bundle.model_copy(update=known)


def waiting_with(session: Session, row: NotificationRow, now: datetime) -> tuple[int, ...]:
    """What is due for the same contact and goes in one message with this one, oldest first."""
    waiting = select(NotificationRow.id).where(
        *_contact(row), NotificationRow.state == PageState.OWED, NotificationRow.due_at <= now
    )
    if row.contact.bundle is None:
        waiting = waiting.where(col(NotificationRow.slot).is_(True), NotificationRow.via == row.via)
    ids = session.exec(waiting.order_by(col(NotificationRow.id))).all()
    return tuple(number or 0 for number in ids)


def circuit_of(session: Session, row: NotificationRow, now: datetime) -> Flows | Broken:
    """Is the provider of a notification worth waiting for, by what became of the last pages through it?"""
    tries = select(NotificationRow.started_at, NotificationRow.answer).where(
        NotificationRow.via == row.via,
        col(NotificationRow.started_at).is_not(None),
        NotificationRow.id != row.id,
    )
    newest = session.exec(tries.order_by(col(NotificationRow.started_at).desc()).limit(LOOKED_AT)).all()
    return circuit([Try(started_at=at, answer=answer) for at, answer in newest if at], now)


def _taken(session: Session, row: NotificationRow, limit: Limit, now: datetime) -> tuple[datetime, ...]:
    """The messages that count for a limit: those that went lately, and those whose turn is still to come."""
    counted = _contact(row) if limit.counts is Scope.CONTACT else [NotificationRow.via == row.via]
    went = select(NotificationRow.started_at).where(
        *counted, col(NotificationRow.started_at) > now - limit.within
    )
    to_come = select(NotificationRow.person, NotificationRow.method, NotificationRow.due_at).where(
        *counted, *_has_a_turn(now)
    )
    gone = [at for at in session.exec(went) if at]
    return (*gone, *(at for _, _, at in session.exec(to_come.distinct())))


def _has_a_turn(now: datetime) -> Sequence[ColumnElement[bool]]:
    return (
        col(NotificationRow.state) == PageState.OWED,
        col(NotificationRow.slot).is_(True),
        col(NotificationRow.due_at) > now,
    )


def _contact(row: NotificationRow) -> Sequence[ColumnElement[bool]]:
    return (col(NotificationRow.person) == row.person, col(NotificationRow.method) == row.method)
