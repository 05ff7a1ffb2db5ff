"""How does an outside effect happen once? Claim, then do, then record."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeVar
from uuid import uuid4

from prefect.client.schemas.objects import State, TaskRun
from prefect.context import FlowRunContext, TaskRunContext
from prefect.tasks import Task
from pydantic import BaseModel

from blocks.interfaces import Repeat
from incident.errors import InHand, Rejected, RetryLater, UnknownOutcome
from incident.timeline import Kind
from ledger import effects
from ledger.effects import Busy, Done, Fresh, GivenUp, LeftOpen
from ledger.timeline import note
from tasks.fault_points import fault_point
from tasks.surroundings import here

T = TypeVar("T", bound=BaseModel | str | None)

WATCHDOG = f"watchdog {uuid4()}"
"""Whoever is in no flow run; in every process another one, since two may watch over one ledger."""
SOON = timedelta(seconds=1)

_IN_HAND: set[tuple[str, int, str]] = set()
"""The effects that this process is about: of which ledger, which incident, and which."""

RETRY_DELAYS: list[float] = [1, 2]
"""Seconds before each further try of an effect that its provider could not serve; then the incident goes on
without it, and the watchdog tries again (`incident.repairing`)."""


async def once(
    incident_id: int, name: str, repeat: Repeat, do: Callable[[], Awaitable[T]]
) -> tuple[Any, bool]:
    """Do it unless it is done; returns what was recorded, and whether it may have happened twice.

    Raises:
        InHand: somebody else is at it, in another process or in this one.
        RetryLater: the provider asks to come back.
        Rejected: it will not work; this is remembered and not tried again.
        UnknownOutcome: the answer was lost; the claim stays open and the next try settles it.
    """
    effect = (here().ledger.url, incident_id, name)
    if effect in _IN_HAND:  # a claim lets its own holder in again, to settle what it left open
        raise InHand(f"{name}: this process is doing it", after=SOON)
    _IN_HAND.add(effect)
    try:
        return await _once(incident_id, name, repeat, do)
    finally:
        _IN_HAND.discard(effect)


async def _once(
    incident_id: int, name: str, repeat: Repeat, do: Callable[[], Awaitable[T]]
) -> tuple[Any, bool]:
    surroundings = here()
    ledger = surroundings.ledger
    claim = await ledger.awrite(effects.claim, incident_id, name, holder(), surroundings.now())
    match claim:
        case Done(result):
            return result, False
        case GivenUp(problem):
            raise Rejected(problem)
        case Busy(until):
            wait = max(until - surroundings.now(), SOON)
            raise InHand(f"{name}: another process is doing it", after=wait)
        case Fresh() | LeftOpen():
            doubtful = isinstance(claim, LeftOpen) and repeat is Repeat.MAY_DOUBLE
    await fault_point(incident_id, f"claimed:{name}")
    result = _plain(await _attempt(incident_id, name, claim.attempt, do))
    await fault_point(incident_id, f"done:{name}")
    await ledger.awrite(effects.finish, incident_id, name, surroundings.now(), result, uncertain=doubtful)
    if doubtful:
        text = (
            f"{name} may have happened twice: a process died in the middle, and the provider cannot be asked"
        )
        await ledger.awrite(note, incident_id, surroundings.now(), Kind.PROBLEM, text)
    await fault_point(incident_id, f"recorded:{name}")
    return result, doubtful


async def _attempt(incident_id: int, name: str, attempt: int, do: Callable[[], Awaitable[T]]) -> T:
    try:
        return await do()
    except (RetryLater, Rejected) as failure:
        for_good = isinstance(failure, Rejected)
        await here().ledger.awrite(
            effects.fail, incident_id, name, str(failure), for_good=for_good, attempt=attempt
        )
        raise


def holder() -> str:
    """Who claims: the flow run, so that its own restart may settle what it left open; else this process."""
    flow = FlowRunContext.get()
    if flow and flow.flow_run:
        return str(flow.flow_run.id)
    task = TaskRunContext.get()
    return str(task.task_run.flow_run_id) if task else WATCHDOG


def worth_retrying(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Only what may work next time is tried again (for `retry_condition_fn`)."""
    return isinstance(state.data, RetryLater | UnknownOutcome)


def _plain(result: BaseModel | str | None) -> Any:
    return result.model_dump(mode="json") if isinstance(result, BaseModel) else result
