"""How do the flow runs that the ledger owes begin? Prefect is asked for each once, by its idempotency key."""

import logging
from collections.abc import Container
from datetime import timedelta
from http import HTTPStatus
from uuid import UUID

from prefect.client.orchestration import PrefectClient, get_client
from prefect.exceptions import ObjectNotFound, PrefectHTTPStatusError
from prefect.states import Cancelled, Scheduled

from ledger.runs import DEADLINE, run_ended, run_started, runs_owed
from ledger.tables import RunRow
from tasks.fault_points import fault_point
from tasks.surroundings import here

TAG = "incident-response"
ALL_THE_TIME = timedelta(days=1)

logger = logging.getLogger(__name__)

_IN_HAND: set[str] = set()
"""The keys of the runs that somebody in this process is asking for."""


async def start_owed_runs(within: timedelta = ALL_THE_TIME) -> int:
    """Ask Prefect for the runs that are owed, the most urgent first; returns how many it was asked for.

    One after the other, since Prefect bears no more, and each time the most urgent of that moment: what is
    owed meanwhile may go before. Somebody else of this process may do the same; each run is asked for once.
    One that Prefect refuses holds up no other, and is asked for again next time.
    """
    until, asked = here().now() + within, 0
    if await _next_owed() is None:
        return asked
    refused: set[str] = set()
    async with get_client() as client:
        while here().now() < until and (run := await _next_owed(refused)):
            _IN_HAND.add(run.key)
            try:
                await _start(client, run)
            except (ObjectNotFound, PrefectHTTPStatusError) as refusal:
                if not _is_refused(refusal):
                    raise
                refused.add(run.key)
                logger.error("Prefect refuses the run %s: %s", run.key, refusal)  # noqa: TRY400  no fault of ours
            finally:
                _IN_HAND.discard(run.key)
            asked += 1
    return asked - len(refused)


async def _next_owed(but: Container[str] = ()) -> RunRow | None:
    owed = await here().ledger.aread(runs_owed)
    return next((run for run in owed if run.key not in _IN_HAND and run.key not in but), None)


def _is_refused(failure: ObjectNotFound | PrefectHTTPStatusError) -> bool:
    """Would it be refused again, however often it is asked for? Not by a server that is only busy."""
    if isinstance(failure, ObjectNotFound):
        return True
    status = failure.response.status_code
    return status < HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.TOO_MANY_REQUESTS


async def _start(client: PrefectClient, run: RunRow) -> None:
    deployment = await client.read_deployment_by_name(f"{run.deployment}/{run.deployment}")
    flow_run = await client.create_flow_run_from_deployment(
        deployment.id,
        parameters=run.parameters,
        idempotency_key=f"{run.key}#{run.lost}",
        name=run.name,
        tags=[TAG],
        state=Scheduled(scheduled_time=run.due_at),
    )
    await fault_point(run.incident_id, f"started:{run.key}")
    wanted = await here().ledger.awrite(run_started, run.id or 0, str(flow_run.id))
    if not wanted and run.deployment == DEADLINE:  # any other is due, and ends by itself as soon as it looks
        await _cancel(client, flow_run.id, "it was no longer wanted when it was made")


async def withdraw_deadline(incident: str, decision: str, reason: str) -> None:
    """The question is answered: its deadline disappears from the upcoming runs.

    One that is being asked for at this moment is cancelled by whoever asks for it.
    """
    now = here().now()
    flow_run_id = await here().ledger.awrite(run_ended, f"{incident}/{DEADLINE}/{decision}", now)
    if flow_run_id:
        async with get_client() as client:
            await _cancel(client, UUID(flow_run_id), reason)


async def _cancel(client: PrefectClient, flow_run_id: UUID, reason: str) -> None:
    run = await client.read_flow_run(flow_run_id)
    if run.state and run.state.is_scheduled():
        await client.set_flow_run_state(run.id, Cancelled(message=reason), force=True)


async def bring_forward(flow_run_id: str) -> None:
    """A run that was scheduled for later begins now."""
    async with get_client() as client:
        run = await client.read_flow_run(UUID(flow_run_id))
        if run.state and run.state.is_scheduled():
            await client.set_flow_run_state(run.id, Scheduled(), force=True)
