"""What does a test of the flows start with? A real Prefect server, and a house whose runs happen here."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pytest
from prefect.client.orchestration import get_client
from prefect.events.worker import EventsWorker
from prefect.logging.handlers import APILogWorker
from prefect.settings import PREFECT_API_URL, PREFECT_LOCAL_STORAGE_PATH, temporary_settings
from prefect.states import Pending

from flows.respond import respond
from ledger.tables import RunRow
from service.execution import execute
from service.registration import register_deployments, register_pool
from service.worker import IncidentWorker
from tasks.runs import start_owed_runs
from tasks.surroundings import within
from tests.house import House, opened, prepared
from tests.prefect_server import prefect_server


@pytest.fixture(scope="session")
def prefect_url() -> Iterator[str]:
    """A server that knows our deployments."""
    with prefect_server() as server:
        with temporary_settings({PREFECT_API_URL: server.url}):
            asyncio.run(_register())
        yield server.url
        for worker in (APILogWorker, EventsWorker):
            worker.drain_all(timeout=10)  # else Prefect tells a server that is gone, for minutes


async def _register() -> None:
    async with get_client() as client:
        await register_pool(client, IncidentWorker.type)
        await register_deployments(client)


@dataclass
class Stage:
    """A house, and the runs of its incidents, which a test takes as far as they go."""

    house: House
    runs: dict[str, UUID] = field(default_factory=dict)

    async def begin(self) -> None:
        """Ask Prefect for every run that is owed."""
        await start_owed_runs()
        owed = self.house.desk.rows(RunRow)
        self.runs = {
            row.key.partition("/")[0]: UUID(row.flow_run_id) for row in owed if row.key.endswith("/story")
        }

    async def go_on(self, incident: str) -> str:
        """Take the run of an incident as far as it goes; returns the name of its state then."""
        async with get_client() as client:
            run = await client.read_flow_run(self.runs[incident])
            assert run.state is not None
            assert run.state.is_scheduled(), f"nobody has resumed it: it is {run.state_name}"
            await client.set_flow_run_state(run.id, Pending(), force=True)
            run = await client.read_flow_run(run.id)
            await execute(respond, run, me="a test", entered=_nothing, begun=_nothing)
            return str((await client.read_flow_run(run.id)).state_name)


def _nothing() -> None:
    """Nobody waits for the first line of a flow here."""


@pytest.fixture
def stage(tmp_path: Path, prefect_url: str) -> Iterator[Stage]:
    """A house of this test's own, at the server."""
    house = House(opened(prepared(tmp_path / "prepared.db")))
    at_home = {PREFECT_API_URL: prefect_url, PREFECT_LOCAL_STORAGE_PATH: tmp_path / "results"}
    with temporary_settings(at_home), within(house.surroundings):
        yield Stage(house)
    house.ledger.close()
