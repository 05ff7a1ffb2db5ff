"""How do owed runs start at once? A door wakes this loop after its commit; the watchdog does what fails."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from blocks.prefect_api import AWAY
from incident.errors import IncidentError
from service.patience import patient_when_busy
from service.prefect_engine import PrefectEngine

FORESEEN: tuple[type[Exception], ...] = (*AWAY, IncidentError)

logger = logging.getLogger(__name__)


class Starter:
    """One loop that asks Prefect for the runs that the ledger owes."""

    def __init__(self, start: Callable[[], Awaitable[int]] | None = None) -> None:
        self._woken = asyncio.Event()
        self._start = start or PrefectEngine().start_owed_runs

    def wake(self) -> None:
        """There is something to start."""
        self._woken.set()

    async def run(self) -> None:
        """Start runs whenever woken; what cannot be started now is left to the watchdog."""
        async with patient_when_busy():
            while True:
                await self._woken.wait()
                self._woken.clear()
                await self._start_what_is_owed()

    async def _start_what_is_owed(self) -> None:
        try:
            await self._start()
        except FORESEEN as away:
            logger.warning("runs could not be started (%s); the watchdog starts them", type(away).__name__)
        except Exception:  # a loop must outlive what it starts
            logger.exception("runs could not be started; the watchdog starts them")
