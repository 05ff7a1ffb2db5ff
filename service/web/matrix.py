"""How does a Matrix homeserver tell us what people say? It pushes transactions to our application service.

Source: the Application Service API of the Matrix specification. What a transaction asks for is in the ledger
before it is answered; one that is not answered with success is pushed again, and what it did is not done
twice.
"""

import logging
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from blocks.matrix_events import read
from incident.errors import LedgerUnavailable, PayloadError, RetryLater, UnknownOutcome
from service.in_force import in_force_soon
from service.matrix_deeds import Heeding
from service.matrix_listening import Listener, Listeners
from service.web.bodies import read_body
from service.web.compatible import Trouble, answering_as
from tasks.surroundings import here

logger = logging.getLogger(__name__)

LIMIT = 16 * 1024 * 1024
"""Bytes: a homeserver sends a hundred events at once, and each may have 64 KiB, before it is escaped."""

CODES = {
    400: "M_NOT_JSON",
    401: "M_UNAUTHORIZED",
    403: "M_FORBIDDEN",
    404: "M_NOT_FOUND",
    413: "M_TOO_LARGE",
}


def _said(trouble: Trouble) -> Response:
    """In the words of the specification; what only we can mend is an unknown error, and comes again."""
    code = CODES.get(trouble.status, "M_UNKNOWN")
    headers = dict(trouble.headers)
    return JSONResponse({"errcode": code, "error": trouble.sentence}, trouble.status, headers)


router = APIRouter(
    prefix="/_matrix/app/v1", tags=["Matrix application service"], route_class=answering_as(_said)
)
_BEARER = HTTPBearer(
    auto_error=False, scheme_name="matrix homeserver", description="The `hs_token` of the registration."
)
PROBLEMS: dict[int | str, dict[str, Any]] = {
    401: {"description": "No token was sent."},
    403: {"description": "No connection has this `hs_token`."},
    503: {"description": "The ledger cannot be read or written to; come again."},
}
TRANSACTION: dict[str, Any] = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "properties": {"events": {"type": "array", "items": {"type": "object"}}},
                "required": ["events"],
            }
        }
    },
}
NOTHING = {**PROBLEMS, 404: {"description": "Always: nothing is made because somebody asks for it."}}
UNHEARD = {
    **PROBLEMS,
    400: {"description": "The body ends too early, or its length is no length."},
    413: {"description": "The body has more than 16 MiB."},
    415: {"description": "The body is compressed."},
}


async def _listener(
    request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]
) -> Listener:
    listeners: Listeners = request.app.state.listeners
    return await listeners.with_token(here(), given.credentials if given else "")


@router.put(
    "/transactions/{txn}",
    summary="Take what people did",
    responses=UNHEARD,
    openapi_extra={"requestBody": TRANSACTION},
)
async def take_transaction(
    txn: str, request: Request, listener: Annotated[Listener, Depends(_listener)]
) -> dict[str, Any]:
    """Do what people ask for, durable before this answers; what is not meant for us changes nothing.

    A homeserver has one queue for all rooms, and sends what is refused for ever: so only what may work next
    time is, and the rest is logged.
    """
    del txn  # the events say what was done: a homeserver that is set up anew counts from 1 again
    try:
        deeds = read(await read_body(request, LIMIT))
    except PayloadError as odd:
        logger.error("what the homeserver pushed is left out: %s", odd)  # noqa: TRY400  no fault of ours
        return {}
    heeding = Heeding(listener, await in_force_soon(here()))
    listeners: Listeners = request.app.state.listeners
    async with listeners.turn:
        for deed in deeds:
            try:
                await heeding.heed(deed)
            except (LedgerUnavailable, RetryLater, UnknownOutcome):
                raise
            except Exception:  # it would keep every acknowledgement behind it from coming
                logger.exception("%s cannot be heeded", deed.id)
    return {}


@router.get(
    "/users/{name:path}",
    summary="Is there such a user?",
    responses=NOTHING,
    dependencies=[Depends(_listener)],
)
@router.get(
    "/rooms/{name:path}",
    summary="Is there such a room?",
    responses=NOTHING,
    dependencies=[Depends(_listener)],
)
async def find(name: str) -> Response:
    """There is none: users and rooms are not made because somebody asks for them."""
    del name
    return JSONResponse({"errcode": "M_NOT_FOUND", "error": "there is no such thing here"}, 404)


@router.post(
    "/ping",
    summary="Can the homeserver reach us?",
    responses=PROBLEMS,
    dependencies=[Depends(_listener)],
)
async def ping() -> dict[str, Any]:
    """It can."""
    return {}
