"""Does every open incident and escalation have a live run? A run that ended before its story did goes on.

An incident is closed by a decision, never by a run that was cancelled, failed or was deleted.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.sorting import FlowRunSort
from prefect.states import Scheduled

from incident.timeline import Kind
from ledger.runs import run_ended, run_lost
from ledger.tables import RunRow
from ledger.timeline import note
from tasks.surroundings import here

PAGE = 200
"""How many runs Prefect tells about at once."""

BACK_OFF = timedelta(seconds=5)
"""A run that ended early is started again this long after its end, so that a failing one does not spin."""


async def repair(client: PrefectClient, runs: Sequence[RunRow], now: datetime) -> int:
    """Start again what ended too early; returns how many that were."""
    found = await _read(client, [UUID(run.flow_run_id) for run in runs])
    repaired = 0
    for run in runs:
        flow_run = found.get(UUID(run.flow_run_id))
        if flow_run is None:
            await here().ledger.awrite(run_lost, run.id or 0, now, run.flow_run_id)
            repaired += 1
        elif flow_run.state and flow_run.state.is_final():
            repaired += await _after_its_end(client, run, flow_run, now)
    return repaired


async def _after_its_end(client: PrefectClient, run: RunRow, flow_run: FlowRun, now: datetime) -> int:
    state = flow_run.state
    if state is None or state.is_completed():
        await here().ledger.awrite(run_ended, run.key, now)
        return 0
    if now - state.timestamp < BACK_OFF:
        return 0
    await client.set_flow_run_state(
        flow_run.id, Scheduled(message="the story is not told to its end"), force=True
    )
    text = f"the run {run.name!r} ended as {state.name} before its story did; it goes on"
    await here().ledger.awrite(note, run.incident_id, now, Kind.REPAIRED, text)
    return 1


async def _read(client: PrefectClient, ids: list[UUID]) -> dict[UUID, FlowRun]:
    found: dict[UUID, FlowRun] = {}
    for start in range(0, len(ids), PAGE):
        wanted = FlowRunFilter(id=FlowRunFilterId(any_=ids[start : start + PAGE]))
        page = await client.read_flow_runs(flow_run_filter=wanted, sort=FlowRunSort.ID_DESC, limit=PAGE)
        found |= {run.id: run for run in page}
    return found
