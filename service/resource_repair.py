"""Who gives incidents what a tool has not given them? The watchdog, beside its looks.

A vendor that hangs may take seconds for each thing, so that the work goes on beside the next looks: pages do
not wait for it.
"""

import asyncio
from datetime import datetime, timedelta

from ledger.repairs import AT_ONCE, repairs_due, without_set_up
from tasks.repair import repair
from tasks.surroundings import here

PATIENCE = timedelta(milliseconds=500)
"""So long a look waits for repairs; the next ones learn what became of them."""
ALONE_AFTER = timedelta(seconds=15)
"""While Prefect is away, an incident of this age gets its set-up without a flow."""


class ResourceRepair:
    """The repairs that are under way."""

    def __init__(self, patience: timedelta = PATIENCE) -> None:
        self._patience = patience
        self._under_way: asyncio.Task[int] | None = None
        self._set_up_at: dict[str, datetime] = {}

    async def look(self, now: datetime, *, alone: bool) -> int:
        """Begin what is due, unless repairs are under way; returns how many things work since the last look.

        One indexed query when nothing is missing; `alone`: Prefect does not answer, and no flow runs.
        """
        if self._under_way is None:
            due = await here().ledger.aread(repairs_due, now)
            new = await self._without_set_up(now) if alone else ()
            if not due and not new:
                return 0
            self._under_way = asyncio.create_task(_repair(list(dict.fromkeys([*due, *new])), set(new)))
        done, _ = await asyncio.wait({self._under_way}, timeout=self._patience.total_seconds())
        if not done:
            return 0
        finished, self._under_way = self._under_way, None
        return finished.result()

    async def _without_set_up(self, now: datetime) -> list[str]:
        """Those that this process has not looked at lately."""
        found = await here().ledger.aread(without_set_up, now - ALONE_AFTER)
        lately = {key: at for key, at in self._set_up_at.items() if now - at < ALONE_AFTER}
        new = [key for key in found if key not in lately][:AT_ONCE]
        self._set_up_at = lately | dict.fromkeys(new, now)
        return new


async def _repair(keys: list[str], new: set[str]) -> int:
    """Repair incidents side by side; one that fails stops no other, and is raised when all are done."""
    deeds = (repair(key, alone=key in new) for key in keys)
    results = await asyncio.gather(*deeds, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return sum(len(result) for result in results if isinstance(result, tuple))
