"""How do amtool and dashboards silence alerts here, as at an Alertmanager? Its API, version 2.

Silences are ours: what is made here holds for the alerts of every source, is in every list, and what still
fires at its end is looked at again. Its author is whoever the caller says, as there. One that has begun and
gets other matchers is ended, and a new one begins, as there.
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from sqlmodel import Session

from incident.decisions import Via
from incident.matching import Matcher, in_order
from incident.silences import SilenceState
from ledger.quiet import as_silence
from ledger.quiet_tables import SilenceRow
from ledger.rota_turn import Actor
from ledger.silences import add_silence, end_silence, move_silence, silence_of_key, silences
from service.body import read_json
from service.web.alertmanager_access import AlertmanagerRoute, AlertmanagerSender, filter_matcher
from service.web.alertmanager_silence_told import (
    SILENCE_BODY,
    PostedSilence,
    SilenceMade,
    SilenceTold,
    read_posted,
    tell_silence,
)
from service.web.bodies import read_body
from service.web.compatible_examples import ALERTMANAGER_PROBLEMS
from tasks.surroundings import here

router = APIRouter(prefix="/api/v2", tags=["Alertmanager API"], route_class=AlertmanagerRoute)

BODY_LIMIT = 64 * 1024
"""Bytes of one silence."""

TOLD = 1000
"""How many of the newest silences are told."""

Expressions = Annotated[list[str], Query(alias="filter", max_length=100, description="Of their matchers.")]
Key = Annotated[UUID, Path(description="As it was told when the silence was made.")]
Wanted = Annotated[bool, Query(description="False leaves out silences in this state.")]


OF_ONE = ALERTMANAGER_PROBLEMS | {404: {"description": "There is no such silence."}}


@router.get("/silences", summary="Silences", responses=ALERTMANAGER_PROBLEMS)
def get_silences(
    _sender: AlertmanagerSender,
    expressions: Expressions = [],  # noqa: B006  FastAPI copies it
    *,
    active: Wanted = True,
    pending: Wanted = True,
    expired: Wanted = True,
) -> list[SilenceTold]:
    """Those whose matchers are about what the filter names, the ones that end last first."""
    now = here().now()
    wanted = {SilenceState.ACTIVE: active, SilenceState.PENDING: pending, SilenceState.EXPIRED: expired}
    filters = [filter_matcher(each) for each in expressions]
    rows = [row for row, _ in here().ledger.read(silences, now, every=True, limit=TOLD) if row.matchers]
    told = [tell_silence(row, now) for row in rows if all(_is_about(row, each) for each in filters)]
    return sorted((each for each in told if wanted[each.status.state]), key=lambda each: each.endsAt)


@router.post(
    "/silences",
    summary="Make or change a silence",
    responses=ALERTMANAGER_PROBLEMS,
    openapi_extra={"requestBody": SILENCE_BODY},
)
async def post_silence(request: Request, _sender: AlertmanagerSender) -> SilenceMade:
    """Without an id a new one; with the id of one, that one gets another end, or another one follows it."""
    posted = read_posted(read_json(await read_body(request, BODY_LIMIT)))
    key = await run_in_threadpool(_write, posted)
    return SilenceMade(silenceID=key)


@router.get("/silence/{key}", summary="One silence", responses=OF_ONE)
def get_silence(key: Key, _sender: AlertmanagerSender) -> SilenceTold:
    """One silence by its id."""
    return tell_silence(here().ledger.read(silence_of_key, str(key)), here().now())


@router.delete("/silence/{key}", summary="End a silence now", response_class=Response, responses=OF_ONE)
def delete_silence(key: Key, sender: AlertmanagerSender) -> Response:
    """It stays in the list as expired; what still fires is looked at at once."""
    here().ledger.write(_end, str(key), Actor(sender.name, Via.WEB), here().now())
    return Response()


def _write(posted: PostedSilence) -> str:
    return here().ledger.write(_keep, posted, here().now())


def _keep(session: Session, posted: PostedSilence, now: datetime) -> str:
    actor = Actor(posted.createdBy, Via.WEB)
    wanted = posted.wanted
    if not posted.id:
        return add_silence(session, wanted, actor, now).key
    row = silence_of_key(session, posted.id)
    state = as_silence(row).state(now)
    if state is SilenceState.ACTIVE and in_order(row.matchers) == in_order(wanted.matchers):
        return move_silence(session, row.id or 0, posted.endsAt, actor, now).key
    if state is not SilenceState.EXPIRED:
        end_silence(session, row.id or 0, actor, now)
    return add_silence(session, wanted, actor, now).key


def _end(session: Session, key: str, actor: Actor, now: datetime) -> None:
    row = silence_of_key(session, key)
    if as_silence(row).state(now) is not SilenceState.EXPIRED:
        end_silence(session, row.id or 0, actor, now)


def _is_about(row: SilenceRow, wanted: Matcher) -> bool:
    """As amtool means it: one of its matchers is on that label, with a value that meets the filter."""
    return any(each.label == wanted.label and _meets(each, wanted) for each in row.matchers)


def _meets(matcher: Matcher, wanted: Matcher) -> bool:
    return any(wanted.matches({wanted.label: value}) for value in matcher.values)
