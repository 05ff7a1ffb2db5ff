"""How are many alerts looked at again, when a silence or a window over a whole storm ends?

In slices, as when they came: some in one transaction, the most urgent first, each behind a savepoint. One
that cannot be triaged keeps its end state and is tried again a minute later, so that it is in nobody's way.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, update

from ledger.intake import triage_again, waiting_alerts
from ledger.tables import AlertRow
from ledger.turns import Turn, take_turn
from ledger.unavailable import OURS

TRIED_AGAIN_AFTER = timedelta(minutes=1)

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]


def look_at_next(session: Session, most: int, clock: Clock, enough: Callable[[], bool]) -> int:
    """Look again at alerts whose time has come, until somebody says that it is enough; returns at how many.

    Raises:
        DBAPIError: the database fails; nothing of the slice stays.
    """
    take_turn(session, Turn.TRIAGE)
    looked_at = 0
    for number in waiting_alerts(session, clock(), most):
        _look(session, number, clock())
        looked_at += 1
        if enough():
            break
    return looked_at


def _look(session: Session, number: int, now: datetime) -> None:
    try:
        with session.begin_nested():
            triage_again(session, number, now)
    except Exception as fault:  # whatever is wrong with one alert, the next one is looked at
        if isinstance(fault, DBAPIError) and not isinstance(fault, OURS):
            raise
        logger.exception("alert %s could not be looked at again yet", number)
        later = update(AlertRow).where(col(AlertRow.id) == number)
        session.connection().execute(later.values(look_again_at=now + TRIED_AGAIN_AFTER))
