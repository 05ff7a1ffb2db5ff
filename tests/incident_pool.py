"""How does a test see the incident worker at work? With a real pool and workers that are processes."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import prefect.types._datetime
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.responses import SetStateStatus
from prefect.client.schemas.sorting import TaskRunSort
from prefect.states import Scheduled

from service.patience import be_patient
from tests.prefect_server import PrefectServer

POOL = "incidents"
FLOWS = ("work", "fail", "ask", "blocking")


class Worker:
    """One process of `prefect worker start`."""

    def __init__(self, server: PrefectServer, *, heartbeat: int) -> None:
        flows = Path(__file__).parent / "service"
        self.log = server.home / f"worker-{time.monotonic_ns()}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "prefect", "worker", "start", "--pool", POOL, "--type", "incident"],
                env={
                    **server.env,
                    "PYTHONPATH": f"{flows}",
                    "PYTHONUNBUFFERED": "1",
                    "INCIDENT_WORKER_HEARTBEAT_SECONDS": str(heartbeat),
                },
                cwd=Path(__file__).parents[1],
                stdout=log,
                stderr=log,
            )

    def wait_until_ready(self, within: float = 30) -> None:
        deadline = time.monotonic() + within
        while "started!" not in self.log.read_text():
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise TimeoutError(self.log.read_text())
            time.sleep(0.05)

    def lines(self) -> list[str]:
        return self.log.read_text().splitlines()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def terminate(self, within: float = 20) -> float:
        """SIGTERM; returns how long the worker took to stop."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=within)
        return time.monotonic() - began


@contextmanager
def worker(server: PrefectServer, *, heartbeat: int = 2) -> Iterator[Worker]:
    """A worker that is ready, and gone at the end."""
    process = Worker(server, heartbeat=heartbeat)
    try:
        process.wait_until_ready()
        yield process
    finally:
        if process.process.poll() is None:
            process.kill()


@dataclass
class Pool:
    """The client's side: what a door of the product does, and what the Prefect UI shows."""

    client: PrefectClient
    home: Path
    deployments: dict[str, UUID] = field(default_factory=dict)

    async def prepare(self) -> None:
        if self.deployments:
            return
        await self.client.create_work_pool(WorkPoolCreate(name=POOL, type="incident"), overwrite=True)
        for name in FLOWS:
            flow_id = await self.client.create_flow_from_name(name)
            self.deployments[name] = await self.client.create_deployment(
                flow_id, name=name, work_pool_name=POOL, entrypoint=f"worker_flows.{name}"
            )

    def diary(self) -> Path:
        return self.home / f"diary-{time.monotonic_ns()}.txt"

    async def start(self, deployment: str, diary: Path, *, after: float = 0, **parameters: Any) -> UUID:
        due = prefect.types._datetime.now("UTC") + timedelta(seconds=after)
        run = await self.client.create_flow_run_from_deployment(
            self.deployments[deployment],
            parameters={"diary": str(diary), **parameters},
            state=Scheduled(scheduled_time=due) if after else None,
        )
        return run.id

    async def until(self, run_id: UUID, *names: str, within: float = 60) -> FlowRun:
        """The run as soon as its state has one of the names."""
        deadline = time.monotonic() + within
        while True:
            run = await self.client.read_flow_run(run_id)
            if run.state_name in names:
                return run
            if time.monotonic() > deadline:
                raise TimeoutError(f"{run.state_name} instead of {names} after {within} s: {run.state}")
            await asyncio.sleep(0.1)

    async def answer(self, run_id: UUID, **words: str) -> None:
        """Answer the form as the UI does; the form is saved a moment after the run is suspended."""
        deadline = time.monotonic() + 60
        while True:
            answered = await self.client.resume_flow_run(run_id, run_input=words)
            if answered.status == SetStateStatus.ACCEPT or time.monotonic() > deadline:
                return
            await asyncio.sleep(0.05)

    async def task_states(self, run_id: UUID) -> list[str | None]:
        task_runs = await self.client.read_task_runs(
            flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[run_id])),
            sort=TaskRunSort.EXPECTED_START_TIME_ASC,
            limit=200,
        )
        return [task_run.state_name for task_run in task_runs]


@asynccontextmanager
async def pool(server: PrefectServer) -> AsyncIterator[Pool]:
    """The pool `incidents` of the server, with a deployment of each flow in tests/service/worker_flows.py."""
    async with PrefectClient(server.url) as client:
        be_patient(client)
        there = Pool(client, server.home)
        await there.prepare()
        yield there


async def until_tasks(pool: Pool, run_id: UUID, *states: str, within: float = 60) -> None:
    """Return when the run's tasks are in these states; they are told by events, which take their time."""
    deadline = time.monotonic() + within
    while (found := sorted(map(str, await pool.task_states(run_id)))) != sorted(states):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{found} instead of {states} after {within} s")
        await asyncio.sleep(0.2)


def events(diary: Path) -> list[str]:
    """What happened, in order."""
    return [line.split(" ", 1)[1] for line in diary.read_text().splitlines()] if diary.exists() else []


async def until_event(diary: Path, event: str, times: int = 1, within: float = 10) -> None:
    """Return when the event happened that often."""
    deadline = time.monotonic() + within
    while events(diary).count(event) < times:
        if time.monotonic() > deadline:
            raise TimeoutError(f"no {event!r} after {within} s: {events(diary)}")
        await asyncio.sleep(0.05)
