"""Which configuration is in force? Every delivery asks; the ledger is asked now and then."""

import asyncio

from incident.configuration import Configuration
from service.believed import read_in_force
from service.lines import line_of
from tasks.surroundings import Surroundings


def in_force(surroundings: Surroundings) -> Configuration:
    """The configuration in force.

    Raises:
        LedgerUnavailable: there is none yet.
    """
    line = line_of(surroundings.ledger)
    return line.configuration.now() if line else read_in_force(surroundings.ledger)


async def in_force_soon(surroundings: Surroundings) -> Configuration:
    """The same from a coroutine."""
    line = line_of(surroundings.ledger)
    if line and (known := line.configuration.lately()):
        return known
    return await asyncio.to_thread(in_force, surroundings)
