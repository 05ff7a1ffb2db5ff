"""What do the doors and the watchdog ask of Prefect? Each has a time limit: a Prefect that hangs is away."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from prefect.client.orchestration import get_client

from blocks.prefect_api import AWAY
from ledger.tables import RunRow
from service import run_repair
from tasks import doors, runs

ANSWERS_WITHIN = timedelta(seconds=2)
DONE_WITHIN = timedelta(seconds=15)
"""One piece of work; what is left of it when the time is up is done at the next look."""


class Engine(Protocol):
    """What keeps the process of each incident going. All but `answers` raise what `AWAY` lists."""

    async def answers(self) -> bool:
        """Is it there?"""
        ...

    async def start_owed_runs(self) -> int:
        """Start what the ledger owes; returns how many."""
        ...

    async def repair(self, unfinished: Sequence[RunRow], now: datetime) -> int:
        """Start again what ended too early; returns how many."""
        ...

    async def go_on(self, flow_run_id: str) -> bool:
        """Resume a run that waits for an answer."""
        ...


@dataclass(frozen=True)
class PrefectEngine:
    """The Prefect server that this process is configured for."""

    done_within: timedelta = DONE_WITHIN
    start_for: timedelta = DONE_WITHIN
    """So long runs are started, one after the other, before somebody else has a turn."""

    async def answers(self) -> bool:
        """Does the API answer within two seconds?"""
        seconds = ANSWERS_WITHIN.total_seconds()
        try:
            async with asyncio.timeout(seconds), get_client(httpx_settings={"timeout": seconds}) as client:
                return await client.api_healthcheck() is None
        except AWAY:  # a time-out is an OSError
            return False

    async def start_owed_runs(self) -> int:
        """Ask for the runs that are owed, the most urgent first, for a while."""
        async with asyncio.timeout(self.done_within.total_seconds()):
            return await runs.start_owed_runs(self.start_for)

    async def repair(self, unfinished: Sequence[RunRow], now: datetime) -> int:
        """Compare the runs that should be going with those that are."""
        async with asyncio.timeout(self.done_within.total_seconds()), get_client() as client:
            return await run_repair.repair(client, unfinished, now)

    async def go_on(self, flow_run_id: str) -> bool:
        """Resume a run."""
        return await doors.go_on(flow_run_id)
