"""How do monitors deliver alerts? POST /alerts/{source}, with the source's bearer token."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Request, Security
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, Field

from incident.alert import EndState
from incident.configuration import Configuration, Source
from incident.errors import ConfidenceError, NotFoundError
from service.intake import BODY_LIMIT, in_force, take
from service.web.bodies import read_body
from service.web.examples import BODY, PROBLEMS
from service.web.starting import Starter
from tasks.surroundings import here

router = APIRouter(tags=["alerts"])

BEARER = HTTPBearer(auto_error=False, description="The token of the source.")
Credentials = Annotated[HTTPAuthorizationCredentials | None, Security(BEARER)]


class AlertTaken(BaseModel):
    """What became of one alert of the delivery."""

    fingerprint: str
    end_state: Annotated[EndState | None, Field(description="Null: triage follows within seconds.")]
    incident: str | None
    reason: str


class Accepted(BaseModel):
    """The delivery is durable; these are its alerts, in their order."""

    accepted: int
    alerts: list[AlertTaken]
    remarks: Annotated[
        tuple[str, ...], Field(description="What could not be read, and what was taken instead.")
    ] = ()


@router.post(
    "/alerts/{source}",
    status_code=202,
    summary="Deliver alerts",
    responses=PROBLEMS,
    openapi_extra={"requestBody": BODY},
)
async def deliver(source: str, request: Request, credentials: Credentials) -> Accepted:
    """Take a delivery: all of its alerts or none, durable before this answers.

    What is wrong is looked for in this order: the ledger cannot be read (503), unknown source (404), wrong
    token (401), compressed (415), over 1 MiB (413), no JSON (400), wrong shape (422), the ledger cannot be
    written (503). A body that gets as far as 400 or 422 is kept as rejected.
    """
    surroundings = here()
    known = _source(await run_in_threadpool(in_force, surroundings), source)
    check_token(credentials.credentials if credentials else "", source, known, surroundings.environment)
    body = await read_body(request, BODY_LIMIT)
    taken = await run_in_threadpool(take, surroundings, source, known.dialect, body)
    starter: Starter = request.app.state.starter
    starter.wake()
    alerts = [AlertTaken(**vars(alert)) for alert in taken]
    return Accepted(accepted=len(taken), alerts=alerts, remarks=taken.remarks)


def token_variable(source: str, known: Source) -> str:
    """The environment variable that holds the token of a source."""
    return (
        known.token.env
        if known.token
        else f"INCIDENT_TOKEN_{source.upper().replace('-', '_').replace('.', '_')}"
    )


def check_token(given: str, source: str, known: Source, environment: Mapping[str, str]) -> None:
    """Is this the token of the source? Digests are compared: the time it takes does not tell the length.

    Raises:
        ConfidenceError: it is not, or the source has none, which is not told either.
    """
    expected = environment.get(token_variable(source, known), "")
    same = hmac.compare_digest(_digest(given), _digest(expected))
    if not (same and expected):
        raise ConfidenceError("the token is wrong; send 'Authorization: Bearer <the token of this source>'")


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _source(configuration: Configuration, name: str) -> Source:
    if name not in configuration.sources:
        raise NotFoundError(f"no source {name!r}; known: {', '.join(sorted(configuration.sources))}")
    return configuration.sources[name]
