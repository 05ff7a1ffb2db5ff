"""How does a shift go from one person to another who takes it? Offers, and the first answer to each.

Taking writes the override in the same transaction, so that an offer is never taken without effect, nor by
two. Whoever comes second hears who was faster.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from incident.configuration import Configuration
from incident.errors import AnswerError, NotFoundError, TransitionError
from incident.notices import NoticeKind
from incident.override import Remove, Replace, conflict
from incident.restriction import Interval
from incident.schedule import Schedule
from incident.shifts import has_all, has_some
from incident.swaps import Answer, Offer, Proposal, SwapState, refusal, span_of
from ledger.notices import tell_of_swap
from ledger.overrides import store
from ledger.rota_tables import SwapRow
from ledger.rota_turn import Actor, known_people, rotas_for, schedule_of, zone_of


@dataclass(frozen=True)
class Taken:
    """An offer that was taken, and what whoever took it should know."""

    row: SwapRow
    warnings: tuple[str, ...]


def offer_swap(session: Session, proposal: Proposal, actor: Actor, now: datetime) -> SwapRow:
    """Offer a shift of one's own, or a part of it, to somebody or to anybody.

    It ends when the shift does, or when the proposal says.

    Raises:
        NotFoundError: the schedule or somebody who is named is not known.
        AnswerError: it is not a shift of theirs, a time is impossible or over, or it would go to oneself.
        TransitionError: they have offered that time already, or have an override in it (S11).
    """
    configuration = rotas_for(session, actor, now)
    schedule = schedule_of(configuration, proposal.schedule)
    span, expires_at = span_of(proposal, schedule, actor.person, now)
    leaving = Remove(kind="remove", user=actor.person, start=span[0], end=span[1])
    if clash := conflict(schedule.overrides, leaving):
        raise TransitionError(clash)
    if proposal.to is not None:
        _can_be_asked(configuration, schedule, proposal.to, actor.person, span)
    if other := _open_beside(session, proposal.schedule, actor.person, span, now):
        raise TransitionError(f"you have offered that time already: swap {other.id}; withdraw it first")
    row = SwapRow(
        schedule=proposal.schedule,
        person=actor.person,
        to=proposal.to,
        starts_at=span[0],
        ends_at=span[1],
        reason=proposal.reason,
        offered_at=now,
        via=actor.via,
        expires_at=expires_at,
        state=SwapState.OFFERED,
    )
    session.add(row)
    session.flush()
    tell_of_swap(session, NoticeKind.ASKED, row, schedule.timezone, now)
    return row


def take_swap(session: Session, number: int, actor: Actor, now: datetime, said: str = "") -> Taken:
    """Take an offered shift: the override is there when this returns. Taking it again changes nothing.

    Raises:
        NotFoundError: there is no such offer, or the person is not known.
        TransitionError: it cannot be taken (any more), or the override would contradict another one.
    """
    configuration = rotas_for(session, actor, now)
    row = find_swap(session, number)
    if row.state is SwapState.TAKEN and row.answered_by == actor.person:
        return Taken(row, ())
    _permitted(row, Answer.TAKE, actor, now)
    schedule = schedule_of(configuration, row.schedule)
    span = max(row.starts_at, now), row.ends_at
    if not has_all(schedule, row.person, span):
        raise TransitionError(f"swap {number}: {row.person} is not on call in that time any more")
    if has_some(schedule, actor.person, span):
        raise TransitionError(f"swap {number}: you are on call for {row.schedule} in that time yourself")
    override = Replace.model_validate(
        {"kind": "replace", "user": row.person, "with": actor.person, "start": span[0], "end": span[1]}
    )
    reason = f"swap {number}" + (f": {row.reason}" if row.reason else "")
    made = store(session, row.schedule, schedule, override, reason, actor, now)
    row.override_id = made.row.id
    _answered(session, row, SwapState.TAKEN, actor, now, said)
    tell_of_swap(session, NoticeKind.TAKEN, row, schedule.timezone, now)
    return Taken(row, made.warnings)


def decline_swap(session: Session, number: int, actor: Actor, now: datetime, said: str = "") -> SwapRow:
    """Whoever was asked says no; saying it again changes nothing.

    Raises:
        NotFoundError: there is no such offer, or the person is not known.
        TransitionError: it is not theirs to decline, or was answered before.
    """
    return _close(session, number, Answer.DECLINE, actor, now, said)


def withdraw_swap(session: Session, number: int, actor: Actor, now: datetime, said: str = "") -> SwapRow:
    """Whoever offered a shift keeps it; saying it again changes nothing.

    Raises:
        NotFoundError: there is no such offer, or the person is not known.
        TransitionError: it is not theirs, or was answered before.
    """
    return _close(session, number, Answer.WITHDRAW, actor, now, said)


def swaps(
    session: Session, now: datetime, *, schedule: str | None = None, every: bool = False
) -> Sequence[SwapRow]:
    """The offers that can still be answered, by the start of the shift; all that ever were on demand."""
    query = select(SwapRow)
    if schedule is not None:
        query = query.where(SwapRow.schedule == schedule)
    if not every:
        query = query.where(SwapRow.state == SwapState.OFFERED, col(SwapRow.expires_at) > now)
    return session.exec(query.order_by(col(SwapRow.starts_at), col(SwapRow.id))).all()


def find_swap(session: Session, number: int) -> SwapRow:
    """An offer.

    Raises:
        NotFoundError: there is no such offer.
    """
    row = session.get(SwapRow, number, populate_existing=True)
    if row is None:
        raise NotFoundError(f"there is no swap {number}; `incident oncall swap list` shows them")
    return row


def offer_of(row: SwapRow) -> Offer:
    """What the rules need to know of an offer."""
    return Offer(row.person, row.to, row.state, row.expires_at, row.answered_by, row.answered_at)


def _close(session: Session, number: int, answer: Answer, actor: Actor, now: datetime, said: str) -> SwapRow:
    configuration = rotas_for(session, actor, now)
    row = find_swap(session, number)
    state = SwapState.DECLINED if answer is Answer.DECLINE else SwapState.WITHDRAWN
    if (row.state, row.answered_by) == (state, actor.person):
        return row
    _permitted(row, answer, actor, now)
    _answered(session, row, state, actor, now, said)
    if answer is Answer.DECLINE:
        tell_of_swap(session, NoticeKind.DECLINED, row, zone_of(configuration, row.schedule), now)
    return row


def _permitted(row: SwapRow, answer: Answer, actor: Actor, now: datetime) -> None:
    if why := refusal(offer_of(row), answer, actor.person, now):
        raise TransitionError(f"swap {row.id}: {why}")


def _answered(
    session: Session, row: SwapRow, state: SwapState, actor: Actor, now: datetime, said: str
) -> None:
    row.state, row.answered_at, row.answered_by = state, now, actor.person
    row.answered_via, row.answer = actor.via, said
    session.add(row)


def _can_be_asked(
    configuration: Configuration, schedule: Schedule, person: str, owner: str, span: Interval
) -> None:
    known_people(configuration, person)
    if person == owner:
        raise AnswerError(["to: it is your own shift; name somebody else, or nobody to ask everybody"])
    if has_some(schedule, person, span):
        raise AnswerError([f"to: {person} is on call in that time already"])


def _open_beside(
    session: Session, schedule: str, person: str, span: Interval, now: datetime
) -> SwapRow | None:
    query = select(SwapRow).where(
        SwapRow.schedule == schedule,
        SwapRow.person == person,
        SwapRow.state == SwapState.OFFERED,
        col(SwapRow.expires_at) > now,
        col(SwapRow.starts_at) < span[1],
        col(SwapRow.ends_at) > span[0],
    )
    return session.exec(query).first()
