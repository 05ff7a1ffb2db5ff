"""How do jobs that pinged a heartbeat of Opsgenie say here that they have run? At the same path.

A thin alias of our own door: the heartbeat has its name under `heartbeats:`, and the key is its token, or
that of a source of dialect `opsgenie_alert_api`, as one key of Opsgenie does for both.
"""

from typing import Annotated

from fastapi import APIRouter, Request, Security
from fastapi.concurrency import run_in_threadpool

from incident.errors import ConfidenceError
from incident.heartbeat import Signal
from service.calls import check_caller, take_call
from service.in_force import in_force_soon
from service.web.compatible import answering_as, sender_with, wake
from service.web.compatible_examples import OPSGENIE_PROBLEMS
from service.web.opsgenie_key import DIALECT, KEY, key_in
from service.web.opsgenie_told import RequestAccepted, say_trouble
from tasks.surroundings import here

router = APIRouter(
    prefix="/v2/heartbeats", tags=["Opsgenie Alert API"], route_class=answering_as(say_trouble)
)

METHODS = ("GET", "POST", "PUT", "PATCH")
"""All that Opsgenie takes, for jobs that can only do one."""


async def ping(name: str, request: Request, given: Annotated[str | None, Security(KEY)]) -> RequestAccepted:
    """Keep a ping; the next one is awaited from now on."""
    await _check(name, key_in(given))
    if await run_in_threadpool(take_call, here(), name, Signal.DONE, ""):
        wake(request)
    return RequestAccepted(result="PONG - Heartbeat received")


async def _check(name: str, key: str) -> None:
    """May whoever has this key ping?

    Raises:
        NotFoundError: nobody of this name is awaited.
        ConfidenceError: the key is neither that of the heartbeat nor that of a source.
    """
    configuration = await in_force_soon(here())
    try:
        check_caller(configuration, name, key, here())
    except ConfidenceError:
        await sender_with(key, DIALECT)


for method in METHODS:
    router.add_api_route(
        "/{name}/ping",
        ping,
        methods=[method],
        status_code=202,
        summary="A job has run",
        responses=OPSGENIE_PROBLEMS,
        operation_id=f"ping_{method.lower()}",
    )
