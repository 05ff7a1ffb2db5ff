"""Does it take a Prefect that hangs for what it is, one that is away?"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from blocks.prefect_api import AWAY
from service.prefect_engine import ANSWERS_WITHIN, PrefectEngine
from tasks.doors import go_on
from tasks.surroundings import within
from tests.house import House

SHORT = timedelta(milliseconds=300)
OK = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 4\r\nConnection: close\r\n\r\ntrue"
)
BROKEN = b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@contextmanager
def at_address(url: str) -> Iterator[None]:
    with temporary_settings({PREFECT_API_URL: url}):
        yield


@asynccontextmanager
async def prefect_that(says: bytes | None) -> AsyncIterator[None]:
    """A server in place of Prefect that says this to everything; with None it keeps silent."""
    closing = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if says is None:
            await closing.wait()
        else:
            writer.write(says)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with at_address(f"http://127.0.0.1:{port}/api"):
        yield
    closing.set()
    await asyncio.sleep(0)  # whoever was kept waiting goes
    server.close()
    await server.wait_closed()


@pytest.mark.parametrize(("says", "there"), [(OK, True), (BROKEN, False)])
async def test_prefect_is_there_when_its_health_is_good(says: bytes, there: bool) -> None:
    async with prefect_that(says):
        assert await PrefectEngine().answers() is there


async def test_one_that_refuses_the_call_is_away() -> None:
    with at_address("http://127.0.0.1:1/api"):
        assert await PrefectEngine().answers() is False


async def test_one_that_hangs_is_away_after_two_seconds() -> None:
    began = time.monotonic()
    async with prefect_that(None):
        assert await PrefectEngine().answers() is False
    assert time.monotonic() - began < ANSWERS_WITHIN.total_seconds() + 1


async def test_work_for_one_that_hangs_ends_as_if_it_were_away(house: House) -> None:
    house.desk.open()
    with within(house.surroundings):
        async with prefect_that(None):
            with pytest.raises(AWAY):
                await PrefectEngine(done_within=SHORT).start_owed_runs()


async def test_whoever_answers_does_not_wait_for_one_that_hangs() -> None:
    async with prefect_that(None):
        assert await go_on("00000000-0000-0000-0000-000000000007", within=SHORT) is False
