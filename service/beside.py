"""How does slow work not hold up the watchdog? It goes on beside the next looks, one piece at a time."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any


class Beside:
    """Work of one sort; a look waits a moment for it, and no longer."""

    def __init__(self, moment: timedelta) -> None:
        self._moment = moment
        self._going: asyncio.Task[int] | None = None

    async def look(self, work: Callable[[], Coroutine[Any, Any, int]]) -> int:
        """Begin, or go on waiting; returns what the work did if it is done by now, else 0.

        Raises:
            Exception: what the work raised.
        """
        if self._going is None:
            self._going = asyncio.create_task(work())
        done, _ = await asyncio.wait({self._going}, timeout=self._moment.total_seconds())
        if not done:
            return 0
        finished, self._going = self._going, None
        return finished.result()
