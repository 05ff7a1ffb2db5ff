"""How are many alerts triaged, when more come in than can be looked at one by one?

In slices: some alerts in one transaction, the most urgent first. If one of them cannot be triaged nothing of
the slice stays, and it is done once more with each alert behind a savepoint: that one stays as it was and
goes to the end of the line.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select, update

from incident.alert import EndState
from incident.triage_order import Precedence, Waiting, in_turn
from ledger.conditions import know_conditions, of_conditions
from ledger.intake import triage_alert
from ledger.tables import AlertRow
from ledger.unavailable import OURS

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Triaged:
    """What became of one alert; without an end state it could not be triaged."""

    number: int
    end_state: EndState | None = None
    incident: str | None = None


def next_alerts(session: Session, most: int, *, put_off: bool) -> list[int]:
    """The alerts whose turn it is, in their order: at most so many; with those that were put off, or not."""
    last = Precedence.PUT_OFF if put_off else Precedence.CALMING
    waiting = select(AlertRow.id, AlertRow.source, AlertRow.fingerprint).where(
        col(AlertRow.end_state).is_(None), col(AlertRow.precedence) <= last
    )
    in_order = waiting.order_by(col(AlertRow.precedence), col(AlertRow.id)).limit(most)
    urgent = [Waiting(*row) for row in session.execute(in_order)]
    same = waiting.where(of_conditions(AlertRow, {each[1:] for each in urgent})).order_by(col(AlertRow.id))
    same_conditions = session.execute(same) if urgent else ()
    return in_turn(urgent, (Waiting(*row) for row in same_conditions))[:most]


def triage_next(
    session: Session,
    most: int,
    clock: Clock,
    enough: Callable[[], bool],
    *,
    put_off: bool = False,
    apart: bool = False,
) -> tuple[list[Triaged], bool]:
    """Give alerts their end states, one after the other, until somebody says that it is enough.

    Returns what became of them, and whether others wait that can be triaged. ``apart``: each behind a
    savepoint, which takes twice as long.

    Raises:
        DBAPIError: the database fails; nothing of the slice stays.
        Exception: one of them cannot be triaged; nothing of the slice stays. Not if they are done ``apart``.
    """
    alerts = next_alerts(session, most, put_off=put_off)
    known = [] if apart else _read_at_once(session, alerts)
    done: list[Triaged] = []
    for number in alerts:
        done.append(_triaged_apart(session, number, clock()) if apart else _triaged(session, number, clock()))
        if enough():
            break
    del known  # until here the session finds the rows without asking for each
    left_over = len(alerts) == most or len(done) < len(alerts)
    return done, left_over and any(each.end_state for each in done)


def _read_at_once(session: Session, alerts: Sequence[int]) -> Sequence[AlertRow]:
    rows = session.exec(select(AlertRow).where(col(AlertRow.id).in_(alerts))).all()
    know_conditions(session, {(row.source, row.fingerprint) for row in rows})
    return rows


def _triaged(session: Session, number: int, now: datetime) -> Triaged:
    incident = triage_alert(session, number, now)
    return Triaged(number, session.get_one(AlertRow, number).end_state, incident.key if incident else None)


def _triaged_apart(session: Session, number: int, now: datetime) -> Triaged:
    try:
        with session.begin_nested():
            return _triaged(session, number, now)
    except Exception as fault:
        if isinstance(fault, DBAPIError) and not isinstance(fault, OURS):
            raise
        logger.exception("alert %s is safe but could not be triaged yet", number)
        put_off = update(AlertRow).where(col(AlertRow.id) == number).values(precedence=Precedence.PUT_OFF)
        session.execute(put_off)
        return Triaged(number)
