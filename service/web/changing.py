"""How does a person change schedules and swap shifts by web? On one page, by their personal link."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlmodel import Session

from incident.changes import Change
from incident.decisions import Via
from incident.errors import AnswerError, NotFoundError, TransitionError
from incident.oncall import HORIZON
from incident.shifts import own_shifts
from incident.swaps import Proposal
from ledger.overrides import add_override, overrides, withdraw_override
from ledger.rota_turn import Actor
from ledger.rotas import schedules_at
from ledger.swaps import decline_swap, offer_swap, swaps, take_swap, withdraw_swap
from service.rota_words import read_wish
from service.web.bodies import read_form
from service.web.frame import person_frame, person_of
from service.web.problems import status_of
from tasks.surroundings import here
from templates.changes import Changed, ChangesPage, OfferedShift, OwnShift
from templates.pages import render_page

router = APIRouter(tags=["people"], default_response_class=HTMLResponse)

Personal = Annotated[str, Query(alias="as", description="The token of a personal link.")]
Entered = Mapping[str, str]
Deed = Callable[[Session, Entered, Actor, datetime], tuple[str, ...]]


@router.get("/oncall/changes")
def show_changes(personal: Personal = "") -> HTMLResponse:
    """What this person can do about schedules: their shifts, offers, changes, and a form for another one."""
    return HTMLResponse(render_page(_page(personal)))


@router.post("/oncall/changes", status_code=303)
async def change(request: Request, personal: Personal = "") -> Response:
    """Do what the form says; what cannot be done is shown again with the reason (404, 409, 422)."""
    person = person_of(personal)
    entered = await read_form(request)
    return await run_in_threadpool(_done, personal, Actor(person, Via.WEB), entered)


def _done(token: str, actor: Actor, entered: Entered) -> Response:
    try:
        warnings = here().ledger.write(_deed(entered), entered, actor, here().now())
    except (AnswerError, NotFoundError, TransitionError) as error:
        problems = tuple(error.problems) if isinstance(error, AnswerError) else (str(error),)
        again = {"values": dict(entered), "problems": problems}
        return HTMLResponse(render_page(_page(token, **again)), status_of(error))
    if warnings:
        return HTMLResponse(render_page(_page(token, warnings=warnings)))
    return RedirectResponse(f"/oncall/changes?as={token}", status_code=303)


def _deed(entered: Entered) -> Deed:
    """What a form asks for.

    Raises:
        NotFoundError: nothing that we know.
    """
    wanted = entered.get("do", "")
    if wanted not in DEEDS:
        raise NotFoundError(f"nothing is called {wanted!r} here; open the page again")
    return DEEDS[wanted]


def _override(session: Session, entered: Entered, actor: Actor, now: datetime) -> tuple[str, ...]:
    given = _filled(entered, "kind", "user", "with", "start", "end")
    match given:
        case {"kind": "cover", "user": user}:
            values = {**_without(given, "user", "with"), "users": [user]}
        case {"kind": "replace"}:
            values = given
        case _:
            values = _without(given, "with")
    wish = {"schedule": entered.get("schedule", ""), "reason": entered.get("reason", ""), "override": values}
    return add_override(session, read_wish(Change, wish), actor, now).warnings


def _offer(session: Session, entered: Entered, actor: Actor, now: datetime) -> tuple[str, ...]:
    given = _filled(entered, "schedule", "start", "end", "to", "reason")
    offer_swap(session, read_wish(Proposal, given), actor, now)
    return ()


def _take(session: Session, entered: Entered, actor: Actor, now: datetime) -> tuple[str, ...]:
    return take_swap(session, _number(entered), actor, now).warnings


def _decline(session: Session, entered: Entered, actor: Actor, now: datetime) -> tuple[str, ...]:
    decline_swap(session, _number(entered), actor, now)
    return ()


def _keep(session: Session, entered: Entered, actor: Actor, now: datetime) -> tuple[str, ...]:
    withdraw_swap(session, _number(entered), actor, now)
    return ()


def _withdraw(session: Session, entered: Entered, actor: Actor, now: datetime) -> tuple[str, ...]:
    withdraw_override(session, _number(entered), actor, now)
    return ()


DEEDS: Mapping[str, Deed] = {
    "override": _override,
    "withdraw": _withdraw,
    "offer": _offer,
    "take": _take,
    "decline": _decline,
    "keep": _keep,
}
"""What the forms of the page ask for, by the value of `do`."""


def _number(entered: Entered) -> int:
    written = entered.get("id", "")
    if not (written.isascii() and written.isdigit() and len(written) < len(str(2**31))):
        raise NotFoundError(f"{written!r} is no number of anything here")
    return int(written)


def _filled(entered: Entered, *names: str) -> dict[str, Any]:
    """The fields that were filled in; an empty one means that nothing was said."""
    return {name: entered[name] for name in names if entered.get(name, "").strip()}


def _without(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}


def _page(token: str, **changes: Any) -> ChangesPage:
    person, now = person_of(token), here().now()
    return here().ledger.read(_read, person, now).model_copy(update=person_frame(person, token) | changes)


def _read(session: Session, person: str, now: datetime) -> ChangesPage:
    schedules = schedules_at(session, now)
    open_offers = swaps(session, now)
    offered = {(row.schedule, row.ends_at) for row in open_offers if row.person == person}
    return ChangesPage(
        now=now,
        person=person,
        zones={name: schedule.timezone for name, schedule in schedules.items()},
        shifts=tuple(
            OwnShift(name, start, end, offered=(name, end) in offered)
            for name, schedule in schedules.items()
            for start, end in own_shifts(schedule, person, now, now + 2 * HORIZON)
            if start < now + HORIZON
        ),
        offers=tuple(
            OfferedShift(
                row.id or 0,
                row.schedule,
                row.person,
                row.to,
                row.starts_at,
                row.ends_at,
                row.expires_at,
                row.reason,
            )
            for row in open_offers
        ),
        changed=tuple(
            Changed(row.id or 0, row.schedule, row.override, row.starts_at, row.ends_at, row.by, row.reason)
            for row in overrides(session, now)
        ),
    )
