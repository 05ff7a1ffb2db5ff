"""How does an answer that came through the web, a chat or the command line reach the run that waits for it?

All doors but the Prefect form go through `give_answer`: it validates, writes the ledger, and resumes the
run. If Prefect does not answer just then, the ledger has the answer, and the watchdog resumes the run
later.
"""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.responses import SetStateStatus
from prefect.states import Scheduled

from blocks.prefect_api import AWAY
from incident.decisions import Via
from incident.errors import AnswerError
from ledger.decisions import Verdict, answer, keep_invalid
from ledger.questions import has_unseen_answer
from tasks.fault_points import fault_point
from tasks.surroundings import here

ANOTHER_DOOR = "(answered through another door)"
"""What the form of a run says that one of our own doors resumed: the answer is in the ledger."""

PATIENCE = (0.1, 0.1, 0.2, 0.3, 0.5, 0.8)
"""Seconds between tries: a run refuses answers until the form of its suspension is saved."""


PREFECT_WITHIN = timedelta(seconds=6)
"""For all of it: while Prefect hangs, whoever answered shall not wait; the watchdog resumes the run later."""


async def give_answer(
    incident: str, decision: str, values: dict[str, Any], *, by: str, via: Via
) -> tuple[Verdict, bool]:
    """Give an answer; returns what became of it, and whether the run goes on already.

    Raises:
        AnswerError: it cannot be acted on; the question stays open.
        NotFoundError: there is no such question.
    """
    verdict = await take_answer(incident, decision, values, by=by, via=via)
    return verdict, verdict.won and await go_on(verdict.flow_run_id)


async def take_answer(incident: str, decision: str, values: dict[str, Any], *, by: str, via: Via) -> Verdict:
    """Write an answer down, for a door that cannot wait until its run goes on.

    Raises:
        AnswerError: it cannot be acted on; the question stays open.
        NotFoundError: there is no such question.
    """
    ledger, now = here().ledger, here().now()
    try:
        verdict = await ledger.awrite(answer, incident, decision, values, by=by, via=via, now=now)
    except AnswerError as error:
        await ledger.awrite(keep_invalid, incident, decision, values, error.problems, by=by, via=via, now=now)
        raise
    await fault_point(incident, f"answered:{decision}")
    return verdict


async def go_on(flow_run_id: str, within: timedelta = PREFECT_WITHIN) -> bool:
    """Resume a run that waits; what it reads is the ledger, so the form is left empty.

    An answer may come while the run is still on its way into its suspension, which then is resumed as soon
    as it can be. False: Prefect does not answer, or the run did not get there in time; the watchdog tries
    again.
    """
    if not flow_run_id:
        return False
    try:
        async with asyncio.timeout(within.total_seconds()), get_client() as client:
            for pause in PATIENCE:
                if await _resume(client, UUID(flow_run_id)):
                    return True
                await asyncio.sleep(pause)
                if not await here().ledger.aread(has_unseen_answer, flow_run_id):
                    return True  # it went on by itself: what it may wait for now is another question
            return await _force(client, UUID(flow_run_id))
    except AWAY:  # a time-out is an OSError
        return False


async def _resume(client: PrefectClient, flow_run_id: UUID) -> bool:
    run = await client.read_flow_run(flow_run_id)
    if run.state is None or not run.state.is_paused():
        return bool(run.state and run.state.is_final())
    response = await client.resume_flow_run(flow_run_id, run_input={"answered_by": ANOTHER_DOOR})
    return response.status is SetStateStatus.ACCEPT


async def _force(client: PrefectClient, flow_run_id: UUID) -> bool:
    """A process died between suspending and saving the form, so nobody can resume the run: start it again."""
    run = await client.read_flow_run(flow_run_id)
    if run.state and run.state.is_paused():
        await client.set_flow_run_state(flow_run_id, Scheduled(), force=True)
        return True
    return False
