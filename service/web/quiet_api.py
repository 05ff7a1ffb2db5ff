"""How do programs silence alerts and plan maintenance for somebody? In JSON, with that person's own token."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ValidationError

from incident.errors import AnswerError
from incident.matching import Matcher, match_all
from incident.silences import NewSilence
from ledger.maintenance import add_maintenance, end_maintenance, maintenance_row
from ledger.quiet_listing import Preview, maintenances, preview
from ledger.rota_turn import Actor, known_people
from ledger.silences import add_silence, end_silence, move_silence, silences
from service.in_force import in_force
from service.quiet_words import (
    MaintenanceTold,
    NewEnd,
    NewMaintenance,
    SilenceTold,
    read_wanted,
    tell_maintenance,
    tell_silence,
    tell_silences,
)
from service.web.change_examples import PROBLEMS
from service.web.quiet_examples import ENDS, MAINTENANCE, SILENCE
from service.web.rota_api import Credentials, Every, Number, asked
from tasks.surroundings import here

router = APIRouter(prefix="/api", tags=["silences and maintenance"])

Name = Annotated[str, Path(max_length=60, description="As the list tells it, such as M1.")]
ThisTime = Annotated[bool, Query(description="Of one that repeats: the next time comes all the same.")]
Expressions = Annotated[list[str], Query(alias="matcher", max_length=100, description="All must be met.")]


class PreviewTold(BaseModel):
    """What a silence would have been about in the last day."""

    alerts: int
    conditions: list[dict[str, Any]]


@router.get("/silences", summary="What is silenced")
def list_silences(every: Every = False) -> list[SilenceTold]:  # noqa: FBT002  a query
    """The silences that hold or are to come, by their end."""
    now = here().now()
    return tell_silences(here().ledger.read(silences, now, every=every), now)


@router.get("/silences/preview", summary="What a silence would have been about", responses=PROBLEMS)
def show_preview(expressions: Expressions) -> PreviewTold:
    """The alerts of the last day that meet these matchers."""
    found = preview_of(expressions)
    return PreviewTold(alerts=found.alerts, conditions=[vars(each) for each in found.conditions])


@router.post(
    "/silences",
    status_code=201,
    summary="Silence alerts, or the paging of an incident",
    responses=PROBLEMS,
    openapi_extra={"requestBody": SILENCE},
)
async def make_silence(request: Request, credentials: Credentials) -> SilenceTold:
    """Make a silence; the same `key` again is the one that is there."""
    actor, body = await _asked(request, credentials)
    return await run_in_threadpool(_silence, read_wanted(NewSilence, body), actor)


@router.post(
    "/silences/{number}/extend",
    summary="Give a silence another end",
    responses=PROBLEMS,
    openapi_extra={"requestBody": ENDS},
)
async def extend(number: Number, request: Request, credentials: Credentials) -> SilenceTold:
    """Later or earlier than it was; what waits for its end waits for that."""
    actor, body = await _asked(request, credentials)
    return await run_in_threadpool(_extend, number, read_wanted(NewEnd, body), actor)


@router.post("/silences/{number}/end", summary="End a silence now", responses=PROBLEMS)
async def end(number: Number, request: Request, credentials: Credentials) -> SilenceTold:
    """What still fires is looked at at once."""
    actor, _ = await _asked(request, credentials)
    return await run_in_threadpool(_end, number, actor)


@router.get("/maintenance", summary="What is being worked on, and will be")
def list_maintenance(every: Every = False) -> list[MaintenanceTold]:  # noqa: FBT002  a query
    """The windows that hold or are to come, of incident.yaml too."""
    now = here().now()
    return [tell_maintenance(*found, now) for found in here().ledger.read(maintenances, now, every=every)]


@router.post(
    "/maintenance",
    status_code=201,
    summary="Plan a maintenance",
    responses=PROBLEMS,
    openapi_extra={"requestBody": MAINTENANCE},
)
async def make_maintenance(request: Request, credentials: Credentials) -> MaintenanceTold:
    """Make a window, once or again and again, now or in the future."""
    actor, body = await _asked(request, credentials)
    return await run_in_threadpool(_maintenance, read_wanted(NewMaintenance, body), actor)


@router.post("/maintenance/{name}/end", summary="End a maintenance now", responses=PROBLEMS)
async def finish(
    name: Name,
    request: Request,
    credentials: Credentials,
    this_time: ThisTime = False,  # noqa: FBT002  a query
) -> MaintenanceTold:
    """All of it, or only the time that is now; of one in incident.yaml always only that."""
    actor, _ = await _asked(request, credentials)
    return await run_in_threadpool(_finish, name, actor, only_this_time=this_time)


def preview_of(expressions: list[str]) -> Preview:
    """The alerts of the last day that meet these matchers.

    Raises:
        AnswerError: one of them is no matcher.
    """
    try:
        matchers = [Matcher.model_validate(each) for each in expressions]
    except ValidationError as error:
        raise AnswerError([error.errors()[0]["msg"].removeprefix("Value error, ")]) from None
    return here().ledger.read(preview, lambda labels: match_all(matchers, labels), here().now())


async def _asked(request: Request, credentials: Credentials) -> tuple[Actor, dict[str, Any]]:
    """Who asks for what.

    Raises:
        NotFoundError: the person has left meanwhile.
    """
    actor, body = await asked(request, credentials)
    known_people(await run_in_threadpool(in_force, here()), actor.person)
    return actor, body


def _silence(wanted: NewSilence, actor: Actor) -> SilenceTold:
    now = here().now()
    return tell_silence(here().ledger.write(add_silence, wanted, actor, now), wanted.incident, now)


def _extend(number: int, wanted: NewEnd, actor: Actor) -> SilenceTold:
    now = here().now()
    return tell_silence(here().ledger.write(move_silence, number, wanted.end, actor, now), None, now)


def _end(number: int, actor: Actor) -> SilenceTold:
    now = here().now()
    return tell_silence(here().ledger.write(end_silence, number, actor, now), None, now)


def _maintenance(wanted: NewMaintenance, actor: Actor) -> MaintenanceTold:
    now, ledger = here().now(), here().ledger
    made = ledger.write(add_maintenance, wanted.window, actor, now, key=wanted.key)
    return tell_maintenance(made, ledger.read(maintenance_row, made.name), now)


def _finish(name: str, actor: Actor, *, only_this_time: bool) -> MaintenanceTold:
    now, ledger = here().now(), here().ledger
    ended = ledger.write(end_maintenance, name, actor, now, only_this_time=only_this_time)
    return tell_maintenance(ended, ledger.read(maintenance_row, name), now)
