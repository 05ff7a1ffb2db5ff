"""How is a form that a chat shows an answer to the open question? By the same rules as a command."""

from typing import Any

from incident.commands import Resolve
from tasks.background import later
from tasks.doors import go_on, take_answer
from tasks.incident import matter
from tasks.permission import refusal
from tasks.speech import Reply, Said, about_it

ANY_DECISION = Resolve(text="a form")
"""All decisions have the same rule."""


async def fill_in(said: Said, incident: str, decision: str, values: dict[str, Any]) -> Reply:
    """Answer the question that was on the screen, even if another one is asked meanwhile.

    Raises:
        AnswerError: it cannot be acted on; its problems name the fields.
        NotFoundError: there is no such incident or question.
    """
    about = await matter(incident)
    if refused := await refusal(said, about, ANY_DECISION):
        return refused
    verdict = await take_answer(incident, decision, values, by=said.person, via=said.via)
    if not verdict.won:
        return about_it(said, about, "late", ok=False, by=verdict.by, via=verdict.via)
    later(f"{incident}: going on after {decision}", go_on(verdict.flow_run_id))
    return about_it(said, about, "answered")
