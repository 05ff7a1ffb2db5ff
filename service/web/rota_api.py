"""How do programs change schedules and swap shifts for somebody? In JSON, with that person's own token."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Security
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from incident.changes import Change
from incident.decisions import Via
from incident.errors import AnswerError
from incident.swaps import Answer, Proposal
from ledger.overrides import add_override, overrides, withdraw_override
from ledger.rota_turn import Actor
from ledger.swaps import decline_swap, offer_swap, swaps, take_swap, withdraw_swap
from service.body import read_json
from service.rota_words import (
    OverrideTold,
    Said,
    SwapTold,
    override_told,
    read_wish,
    swap_told,
    tell_override,
    tell_swap,
)
from service.web.bodies import read_body
from service.web.change_examples import OFFER, OVERRIDE, PROBLEMS, SAID
from service.web.frame import person_of
from tasks.surroundings import here

router = APIRouter(prefix="/api/oncall", tags=["on call"])

BODY_LIMIT = 64 * 1024
"""Bytes: a plan by hand of some hundred shifts."""

NAME = r"^[a-z0-9][a-z0-9._-]*$"

BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="personal token",
    description="What follows `as=` in a personal link; `incident oncall link` prints one.",
)
Credentials = Annotated[HTTPAuthorizationCredentials | None, Security(BEARER)]
Only = Annotated[str | None, Query(description="Only of this schedule.", pattern=NAME)]
Number = Annotated[int, Path(ge=1, lt=2**31)]
Every = Annotated[bool, Query(alias="all", description="Those that are over, too.")]


@router.get("/overrides", summary="What people have changed")
def list_overrides(schedule: Only = None, every: Every = False) -> list[OverrideTold]:  # noqa: FBT002  a query
    """The overrides that hold or are to come, by their start."""
    now = here().now()
    rows = here().ledger.read(overrides, now, schedule=schedule, every=every)
    return [tell_override(row, now) for row in rows]


@router.post(
    "/overrides",
    status_code=201,
    summary="Change who is on call for a time",
    responses=PROBLEMS,
    openapi_extra={"requestBody": OVERRIDE},
)
async def add(request: Request, credentials: Credentials) -> OverrideTold:
    """Store an override; the answer warns if it leaves nobody, or changes nothing."""
    actor, body = await asked(request, credentials)
    return await run_in_threadpool(_add, read_wish(Change, body), actor)


@router.post(
    "/overrides/{number}/withdraw",
    summary="End an override",
    responses=PROBLEMS,
    openapi_extra={"requestBody": SAID},
)
async def withdraw(number: Number, request: Request, credentials: Credentials) -> OverrideTold:
    """End it now; before it began, it never was. `say` is the reason."""
    actor, body = await asked(request, credentials)
    return await run_in_threadpool(_withdraw, number, read_wish(Said, body), actor)


@router.get("/swaps", summary="Shifts that can be taken")
def list_swaps(schedule: Only = None, every: Every = False) -> list[SwapTold]:  # noqa: FBT002  a query
    """The open offers, by the start of the shift."""
    now = here().now()
    rows = here().ledger.read(swaps, now, schedule=schedule, every=every)
    return [tell_swap(row, now) for row in rows]


@router.post(
    "/swaps",
    status_code=201,
    summary="Offer a shift",
    responses=PROBLEMS,
    openapi_extra={"requestBody": OFFER},
)
async def offer(request: Request, credentials: Credentials) -> SwapTold:
    """Offer a shift of yours, or a part of it, to somebody or to anybody."""
    actor, body = await asked(request, credentials)
    return await run_in_threadpool(_offer, read_wish(Proposal, body), actor)


@router.post(
    "/swaps/{number}/{answer}",
    summary="Take, decline or withdraw an offer",
    responses=PROBLEMS,
    openapi_extra={"requestBody": SAID},
)
async def answer_swap(number: Number, answer: Answer, request: Request, credentials: Credentials) -> SwapTold:
    """The first answer wins; whoever comes second hears who was faster (409)."""
    actor, body = await asked(request, credentials)
    return await run_in_threadpool(_answer, number, answer, read_wish(Said, body), actor)


async def asked(request: Request, credentials: Credentials) -> tuple[Actor, dict[str, Any]]:
    """Who asks for what; an empty body says nothing.

    Raises:
        ConfidenceError: the token is not ours, expired, or for something else.
        AnswerError: the body is no object.
    """
    token = credentials.credentials if credentials else request.query_params.get("as", "")
    actor = Actor(person_of(token), Via.WEB)
    body = await read_body(request, BODY_LIMIT)
    values = read_json(body) if body else {}
    if not isinstance(values, dict):
        raise AnswerError(["the body must be a JSON object"])
    return actor, values


def _add(change: Change, actor: Actor) -> OverrideTold:
    now = here().now()
    return override_told(here().ledger.write(add_override, change, actor, now), now)


def _withdraw(number: int, said: Said, actor: Actor) -> OverrideTold:
    now = here().now()
    return tell_override(here().ledger.write(withdraw_override, number, actor, now, reason=said.say), now)


def _offer(proposal: Proposal, actor: Actor) -> SwapTold:
    now = here().now()
    return tell_swap(here().ledger.write(offer_swap, proposal, actor, now), now)


def _answer(number: int, answer: Answer, said: Said, actor: Actor) -> SwapTold:
    now = here().now()
    match answer:
        case Answer.TAKE:
            return swap_told(here().ledger.write(take_swap, number, actor, now, said.say), now)
        case Answer.DECLINE:
            return tell_swap(here().ledger.write(decline_swap, number, actor, now, said.say), now)
        case Answer.WITHDRAW:
            return tell_swap(here().ledger.write(withdraw_swap, number, actor, now, said.say), now)
