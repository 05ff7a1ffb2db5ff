"""How do people acknowledge, decide and write notes? Through signed links; a GET never changes anything."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from incident.decisions import Question, Via
from incident.errors import AnswerError, ConfidenceError
from incident.story import DecisionTaken, Story
from incident.timeline import Kind
from ledger.escalations import acknowledge, is_over
from ledger.incidents import find_incident
from ledger.pages import find_page
from ledger.story import tell
from ledger.timeline import note
from service.web.frame import frame
from tasks.doors import give_answer
from tasks.links import Grant, May
from tasks.surroundings import here
from templates.pages import (
    Acknowledging,
    AcknowledgePage,
    AssessPage,
    DecidedPage,
    Page,
    ResolvePage,
    render_page,
)

router = APIRouter(tags=["people"], default_response_class=HTMLResponse)


@router.get("/ack/{token}")
def show_acknowledge(token: str) -> HTMLResponse:
    """Show the page with its one button. Mail scanners follow links: this changes nothing."""
    try:
        grant = here().links.read(token, here().now(), May.ACKNOWLEDGE)
    except ConfidenceError:
        return _expired()
    over = here().ledger.read(_page_is_over, grant)
    return _html(_acknowledge_page(grant, Acknowledging.ALREADY if over else Acknowledging.READY))


@router.post("/ack/{token}")
def do_acknowledge(token: str) -> HTMLResponse:
    """Acknowledge: the first one ends the paging, a second one is noted."""
    try:
        grant = here().links.read(token, here().now(), May.ACKNOWLEDGE)
    except ConfidenceError:
        return _expired()
    first = here().ledger.write(_acknowledge, grant, here().now())
    return _html(_acknowledge_page(grant, Acknowledging.DONE if first else Acknowledging.ALREADY))


@router.get("/decide/{token}")
def show_decision(token: str) -> HTMLResponse:
    """Show the open question of the incident, or whose answer holds."""
    grant = here().links.read(token, here().now(), May.DECIDE)
    story = here().ledger.read(tell, grant.incident)
    return _html(_question_page(grant, story, {}, ()))


@router.post("/decide/{token}")
async def decide(token: str, request: Request) -> Response:
    """Give an answer; one that cannot be acted on shows the form again with what is wrong."""
    grant = here().links.read(token, here().now(), May.DECIDE)
    form = {name: str(value) for name, value in (await request.form()).items()}
    story = await run_in_threadpool(here().ledger.read, tell, grant.incident)
    asked = form.pop("decision", "") or (story.open_decision.key if story.open_decision else "")
    try:
        verdict, _ = await give_answer(grant.incident, asked, _values(form), by=grant.person, via=Via.WEB)
    except AnswerError as error:
        page = _question_page(grant, story, form, tuple(error.problems))
        return HTMLResponse(render_page(page), status_code=422)
    story = await run_in_threadpool(here().ledger.read, tell, grant.incident)
    decision = next(decision for decision in story.decisions if decision.key == asked)
    page = DecidedPage(
        **frame(grant.incident, grant.person),
        story=story,
        decision=decision,
        accepted=verdict.won,
        late=not verdict.won,
    )
    return _html(page)


@router.post("/incidents/{key}/notes")
async def write_note(key: str, request: Request) -> RedirectResponse:
    """Add a line to the timeline, by a personal link."""
    token = request.query_params.get("as", "")
    grant = here().links.read(token, here().now(), May.ACT)
    if grant.incident != key:
        raise ConfidenceError(f"this link is for {grant.incident}")
    text = str((await request.form()).get("text", "")).strip()[:4000]
    if text:
        await run_in_threadpool(here().ledger.write, _note, key, text, grant.person, here().now())
    return RedirectResponse(f"/incidents/{key}?as={token}", status_code=303)


def _acknowledge(session: Any, grant: Grant, now: datetime) -> bool:
    owed = find_page(session, grant.page)
    return acknowledge(
        session, owed.page.escalation_id, grant.person, Via.WEB, now, page_id=grant.page
    )


def _page_is_over(session: Any, grant: Grant) -> bool:
    return is_over(session, find_page(session, grant.page).page.escalation_id)


def _note(session: Any, key: str, text: str, person: str, now: datetime) -> None:
    note(session, find_incident(session, key).id or 0, now, Kind.NOTE, text, by=person, via=Via.WEB)


def _acknowledge_page(grant: Grant, state: Acknowledging) -> AcknowledgePage:
    owed = here().ledger.read(find_page, grant.page)
    if state is Acknowledging.ALREADY and owed.escalation.acknowledged_by is None:
        state = Acknowledging.ENDED
    return AcknowledgePage(
        **frame(grant.incident, grant.person),
        state=state,
        story=here().ledger.read(tell, grant.incident),
        person=grant.person,
        because=owed.page.because,
        by=owed.escalation.acknowledged_by or "",
        at=owed.escalation.acknowledged_at,
    )


def _question_page(grant: Grant, story: Story, values: dict[str, str], problems: tuple[str, ...]) -> Page:
    framed = frame(grant.incident, grant.person)
    decision = story.open_decision
    if decision is None:
        latest = _latest(story)
        return DecidedPage(**framed, story=story, decision=latest)
    kind = AssessPage if decision.question is Question.ASSESS else ResolvePage
    return kind(**framed, story=story, decision=decision, values=values, problems=problems)


def _latest(story: Story) -> DecisionTaken:
    if not story.decisions:
        raise ConfidenceError(f"{story.key} has not asked anything yet; open this link again in a moment")
    return story.decisions[-1]


def _values(form: dict[str, str]) -> dict[str, Any]:
    """The fields that were filled in; an empty one means that nothing was said."""
    return {name: value for name, value in form.items() if value.strip()}


def _expired() -> HTMLResponse:
    page = AcknowledgePage(now=here().now(), state=Acknowledging.EXPIRED)
    return HTMLResponse(render_page(page), status_code=401)


def _html(page: Page) -> HTMLResponse:
    return HTMLResponse(render_page(page))


