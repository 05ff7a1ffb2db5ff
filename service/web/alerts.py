"""How do monitors deliver alerts? POST /alerts/{source}, once the source has proved itself."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Request, Security
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, Field

from incident.alert import EndState
from incident.configuration import Configuration, Source
from incident.errors import NotFoundError
from service.in_force import in_force_soon
from service.intake import Delivered, take_soon
from service.understanding import understood
from service.web.examples import BODY, PROBLEMS
from service.web.proving import proven
from service.web.starting import Starter
from tasks.surroundings import here

router = APIRouter(tags=["alerts"])

BEARER = HTTPBearer(
    auto_error=False, description="The token of the source, unless `verify:` names another way."
)
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
    response_model=Accepted,
    summary="Deliver alerts",
    responses=PROBLEMS,
    openapi_extra={"requestBody": BODY},
)
async def deliver(source: str, request: Request, _token: Credentials) -> JSONResponse:
    """Take a delivery: all of its alerts or none, durable before this answers.

    What is wrong is looked for in this order: the ledger cannot be read (503), unknown source (404), wrong
    token (401), compressed (415), over 1 MiB (413), wrong signature (401), no JSON (400), wrong shape (422),
    the ledger cannot be written (503). A body that gets as far as 400 or 422 is kept as rejected. A signed
    delivery that comes again is answered as the first time, and changes nothing.
    """
    return await _taken(source, request)


@router.post(
    "/alerts/{source}/{token}",
    status_code=202,
    response_model=Accepted,
    summary="Deliver alerts, with the token in the address",
    responses=PROBLEMS,
    openapi_extra={"requestBody": BODY},
)
async def deliver_by_address(source: str, token: str, request: Request) -> JSONResponse:
    """The same for senders that can be given nothing but an address; `verify: {by: address}` permits it."""
    return await _taken(source, request, token)


async def _taken(source: str, request: Request, token_in_path: str = "") -> JSONResponse:
    surroundings = here()
    known = _source(await in_force_soon(surroundings), source)
    sent = await proven(source, known, request, token_in_path)
    read = partial(understood, known, sent.body)
    taken = await take_soon(surroundings, source, sent.body, read, sent.once)
    if any(alert.incident for alert in taken):
        starter: Starter = request.app.state.starter
        starter.wake()
    return _accepted(taken)


def _accepted(taken: Delivered) -> JSONResponse:
    """`Accepted`, written without being looked through again: in a storm that is a tenth of the work."""
    alerts = [{name: getattr(alert, name) for name in AlertTaken.model_fields} for alert in taken]
    return JSONResponse({"accepted": len(taken), "alerts": alerts, "remarks": taken.remarks}, 202)


def _source(configuration: Configuration, name: str) -> Source:
    if name not in configuration.sources:
        raise NotFoundError(f"no source {name!r}; known: {', '.join(sorted(configuration.sources))}")
    return configuration.sources[name]
