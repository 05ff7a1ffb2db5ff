"""How does a person decide by web? Through a personal link: a form, an answer, and whose answer holds."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse

from incident.decisions import Question, Via
from incident.errors import AnswerError, NotFoundError, TransitionError
from incident.story import DecisionTaken, Story
from ledger.story import tell
from service.patience import patient_when_busy
from service.web.bodies import read_form
from service.web.frame import frame
from tasks.doors import give_answer
from tasks.links import Grant, May
from tasks.surroundings import here
from templates.pages import AssessPage, DecidedPage, Page, ResolvePage, render_page

router = APIRouter(tags=["people"], default_response_class=HTMLResponse)


@router.get("/decide/{token}")
def show_decision(token: str) -> HTMLResponse:
    """Show the open question of the incident, or whose answer holds."""
    grant = here().links.read(token, here().now(), May.DECIDE)
    story = here().ledger.read(tell, grant.incident)
    decision = story.open_decision or _latest(story)
    if decision.answered_at:
        return _html(DecidedPage(**_frame(grant), story=story, decision=decision))
    return _html(_form(grant, story, decision, {}, ()))


@router.post("/decide/{token}")
async def decide(token: str, request: Request) -> HTMLResponse:
    """Give an answer; one that cannot be acted on shows the form again with what is wrong (422).

    The hidden field `decision` says which question was on the screen: an answer to an older one comes late,
    and never answers the question that was asked meanwhile.
    """
    grant = here().links.read(token, here().now(), May.DECIDE)
    entered = await read_form(request)
    story = await run_in_threadpool(here().ledger.read, tell, grant.incident)
    asked = _asked(story, entered.pop("decision", ""))
    try:
        async with patient_when_busy():
            verdict, _ = await give_answer(
                grant.incident, asked.key, _values(entered), by=grant.person, via=Via.WEB
            )
    except AnswerError as error:
        return await run_in_threadpool(_asked_again, grant, story, asked, entered, error)
    return await run_in_threadpool(_decided, grant, asked.key, verdict.won)


def _asked(story: Story, name: str) -> DecisionTaken:
    """The question that was on the screen; a form that does not say so means the one that stands."""
    if not name:
        return story.open_decision or _latest(story)
    found = next((decision for decision in story.decisions if decision.key == name), None)
    if found is None:
        raise NotFoundError(f"{story.key} has no question {name}")
    return found


def _latest(story: Story) -> DecisionTaken:
    if not story.decisions:
        raise TransitionError(f"{story.key} has not asked anything yet; open this link again in a moment")
    return story.decisions[-1]


def _values(entered: dict[str, str]) -> dict[str, Any]:
    """The fields that were filled in; an empty one means that nothing was said."""
    return {name: value for name, value in entered.items() if value.strip()}


def _asked_again(
    grant: Grant, story: Story, asked: DecisionTaken, entered: dict[str, str], error: AnswerError
) -> HTMLResponse:
    return _html(_form(grant, story, asked, entered, tuple(error.problems)), 422)


def _decided(grant: Grant, key: str, won: bool) -> HTMLResponse:  # noqa: FBT001  the verdict itself
    story = here().ledger.read(tell, grant.incident)
    decision = next(decision for decision in story.decisions if decision.key == key)
    return _html(DecidedPage(**_frame(grant), story=story, decision=decision, accepted=won, late=not won))


def _form(
    grant: Grant, story: Story, decision: DecisionTaken, values: dict[str, str], problems: tuple[str, ...]
) -> Page:
    kind = AssessPage if decision.question is Question.ASSESS else ResolvePage
    return kind(**_frame(grant), story=story, decision=decision, values=values, problems=problems)


def _frame(grant: Grant) -> dict[str, Any]:
    return frame(grant.incident, grant.person)


def _html(page: Page, status: int = 200) -> HTMLResponse:
    return HTMLResponse(render_page(page), status)
