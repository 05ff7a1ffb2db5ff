"""What becomes of alerts and escalations when a silence or a maintenance ends?

A part of the watchdog's look. Every timer is a row, and whoever ends something early moves them in the same
transaction; here they are acted on, and what nobody moved (a window has left the file) is found.
"""

import logging
from datetime import datetime

from sqlmodel import Session

from incident.errors import LedgerUnavailable
from ledger.configurations import configuration_in_force
from ledger.holds import holds_to_review, review_hold
from ledger.intake import triage_again, waiting_alerts
from ledger.quiet import ended_unseen, move_timers
from ledger.turns import Turn, take_turn
from tasks.surroundings import Surroundings, here

AT_ONCE = 500
"""How many alerts are looked at again in one look; the rest is looked at in the next one, a second later."""

logger = logging.getLogger(__name__)


def look_again(surroundings: Surroundings, now: datetime) -> int:
    """Triage again what waited until now; one that cannot be triaged is tried again. Returns how many."""
    ledger = surroundings.ledger
    if ended := ledger.read(_ended_unseen, now):
        ledger.write(_wake, ended, now)
    waiting = ledger.read(waiting_alerts, now, AT_ONCE)
    return sum([_looked_at(surroundings, alert) for alert in waiting])


async def let_go_on(now: datetime) -> int:
    """Escalations that nothing holds back any more go on, others wait for the right end."""
    ledger = here().ledger
    moved = [await ledger.awrite(review_hold, each, now) for each in await ledger.aread(holds_to_review, now)]
    return sum(moved)


def _looked_at(surroundings: Surroundings, alert: int) -> bool:
    try:
        surroundings.ledger.write(triage_again, alert, surroundings.now())
    except LedgerUnavailable:
        raise
    except Exception:  # a fault with one alert may not stop the next one
        logger.exception("alert %s could not be looked at again yet", alert)
        return False
    return True


def _ended_unseen(session: Session, now: datetime) -> set[str]:
    return ended_unseen(session, configuration_in_force(session)[1], now)


def _wake(session: Session, ended: set[str], now: datetime) -> None:
    take_turn(session, Turn.TRIAGE)
    for label in ended:
        move_timers(session, label, now)
