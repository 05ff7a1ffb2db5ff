"""What happens when somebody calls who is awaited, and when nobody does?"""

import asyncio
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

from incident.configuration import Configuration
from incident.errors import ConfidenceError, NotFoundError
from incident.heartbeat import Signal
from ledger.awaited_calls import look_for_silence, look_needed, note_call
from service.intake import triage_all
from service.lines import line_of
from tasks.surroundings import Surroundings, here


def take_call(surroundings: Surroundings, name: str, signal: Signal, said: str) -> bool:
    """Keep a call; was there an alert in it?

    Raises:
        NotFoundError: nobody of this name is awaited.
        LedgerUnavailable: it could not be kept; the caller should come again.
    """
    alerts = surroundings.ledger.write(note_call, name, signal, said, surroundings.now())
    _triage(surroundings, alerts)
    return bool(alerts)


async def look_for_silent_callers(now: datetime) -> None:
    """Raise an alert for everybody who should have called by now."""
    if await here().ledger.aread(look_needed, now):
        alerts = await here().ledger.awrite(look_for_silence, now)
        await asyncio.to_thread(_triage, here(), alerts)


def _triage(surroundings: Surroundings, alerts: Sequence[int]) -> None:
    """By the line of the web service where there is one: it triages all alerts in one order."""
    line = line_of(surroundings.ledger)
    if line and alerts:
        line.look()
    else:
        triage_all(surroundings, alerts)


def check_caller(configuration: Configuration, name: str, token: str, surroundings: Surroundings) -> None:
    """Is this the token of the heartbeat? Its own variable holds it, or it is signed by us.

    Raises:
        NotFoundError: nobody of this name is awaited; the message lists the names.
        ConfidenceError: it is not.
    """
    known = configuration.heartbeats
    if name not in known:
        raise NotFoundError(f"no heartbeat {name!r}; known: {', '.join(sorted(known)) or 'none'}")
    variable = known[name].token
    if variable is None:
        surroundings.links.check_heartbeat(token, name)
        return
    expected = surroundings.environment.get(variable.env, "")
    if not (hmac.compare_digest(_digest(token), _digest(expected)) and expected):
        raise ConfidenceError("the token is wrong")


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
