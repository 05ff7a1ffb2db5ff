"""How does a job say that it has run? One call of its address, by any method, with its token."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse
from pydantic import AwareDatetime, BaseModel, Field

from incident.errors import NotFoundError
from incident.heartbeat import Signal
from ledger.awaited_calls import awaited_calls, due_of
from service.calls import check_caller, take_call
from service.in_force import in_force
from service.intake import BODY_LIMIT
from service.web.alerts import Credentials
from service.web.bodies import read_body
from service.web.frame import plain_frame
from service.web.starting import Starter
from tasks.surroundings import here
from templates.heartbeats import Awaited, HeartbeatsPage
from templates.pages import render_page

router = APIRouter(tags=["heartbeats"])

PATHS = ("/heartbeats/{name}", "/heartbeats/{name}/{first}", "/heartbeats/{name}/{first}/{second}")
WORDS = {"": Signal.DONE, "start": Signal.START, "fail": Signal.FAIL}


PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: {"description": "The body ends too early, or its length is no length."},
    401: {"description": "The token is missing or wrong."},
    404: {"description": "No such heartbeat; the answer lists the known ones."},
    413: {"description": "The body has more than 1 MiB."},
    415: {"description": "The body is compressed."},
    503: {"description": "The ledger cannot be written to; call again after `Retry-After` seconds."},
}


class Heard(BaseModel):
    """The call is kept; ``next_by`` is when the next one is missed."""

    heartbeat: str
    signal: Signal
    next_by: Annotated[AwareDatetime | None, Field(description="Null: an alert fires until it is done.")]


@router.get("/heartbeats", tags=["pages"], response_class=HTMLResponse)
def show_heartbeats() -> HTMLResponse:
    """Who is awaited, who called when, and who is silent."""
    rows = here().ledger.read(awaited_calls)
    awaited = tuple(Awaited(name=row.name, heartbeat=row.heartbeat, watch=row.watch) for row in rows)
    return HTMLResponse(render_page(HeartbeatsPage(**plain_frame(), awaited=awaited)))


async def call(
    request: Request, credentials: Credentials, name: str, first: str = "", second: str = ""
) -> Heard:
    """Keep a call: all is done; after `/start` it begins; after `/fail` it went wrong, and a body says how.

    The token of the heartbeat stands in the address after its name, or beside it as a bearer token.
    """
    token, word = (first, second) if second or first not in WORDS else ("", first)
    if word not in WORDS:
        raise NotFoundError("after the name and the token there is nothing, /start or /fail")
    given = token or (credentials.credentials if credentials else "")
    configuration = await run_in_threadpool(in_force, here())
    check_caller(configuration, name, given, here())
    said = (await read_body(request, BODY_LIMIT)).decode(errors="replace").replace("\0", "\ufffd").strip()
    if await run_in_threadpool(take_call, here(), name, WORDS[word], said):
        starter: Starter = request.app.state.starter
        starter.wake()
    due = await here().ledger.aread(due_of, name)
    return Heard(heartbeat=name, signal=WORDS[word], next_by=due)


for path in PATHS:
    router.get(path, summary="A job has run", responses=PROBLEMS)(call)
    router.post(path, summary="A job has run", responses=PROBLEMS)(call)
