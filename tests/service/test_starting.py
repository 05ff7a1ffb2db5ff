"""Do owed runs start at once, and does the loop that starts them outlive every failure?"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import httpx
import pytest

from incident.errors import LedgerUnavailable
from service.web.starting import Starter


@dataclass
class Runs:
    """What is owed; starting it fails once for each of the troubles."""

    troubles: list[Exception] = field(default_factory=list)
    tries: int = 0
    started: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self) -> int:
        self.tries += 1
        if self.troubles:
            raise self.troubles.pop()
        self.started.set()
        return 1


@asynccontextmanager
async def running(runs: Runs) -> AsyncIterator[Starter]:
    starter = Starter(runs.start)
    loop = asyncio.create_task(starter.run())
    yield starter
    loop.cancel()
    with suppress(asyncio.CancelledError):
        await loop


async def test_nothing_starts_before_a_door_says_so() -> None:
    runs = Runs()
    async with running(runs):
        await asyncio.sleep(0.02)
        assert runs.tries == 0


async def test_what_is_owed_starts_when_a_door_says_so() -> None:
    runs = Runs()
    async with running(runs) as starter:
        starter.wake()
        await asyncio.wait_for(runs.started.wait(), 1)


async def test_many_deliveries_at_once_are_one_piece_of_work() -> None:
    runs = Runs()
    async with running(runs) as starter:
        for _ in range(50):
            starter.wake()
        await asyncio.wait_for(runs.started.wait(), 1)
        await asyncio.sleep(0.02)
        assert runs.tries == 1


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(httpx.ConnectError("refused"), id="Prefect is away"),
        pytest.param(TimeoutError(), id="Prefect hangs"),
        pytest.param(LedgerUnavailable("locked"), id="the ledger is locked"),
        pytest.param(ZeroDivisionError(), id="a fault of ours"),
    ],
)
async def test_the_next_delivery_is_served_although_this_one_could_not_be(trouble: Exception) -> None:
    runs = Runs([trouble])
    async with running(runs) as starter:
        starter.wake()
        await asyncio.sleep(0.02)
        assert (runs.tries, runs.started.is_set()) == (1, False)
        starter.wake()
        await asyncio.wait_for(runs.started.wait(), 1)
