"""Does a run come back when its worker, or the Prefect server, dies in the middle?"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.incident_pool import Pool, events, pool, until_event, until_tasks, worker
from tests.prefect_server import PrefectServer, prefect_server

pytestmark = [pytest.mark.engine, pytest.mark.kill]


@pytest.fixture(scope="module")
def server() -> Iterator[PrefectServer]:
    with prefect_server() as running:
        yield running


@pytest.fixture
async def incidents(server: PrefectServer) -> AsyncIterator[Pool]:
    async with pool(server) as prepared:
        yield prepared


async def test_a_run_whose_only_worker_was_killed_is_back_within_twenty_seconds(
    server: PrefectServer, incidents: Pool
) -> None:
    diary = incidents.diary()
    with worker(server) as first:
        run_id = await incidents.start("work", diary, seconds=60)
        await until_tasks(incidents, run_id, "Running")
        first.kill()
    with worker(server):
        await until_event(diary, "begin", times=2, within=20)
        await incidents.until(run_id, "Completed")
        await until_tasks(incidents, run_id, "Crashed", "Completed")
    assert events(diary) == ["flow", "begin", "flow", "begin", "end"]


async def test_two_live_workers_bring_a_lost_run_back_once(server: PrefectServer, incidents: Pool) -> None:
    diary = incidents.diary()
    with worker(server, heartbeat=1) as dying:
        run_id = await incidents.start("work", diary, seconds=60)
        await until_event(diary, "begin")
        with worker(server, heartbeat=1), worker(server, heartbeat=1):
            dying.kill()
            await incidents.until(run_id, "Completed", within=20)
            await asyncio.sleep(3)
    assert events(diary) == ["flow", "begin", "flow", "begin", "end"]


async def test_a_worker_that_is_told_to_stop_hands_its_runs_over(
    server: PrefectServer, incidents: Pool
) -> None:
    diary = incidents.diary()
    with worker(server) as leaving:
        run_id = await incidents.start("work", diary, seconds=60)
        await until_tasks(incidents, run_id, "Running")
        with worker(server):
            assert leaving.terminate() < 8
            await incidents.until(run_id, "Completed", within=4)
            await until_tasks(incidents, run_id, "Crashed", "Completed")
    assert events(diary) == ["flow", "begin", "flow", "begin", "end"]


async def test_a_run_lives_through_a_restart_of_the_server(server: PrefectServer, incidents: Pool) -> None:
    during, later = incidents.diary(), incidents.diary()
    with worker(server, heartbeat=1), worker(server, heartbeat=1):
        run_id = await incidents.start("work", during, seconds=6)
        await until_tasks(incidents, run_id, "Running")
        server.kill()
        await until_event(during, "end")
        server.start()
        wanted = time.monotonic()
        await incidents.until(await incidents.start("work", later), "Completed")
        assert time.monotonic() - wanted < 20
        await incidents.until(run_id, "Completed")
        await until_tasks(incidents, run_id, "Completed")
    assert events(during) == ["flow", "begin", "end"]
