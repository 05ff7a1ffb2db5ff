"""How does a person silence alerts and plan maintenance by web? On one page, by their personal link."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import TypeAdapter, ValidationError
from sqlmodel import Session

from incident.configuration import Configuration
from incident.decisions import Via
from incident.duration import PositiveDuration
from incident.errors import AnswerError, NotFoundError, TransitionError
from incident.silences import NewSilence
from incident.wall_clock import WallClock
from ledger.incidents import find_incident
from ledger.maintenance import add_maintenance, end_maintenance
from ledger.rota_turn import Actor, known_people
from ledger.silences import add_silence, end_silence, move_silence
from service.in_force import in_force
from service.quiet_words import NewMaintenance, read_wanted
from service.web.bodies import read_form
from service.web.frame import person_of
from service.web.problems import status_of
from service.web.quiet_api import preview_of
from service.web.quiet_page import Shown, page_of
from tasks.surroundings import here
from templates.pages import render_page

router = APIRouter(tags=["people"], default_response_class=HTMLResponse)

Personal = Annotated[str, Query(alias="as", description="The token of a personal link.")]
Entered = Mapping[str, str]
Deed = Callable[[Session, Entered, Actor, Configuration, datetime], object]

DURATION: TypeAdapter[Any] = TypeAdapter(PositiveDuration)


@router.get("/silences")
def show_silences(personal: Personal = "") -> HTMLResponse:
    """What is silenced and worked on; by a personal link also the forms to change it."""
    return HTMLResponse(render_page(page_of(personal, Shown())))


@router.get("/incidents/{incident}/silence")
def show_for_incident(incident: str, personal: Personal = "") -> HTMLResponse:
    """The same, proposing to silence this incident, or alerts with its labels."""
    here().ledger.read(find_incident, incident)
    return HTMLResponse(render_page(page_of(personal, Shown(incident=incident))))


@router.post("/silences", status_code=303)
async def change_silences(request: Request, personal: Personal = "") -> Response:
    """Do what the form says; what cannot be done is shown again with the reason (404, 409, 422)."""
    return await _change(request, personal, "/silences", "")


@router.post("/incidents/{incident}/silence", status_code=303)
async def change_for_incident(incident: str, request: Request, personal: Personal = "") -> Response:
    """The same, from an incident's page."""
    return await _change(request, personal, f"/incidents/{incident}/silence", incident)


async def _change(request: Request, token: str, path: str, incident: str) -> Response:
    actor = Actor(person_of(token), Via.WEB)
    entered = await read_form(request) | ({"incident": incident} if incident else {})
    return await run_in_threadpool(_done, token, path, actor, entered)


def _done(token: str, path: str, actor: Actor, entered: Entered) -> Response:
    shown = Shown(incident=entered.get("incident", ""), values=dict(entered))
    try:
        if entered.get("do") == "preview":
            return HTMLResponse(render_page(page_of(token, shown, preview_of(_lines(entered, "matchers")))))
        configuration = in_force(here())
        known_people(configuration, actor.person)
        here().ledger.write(_deed(entered), entered, actor, configuration, here().now())
    except (AnswerError, NotFoundError, TransitionError) as error:
        problems = tuple(error.problems) if isinstance(error, AnswerError) else (str(error),)
        refused = Shown(shown.incident, shown.values, problems)
        return HTMLResponse(render_page(page_of(token, refused)), status_of(error))
    return RedirectResponse(f"{path}?as={token}", status_code=303)


def _deed(entered: Entered) -> Deed:
    """What a form asks for.

    Raises:
        NotFoundError: nothing that we know.
    """
    wanted = entered.get("do", "")
    if wanted not in DEEDS:
        raise NotFoundError(f"nothing is called {wanted!r} here; open the page again")
    return DEEDS[wanted]


def _silence(
    session: Session, entered: Entered, actor: Actor, _configuration: Configuration, now: datetime
) -> object:
    of_incident = entered.get("incident") and entered.get("about") != "matchers"
    about = {"incident": entered["incident"]} if of_incident else {"matchers": _lines(entered, "matchers")}
    times = _filled(entered, "start", "for", "key") | _filled_end(entered)
    wish = about | times | {"comment": entered.get("comment", "")}
    return add_silence(session, read_wanted(NewSilence, wish), actor, now)


def _extend(
    session: Session, entered: Entered, actor: Actor, configuration: Configuration, now: datetime
) -> object:
    if length := entered.get("for", ""):
        end = now + _duration(length)
    else:
        end = _instant(configuration, entered.get("end", ""))
    return move_silence(session, _number(entered), end, actor, now)


def _end(
    session: Session, entered: Entered, actor: Actor, _configuration: Configuration, now: datetime
) -> object:
    return end_silence(session, _number(entered), actor, now)


def _maintain(
    session: Session, entered: Entered, actor: Actor, configuration: Configuration, now: datetime
) -> object:
    service = entered.get("service", "")
    window = {
        "comment": entered.get("why", ""),
        "timezone": configuration.organisation.working_hours.timezone,
        "services": [service] if service else [],
        "matchers": _lines(entered, "of"),
        "start": entered.get("from") or now.isoformat(),
        **({"end": entered["to"]} if entered.get("to") else {}),
        **_filled(entered, "repeat", "until"),
    }
    wanted = read_wanted(NewMaintenance, {"window": window, **_filled(entered, "key")})
    return add_maintenance(session, wanted.window, actor, now, key=wanted.key)


def _finish(
    session: Session, entered: Entered, actor: Actor, _configuration: Configuration, now: datetime
) -> object:
    this_time = entered.get("do") == "finish this time"
    return end_maintenance(session, entered.get("id", ""), actor, now, only_this_time=this_time)


DEEDS: Mapping[str, Deed] = {
    "silence": _silence,
    "extend": _extend,
    "end": _end,
    "maintain": _maintain,
    "finish": _finish,
    "finish this time": _finish,
}
"""What the forms of the page ask for, by the value of `do`."""


def _lines(entered: Entered, name: str) -> list[str]:
    return [line.strip() for line in entered.get(name, "").splitlines() if line.strip()]


def _filled(entered: Entered, *names: str) -> dict[str, Any]:
    return {name: entered[name] for name in names if entered.get(name)}


def _filled_end(entered: Entered) -> dict[str, str]:
    """A written end counts where no duration is chosen."""
    return {"end": entered["end"]} if entered.get("end") and not entered.get("for") else {}


def _duration(written: str) -> Any:
    try:
        return DURATION.validate_python(written)
    except ValidationError as error:
        raise AnswerError([error.errors()[0]["msg"].removeprefix("Value error, ")]) from None


def _instant(configuration: Configuration, written: str) -> datetime:
    """A time on the wall clock of the working hours."""
    try:
        wall = datetime.fromisoformat(written)
        return (
            wall if wall.tzinfo else WallClock(configuration.organisation.working_hours.timezone).exact(wall)
        )
    except ValueError as error:
        raise AnswerError([f"end: {error}" if written else "end: write when it ends"]) from None


def _number(entered: Entered) -> int:
    written = entered.get("id", "")
    if not (written.isascii() and written.isdigit() and len(written) < len(str(2**31))):
        raise NotFoundError(f"{written!r} is no number of anything here")
    return int(written)
