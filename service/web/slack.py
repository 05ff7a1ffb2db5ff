"""How does Slack tell us what people write, press, fill in and mark? It signs, and waits three seconds.

Source: Slack's "Verifying requests from Slack". A request is believed for five minutes, and once: a copy of
one that was taken is refused. What it asks for is in the ledger before it is answered; where that takes too
long, the answer says so, and the true one follows at the address that Slack gave for it.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, assert_never
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from blocks.slack_events import (
    FilledIn,
    Greeting,
    Marked,
    Pinned,
    Pressed,
    Written,
    read_command,
    read_event,
    read_interaction,
)
from incident.errors import LedgerUnavailable, NotFoundError
from incident.trust.request import Expired
from incident.trust.request import Request as Proof
from incident.trust.signatures import check_signature
from incident.trust.ways import Scheme, Signature
from ledger.taken import claim_once, release
from service.in_force import in_force_soon
from service.slack_deeds import hear_form, hear_pin, hear_sign
from service.slack_hearing import Hearing, SlackApps
from service.slack_speaking import hear_pressed, hear_written, message
from service.web.bodies import read_body
from tasks.background import later
from tasks.speech import in_general
from tasks.surroundings import here

LIMIT = 256 * 1024
"""Bytes."""

logger = logging.getLogger(__name__)

router = APIRouter(prefix="/chat/{connection}/slack", tags=["Slack"])
PROBLEMS: dict[int | str, dict[str, Any]] = {
    401: {"description": "The signature is missing, wrong, of another time, or was used before."},
    404: {"description": "No such connection, none to Slack, or one without its `signing_secret`."},
    413: {"description": "The body has more than 256 KiB."},
    422: {"description": "It is not what Slack sends here."},
    503: {"description": "The ledger cannot be written; Slack tells events again."},
}


@router.post("/commands", summary="A slash command", responses=PROBLEMS)
async def take_command(connection: str, request: Request) -> Response:
    """Obey a command; the answer is what it came to."""
    called_at = asyncio.get_running_loop().time()
    async with _proven(connection, request) as (hearing, body):
        form = _form(body)
        if form.get("ssl_check") == "1":
            return Response(status_code=200)  # Slack only looks at our certificate
        apps: SlackApps = request.app.state.slack
        until = called_at + apps.answered_within.total_seconds()
        return JSONResponse(await _in_time(hearing, read_command(form), until))


@router.post("/interactions", summary="A button was pressed, or a form was sent", responses=PROBLEMS)
async def take_interaction(connection: str, request: Request) -> Response:
    """Obey a button, or take the answer of a form; problems of a form are shown in it."""
    async with _proven(connection, request) as (hearing, body):
        told = read_interaction(_form(body))
        match told:
            case Pressed():
                await hear_pressed(hearing, told)
                return Response(status_code=200)
            case FilledIn():
                return JSONResponse(await hear_form(hearing, told))
            case None:
                return Response(status_code=200)
            case _:
                assert_never(told)


@router.post(
    "/events", summary="A reaction or a pin; and Slack's question whether this is us", responses=PROBLEMS
)
async def take_event(connection: str, request: Request) -> Response:
    """Take a sign or a pin, durable before this answers; other events change nothing."""
    async with _proven(connection, request) as (hearing, body):
        told = read_event(body)
        match told:
            case Greeting():
                return JSONResponse({"challenge": told.challenge})
            case Marked():
                await hear_sign(hearing, told)
            case Pinned():
                await hear_pin(hearing, told)
            case None:
                pass
            case _:
                assert_never(told)
        return Response(status_code=200)


@asynccontextmanager
async def _proven(connection: str, request: Request) -> AsyncIterator[tuple[Hearing, bytes]]:
    """The app that calls and what it says, once; what could not be done may come again."""
    apps: SlackApps = request.app.state.slack
    hearing = await apps.hearing(connection, await in_force_soon(here()))
    secret = hearing.app.signing_secret
    if secret is None:
        raise NotFoundError(f"{connection} has no signing_secret, so nobody could prove to be Slack")
    body, now = await read_body(request, LIMIT), here().now()
    proof = Proof(headers=dict(request.headers), body=body)
    once = check_signature(Signature(), Scheme.SLACK, proof, [secret.get_secret_value()], now)
    assert once is not None, "this scheme signs its time"
    source = f"slack {connection}"  # no source of alerts can be called so
    if await here().ledger.awrite(claim_once, source, once, now) is not None:
        raise Expired("this request was taken before")
    try:
        yield hearing, body
    except BaseException:
        await here().ledger.awrite(release, source, once.key)
        raise


async def _in_time(hearing: Hearing, written: Written, until: float) -> dict[str, Any]:
    """What a command came to; if that is not known until this time of the loop, that it takes longer."""
    obeying = asyncio.ensure_future(hear_written(hearing, written))
    await asyncio.wait({obeying}, timeout=max(0.0, until - asyncio.get_running_loop().time()))
    if obeying.done():
        return obeying.result()
    later(f"answering Slack later, {hearing.name}", _tell_later(hearing, written, obeying))
    return message(in_general(hearing.configuration, "slow", ok=False))


async def _tell_later(hearing: Hearing, written: Written, obeying: asyncio.Future[dict[str, Any]]) -> None:
    try:
        answer = await obeying
    except LedgerUnavailable as away:
        answer = message(in_general(hearing.configuration, "impossible", ok=False, problem=str(away)))
    except Exception as fault:  # whoever was told to wait must hear of it, whatever it is
        logger.exception("what was asked for in Slack failed, %s", hearing.name)
        problem = type(fault).__name__
        answer = message(in_general(hearing.configuration, "impossible", ok=False, problem=problem))
    await hearing.app.tell_back(written.address, answer)


def _form(body: bytes) -> dict[str, str]:
    pairs = parse_qsl(body.decode(errors="replace"), keep_blank_values=True)
    return {name: value.replace("\0", "\ufffd") for name, value in pairs}
