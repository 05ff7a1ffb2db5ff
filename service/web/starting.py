"""How do owed runs start at once? A door wakes this loop after its commit; what fails is left to the watchdog."""

import asyncio
import logging

from blocks.prefect_api import AWAY
from tasks.runs import start_owed_runs

logger = logging.getLogger(__name__)


class Starter:
    """One loop that asks Prefect for the runs that the ledger owes."""

    def __init__(self) -> None:
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """There is something to start."""
        self._woken.set()

    async def run(self) -> None:
        """Start runs whenever woken; while Prefect does not answer, the watchdog keeps trying."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            try:
                await start_owed_runs()
            except AWAY as away:
                logger.warning("Prefect does not answer (%s); the watchdog starts what is owed", type(away).__name__)
