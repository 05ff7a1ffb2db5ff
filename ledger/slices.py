"""How are many alerts triaged, when more come in than can be looked at one by one?

In slices: some alerts in one transaction, the most urgent first, each behind a savepoint. What cannot be
triaged stays as it was and goes to the end of the line.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from sqlalchemy import ColumnElement
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, and_, col, or_, select, update

from incident.alert import EndState
from incident.triage_order import Precedence, Waiting, in_turn
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
    same = waiting.where(_of_conditions(urgent)).order_by(col(AlertRow.id))
    same_conditions = session.execute(same) if urgent else ()
    return in_turn(urgent, (Waiting(*row) for row in same_conditions))[:most]


def triage_next(
    session: Session, most: int, clock: Clock, enough: Callable[[], bool], *, put_off: bool = False
) -> tuple[list[Triaged], bool]:
    """Give alerts their end states, one after the other, until somebody says that it is enough.

    Returns what became of them, and whether others wait that can be triaged.

    Raises:
        DBAPIError: the database fails; nothing of the slice stays.
    """
    alerts = next_alerts(session, most, put_off=put_off)
    done: list[Triaged] = []
    for number in alerts:
        done.append(_triaged(session, number, clock()))
        if enough():
            break
    left_over = len(alerts) == most or len(done) < len(alerts)
    return done, left_over and any(each.end_state for each in done)


def _of_conditions(alerts: Sequence[Waiting]) -> ColumnElement[bool]:
    by_source = groupby(sorted(alerts, key=attrgetter("source")), key=attrgetter("source"))
    conditions = ((source, {each.fingerprint for each in of_source}) for source, of_source in by_source)
    here = (
        and_(col(AlertRow.source) == source, col(AlertRow.fingerprint).in_(fingerprints))
        for source, fingerprints in conditions
    )
    return or_(False, *here)  # noqa: FBT003  the value of none of them


def _triaged(session: Session, number: int, now: datetime) -> Triaged:
    try:
        with session.begin_nested():
            incident = triage_alert(session, number, now)
            row = session.get_one(AlertRow, number)
    except Exception as fault:
        if isinstance(fault, DBAPIError) and not isinstance(fault, OURS):
            raise
        logger.exception("alert %s is safe but could not be triaged yet", number)
        put_off = update(AlertRow).where(col(AlertRow.id) == number).values(precedence=Precedence.PUT_OFF)
        session.execute(put_off)
        return Triaged(number)
    return Triaged(number, row.end_state, incident.key if incident else None)
