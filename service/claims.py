"""How does a flow run become this worker's, and how do others see that?

By proposing Pending: the server accepts that from one worker only. The worker signs the Pending and the
Running state in their message. So the name changes hands together with the run, at no cost; a label would be
a request of its own, and false between the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.responses import OrchestrationResult, SetStateStatus, StateWaitDetails
from prefect.exceptions import ObjectNotFound
from prefect.states import Pending


@dataclass(frozen=True)
class Claimed:
    """The run is this worker's to execute."""

    run: FlowRun


@dataclass(frozen=True)
class NotYet:
    """The run's time has not come."""

    after: timedelta


@dataclass(frozen=True)
class NotOurs:
    """The run is not to be executed by this worker now."""

    why: str


SIGNATURE = "Held by worker "

Claim: TypeAlias = Claimed | NotYet | NotOurs


def held_by(worker: str) -> str:
    """The message that a worker puts on the states of its runs."""
    return f"{SIGNATURE}{worker}"


def holder(run: FlowRun) -> str | None:
    """The worker that claimed or executes the run, if its state says so."""
    message = (run.state and run.state.message) or ""
    return message.removeprefix(SIGNATURE) if message.startswith(SIGNATURE) else None


async def claim(client: PrefectClient, run_id: UUID, *, me: str, now: datetime) -> Claim:
    """Try to get the run for the worker named `me`."""
    try:
        run = await client.read_flow_run(run_id)
    except ObjectNotFound:
        return NotOurs("it was deleted")
    if run.state is None or not run.state.is_scheduled():
        return NotOurs(f"it is {run.state_name}")
    due = run.state.state_details.scheduled_time
    if due is not None and due > now:
        return NotYet(timedelta(seconds=due.timestamp() - now.timestamp()))
    return await _propose(client, run, me)


async def _propose(client: PrefectClient, run: FlowRun, me: str) -> Claim:
    answer: OrchestrationResult[None] = await client.set_flow_run_state(run.id, Pending(message=held_by(me)))
    match answer.status:
        case SetStateStatus.ACCEPT:
            return Claimed(run.model_copy(update={"state": answer.state}))
        case SetStateStatus.WAIT if isinstance(answer.details, StateWaitDetails):
            return NotYet(timedelta(seconds=answer.details.delay_seconds))
        case _:
            return NotOurs(str(getattr(answer.details, "reason", answer.status)))
