"""Does the incident worker run flows at once, never twice, and hand back what it cannot finish?"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from prefect.states import Cancelling

from tests.incident_pool import POOL, Pool, Worker, events, pool, until_event, worker
from tests.prefect_server import PrefectServer, prefect_server

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def server() -> Iterator[PrefectServer]:
    with prefect_server() as running:
        yield running


@pytest.fixture
async def incidents(server: PrefectServer) -> AsyncIterator[Pool]:
    async with pool(server) as prepared:
        yield prepared


@pytest.fixture(scope="module")
def live(server: PrefectServer) -> Iterator[Worker]:
    with worker(server) as process:
        yield process


async def soon(incidents: Pool) -> float:
    """Half a second; on a machine that is busy, or slow, as long as many requests to Prefect take."""
    began = time.monotonic()
    for _ in range(20):
        await incidents.client.read_work_pool(POOL)
    return max(0.5, 3 * (time.monotonic() - began))


async def test_a_run_starts_within_half_a_second(live: Worker, incidents: Pool) -> None:
    await incidents.until(await incidents.start("work", incidents.diary()), "Completed")  # imports the flows
    delays = []
    for _ in range(5):
        diary, wanted = incidents.diary(), time.time()
        await incidents.until(await incidents.start("work", diary), "Completed")
        first_task = next(line for line in diary.read_text().splitlines() if line.endswith("begin"))
        delays.append(float(first_task.split()[0]) - wanted)
    assert sorted(delays)[2] < await soon(incidents), delays


async def test_a_failing_flow_ends_in_failed_and_the_worker_lives_on(live: Worker, incidents: Pool) -> None:
    await incidents.until(await incidents.start("fail", incidents.diary()), "Failed")
    await incidents.until(await incidents.start("work", incidents.diary()), "Completed")
    assert live.process.poll() is None


async def test_a_flow_that_would_block_the_others_is_refused(live: Worker, incidents: Pool) -> None:
    run = await incidents.until(await incidents.start("blocking", incidents.diary()), "Crashed")
    assert run.state is not None
    assert "async def" in str(run.state.message)


async def test_a_run_in_the_future_starts_on_time(live: Worker, incidents: Pool) -> None:
    diary, wanted = incidents.diary(), time.time()
    await incidents.until(await incidents.start("work", diary, after=3), "Completed")
    started = float(diary.read_text().split()[0])
    assert 2.9 < started - wanted < 3 + 2 * await soon(incidents)


async def test_a_suspended_run_is_resumed_at_once_and_is_no_error(live: Worker, incidents: Pool) -> None:
    diary = incidents.diary()
    run_id = await incidents.start("ask", diary)
    await incidents.until(run_id, "Suspended")
    await incidents.answer(run_id, word="yes")
    await incidents.until(run_id, "Completed")
    assert events(diary) == ["flow", "left", "flow", "left", "answered yes"]
    assert "ERROR" not in "".join(line for line in live.lines() if "Suspended" in line)


async def test_a_resumed_run_waits_for_its_first_execution_to_end(live: Worker, incidents: Pool) -> None:
    diary = incidents.diary()
    run_id = await incidents.start("ask", diary, unwind=1.5)
    await incidents.until(run_id, "Suspended")
    await incidents.answer(run_id, word="now")
    await incidents.until(run_id, "Completed")
    assert events(diary) == ["flow", "left", "flow", "left", "answered now"]


async def test_cancelling_ends_the_run_in_flight(live: Worker, incidents: Pool) -> None:
    diary = incidents.diary()
    run_id = await incidents.start("work", diary, seconds=60)
    await until_event(diary, "begin")
    await incidents.client.set_flow_run_state(run_id, Cancelling())
    await incidents.until(run_id, "Cancelled")
    assert events(diary) == ["flow", "begin"]


async def test_runs_in_flight_share_the_threads_of_the_worker(live: Worker, incidents: Pool) -> None:
    await incidents.until(await incidents.start("work", incidents.diary()), "Completed")
    before = threads_of(live)
    diaries = [incidents.diary() for _ in range(6)]
    runs = [await incidents.start("work", diary, seconds=60) for diary in diaries]
    for diary in diaries:
        await until_event(diary, "begin")
    assert threads_of(live) - before < len(runs)
    for run_id in runs:
        await incidents.client.set_flow_run_state(run_id, Cancelling())
        await incidents.until(run_id, "Cancelled")


def threads_of(live: Worker) -> int:
    return len(list(Path(f"/proc/{live.process.pid}/task").iterdir()))
