"""How do monitors deliver alerts? POST /alerts/{source}, with the source's bearer token."""

import hmac
import os
from typing import Annotated

from fastapi import APIRouter, Header, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from incident.configuration import Configuration, Source
from incident.errors import ConfidenceError, NotFoundError
from service.intake import BODY_LIMIT, in_force, take
from service.web.problems import TooLarge
from service.web.starting import Starter
from tasks.surroundings import here

router = APIRouter(tags=["alerts"])


class AlertTaken(BaseModel):
    """What became of one alert of the delivery."""

    fingerprint: str
    end_state: Annotated[str | None, Field(description="Null: triage follows within seconds.")]
    incident: str | None
    reason: str


class Accepted(BaseModel):
    """The delivery is durable; these are its alerts, in their order."""

    accepted: int
    alerts: list[AlertTaken]


@router.post("/alerts/{source}", status_code=202, summary="Deliver alerts")
async def deliver(
    source: str, request: Request, authorization: Annotated[str, Header()] = ""
) -> Accepted:
    """Take a delivery: all of its alerts or none, durable before this answers.

    Errors: 401 wrong token, 404 unknown source, 400 no JSON, 413 over 1 MiB, 422 wrong shape (kept as rejected),
    503 the ledger cannot be written (come again after Retry-After).
    """
    surroundings = here()
    configuration = await run_in_threadpool(in_force, surroundings)
    known = _source(configuration, source)
    _check_token(source, known, authorization)
    body = await _body(request)
    taken = await run_in_threadpool(take, surroundings, source, known.dialect, body)
    starter: Starter = request.app.state.starter
    starter.wake()
    return Accepted(accepted=len(taken), alerts=[AlertTaken(**vars(alert)) for alert in taken])


def token_variable(source: str, known: Source) -> str:
    """The environment variable that holds the token of a source."""
    return known.token.env if known.token else f"INCIDENT_TOKEN_{source.upper().replace('-', '_').replace('.', '_')}"


def _source(configuration: Configuration, name: str) -> Source:
    if name not in configuration.sources:
        raise NotFoundError(f"no source {name!r}; known: {', '.join(sorted(configuration.sources))}")
    return configuration.sources[name]


def _check_token(source: str, known: Source, authorization: str) -> None:
    expected = os.environ.get(token_variable(source, known), "")
    scheme, _, given = authorization.partition(" ")
    same = hmac.compare_digest(given.strip().encode(), expected.encode())
    if not (expected and same and scheme.lower() == "bearer"):
        raise ConfidenceError("the token is wrong; send 'Authorization: Bearer <the token of this source>'")


async def _body(request: Request) -> bytes:
    if int(request.headers.get("content-length") or 0) > BODY_LIMIT:
        raise TooLarge
    chunks = bytearray()
    async for chunk in request.stream():
        chunks += chunk
        if len(chunks) > BODY_LIMIT:
            raise TooLarge
    return bytes(chunks)
