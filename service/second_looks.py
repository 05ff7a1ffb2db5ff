"""What becomes of alerts and escalations when a silence or a maintenance ends?

A part of the watchdog's look. Every timer is a row, and whoever ends something early moves them in the same
transaction; here they are acted on, and what nobody moved (a window has left the file) is found.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import Session

from ledger.configurations import configuration_in_force
from ledger.holds import holds_to_review, review_hold
from ledger.intake import waiting_alerts
from ledger.quiet import ended_unseen, move_timers
from ledger.second_looks import look_at_next
from ledger.turns import Turn, take_turn
from tasks.surroundings import Surroundings, here

SLICE = 100
"""How many alerts are looked at again in one transaction."""

LONGEST_SLICE = timedelta(milliseconds=200)
"""After that whoever else wants to write gets a turn."""

LONGEST_LOOK = timedelta(seconds=5)
"""After that the other parts of the watchdog get theirs; the rest is looked at a second later."""


def look_again(surroundings: Surroundings, now: datetime) -> int:
    """Triage again what waited until now, in slices, urgent alerts first. Returns how many."""
    ledger = surroundings.ledger
    if ended := ledger.read(_ended_unseen, now):
        ledger.write(_wake, ended, now)
    over, looked_at = _timer(LONGEST_LOOK), 0
    while ledger.read(waiting_alerts, surroundings.now(), 1) and not over():
        looked_at += ledger.write(look_at_next, SLICE, surroundings.now, _timer(LONGEST_SLICE))
    return looked_at


async def let_go_on(now: datetime) -> int:
    """Escalations that nothing holds back any more go on, others wait for the right end."""
    ledger = here().ledger
    moved = [await ledger.awrite(review_hold, each, now) for each in await ledger.aread(holds_to_review, now)]
    return sum(moved)


def _timer(lasts: timedelta) -> Callable[[], bool]:
    """Is so much time over?"""
    ends = time.monotonic() + lasts.total_seconds()
    return lambda: time.monotonic() >= ends


def _ended_unseen(session: Session, now: datetime) -> set[str]:
    return ended_unseen(session, configuration_in_force(session)[1], now)


def _wake(session: Session, ended: set[str], now: datetime) -> None:
    take_turn(session, Turn.TRIAGE)
    for label in ended:
        move_timers(session, label, now)
