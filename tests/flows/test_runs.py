"""Is Prefect left with a run that nobody wants any more?"""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import StateType
from sqlmodel import Session

from ledger.incidents import find_incident
from ledger.runs import DEADLINE, owe_run, run_ended
from ledger.tables import RunRow
from tasks.fault_points import FOLDER
from tasks.runs import start_owed_runs
from tests.flows.conftest import Stage
from tests.flows.test_respond import employ

pytestmark = pytest.mark.engine


HELD = "* started:*|deadline|*"


async def test_a_deadline_that_is_ended_while_prefect_makes_its_run_is_cancelled(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    armed, held = tmp_path / "armed", tmp_path / "held"
    armed.mkdir()
    held.mkdir()
    (armed / HELD).touch()
    monkeypatch.setenv(FOLDER, str(tmp_path))
    employ(stage.house, "LEFT")
    stage.house.desk.open()
    key = stage.house.ledger.write(_owe_deadline, stage.house.clock())
    async with asyncio.timeout(60), asyncio.TaskGroup() as asking:
        asking.create_task(start_owed_runs())
        while not list(held.iterdir()):
            await asyncio.sleep(0.02)
        assert stage.house.ledger.write(run_ended, key, stage.house.clock()) == ""
        (armed / HELD).unlink()
    deadline = next(run for run in stage.house.desk.rows(RunRow) if run.deployment == DEADLINE)
    async with get_client() as client:
        assert (await client.read_flow_run(UUID(deadline.flow_run_id))).state_type is StateType.CANCELLED


def _owe_deadline(session: Session, now: datetime) -> str:
    parameters = {"incident": "LEFT-1", "decision": "assess-1"}
    incident, due = find_incident(session, "LEFT-1"), now + timedelta(hours=1)
    what = (session, incident, DEADLINE, "assess-1", now)
    return owe_run(*what, parameters=parameters, name="a deadline", due_at=due).key
