"""Is Prefect left with a run that nobody wants any more?"""

import asyncio
from pathlib import Path
from uuid import UUID

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import StateType

from ledger.runs import run_ended
from ledger.tables import RunRow
from tasks.fault_points import FOLDER
from tasks.runs import start_owed_runs
from tests.flows.conftest import Stage
from tests.flows.test_respond import employ

pytestmark = pytest.mark.engine


async def test_a_run_that_is_ended_while_prefect_makes_it_is_cancelled(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    armed, held = tmp_path / "armed", tmp_path / "held"
    armed.mkdir()
    held.mkdir()
    (armed / "* started:*|page|*").touch()
    monkeypatch.setenv(FOLDER, str(tmp_path))
    employ(stage.house, "LEFT")
    stage.house.desk.open()
    async with asyncio.timeout(60), asyncio.TaskGroup() as asking:
        asking.create_task(start_owed_runs())
        while not list(held.iterdir()):
            await asyncio.sleep(0.02)
        assert stage.house.ledger.write(run_ended, "LEFT-1/page/1", stage.house.clock()) == ""
        (armed / "* started:*|page|*").unlink()
    page = next(run for run in stage.house.desk.rows(RunRow) if run.deployment == "page")
    async with get_client() as client:
        assert (await client.read_flow_run(UUID(page.flow_run_id))).state_type is StateType.CANCELLED
