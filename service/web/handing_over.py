"""What do people read when a duty changes hands, and how do they write something for the next?"""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from sqlmodel import Session

from incident.decisions import Via
from incident.errors import AnswerError, NotFoundError
from incident.handoff import HandoffNote
from ledger.agenda import schedules_in_force
from ledger.handoff_messages import messages_of
from ledger.handoffs import find_handoff, handoffs
from ledger.remarks import remark, waiting_remarks
from service.web.bodies import read_form
from service.web.calendar_reader import frame_for
from service.web.frame import person_of
from service.web.rota_api import Number
from tasks.surroundings import here
from templates.handoffs import ForTheNext, HandoffPage, HandoffsPage, Listed, Recipient
from templates.pages import render_page

router = APIRouter(tags=["pages"], default_response_class=HTMLResponse)

Personal = Annotated[str, Query(alias="as", description="The token of a personal link.")]


@router.get("/handoffs")
def show_handoffs(schedule: str = "", personal: Personal = "") -> HTMLResponse:
    """The newest notes, and what waits for the next; with a personal link one can write there."""
    return HTMLResponse(render_page(_list(schedule, personal)))


@router.get("/handoffs/{number}.json", response_class=JSONResponse)
def show_handoff_json(number: Number) -> HandoffNote:
    """One note as data."""
    return here().ledger.read(find_handoff, number).note


@router.get("/handoffs/{number}")
def show_handoff(number: Number, personal: Personal = "") -> HTMLResponse:
    """One note as it was written, and who was told."""
    return HTMLResponse(render_page(here().ledger.read(_note, number, frame_for(personal))))


@router.post("/handoffs/remarks", status_code=303)
async def take_remark(request: Request, personal: Personal = "") -> Response:
    """Keep something for the next; one that is empty or too long is shown again (422)."""
    person = person_of(personal)
    entered = await read_form(request)
    return await run_in_threadpool(_kept, person, personal, entered)


def _kept(person: str, token: str, entered: dict[str, str]) -> Response:
    schedule, text = entered.get("schedule", ""), entered.get("text", "")
    try:
        here().ledger.write(remark, schedule, text, by=person, via=Via.WEB, now=here().now())
    except AnswerError as error:
        again = {"text": text, "problems": tuple(error.problems)}
        return HTMLResponse(render_page(_list(schedule, token).model_copy(update=again)), 422)
    return RedirectResponse(f"/handoffs?as={token}", status_code=303)


def _list(schedule: str, token: str) -> HandoffsPage:
    return here().ledger.read(_read, schedule, frame_for(token))


def _read(session: Session, schedule: str, frame: dict[str, Any]) -> HandoffsPage:
    now = frame["now"]
    known, remarks = schedules_in_force(session, now), waiting_remarks(session)
    if schedule and schedule not in known:
        raise NotFoundError(f"{schedule!r} is not under schedules:; known: {', '.join(known) or 'none'}")
    names = [schedule] if schedule else known
    return HandoffsPage(
        **frame,
        schedule=schedule,
        schedules=tuple(known),
        notes=tuple(Listed(row.id or 0, row.note) for row in handoffs(session, schedule)),
        waiting=tuple(
            ForTheNext(name, known[name].timezone, remarks[name]) for name in names if name in remarks
        ),
    )


def _note(session: Session, number: int, frame: dict[str, Any]) -> HandoffPage:
    row = find_handoff(session, number)
    told = tuple(
        Recipient(each.person, each.sent_at, settled=each.due_at is None, problem=each.problem)
        for each in messages_of(session, number)
    )
    return HandoffPage(**frame, number=number, note=row.note, noted_at=row.noted_at, told=told)
