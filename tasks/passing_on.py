"""How does a monitor learn that somebody has acknowledged? Through its connection, once for each alert.

Monitors are told side by side, and one after the other at each of them: one that does not answer holds up
nobody but itself, and is not asked again in the same look.
"""

import asyncio
import logging
from typing import cast

from blocks.interfaces import Monitor
from incident.errors import (
    ConfigurationError,
    ConnectionFailure,
    IncidentError,
    InHand,
    Rejected,
    RetryLater,
    UnknownOutcome,
)
from ledger.passing_on import (
    Owed,
    due_at_monitor,
    monitors_due,
    passed_on,
    passing_on_failed,
    take_passing_on,
)
from tasks.incident import matter
from tasks.once import once
from tasks.surroundings import here

AT_ONCE = 50
"""How many acknowledgements a monitor is told in one look."""

logger = logging.getLogger(__name__)


async def pass_on_acknowledgements() -> int:
    """Tell every monitor what it is to be told now; returns how many acknowledgements they took."""
    monitors = await here().ledger.aread(monitors_due, here().now())
    return sum(await asyncio.gather(*(_tell(monitor) for monitor in monitors)))


async def _tell(monitor: str) -> int:
    """Tell one monitor, until it refuses to listen; returns how many acknowledgements it took."""
    told = 0
    for number in await here().ledger.aread(due_at_monitor, monitor, here().now(), AT_ONCE):
        owed = await here().ledger.awrite(take_passing_on, number, here().now())
        if owed is None:
            continue
        try:
            await _acknowledge(owed)
        except (InHand, UnknownOutcome):
            return told  # it stays taken for a while; the next try settles it
        except IncidentError as failure:
            await _failed(owed, failure)
            if not isinstance(failure, Rejected):
                return told
        else:
            await here().ledger.awrite(passed_on, number, here().now())
            told += 1
    return told


async def _acknowledge(owed: Owed) -> None:
    about = await matter(owed.incident)
    monitor = cast(Monitor, await here().connected(owed.monitor, about.configuration))
    person = about.configuration.people.get(owed.person)
    author = person.name if person else owed.person
    comment = about.text("monitor/acknowledged.line", person=owed.person)
    name = f"acknowledge/{owed.monitor}/{owed.alert_id}"
    key = about.key_of(name)
    await once(
        owed.incident_id,
        name,
        monitor.repeat,
        lambda: monitor.acknowledge(key, owed.alert, author, comment),
    )


async def _failed(owed: Owed, failure: IncidentError) -> None:
    known = isinstance(failure, ConnectionFailure | ConfigurationError)
    logger.warning(
        "%s could not be told of an acknowledgement: %s",
        owed.monitor,
        failure,
        exc_info=not known and failure,
    )
    await here().ledger.awrite(
        passing_on_failed,
        owed.number,
        str(failure),
        here().now(),
        for_good=isinstance(failure, Rejected),
        after=failure.after if isinstance(failure, RetryLater) else None,
    )
