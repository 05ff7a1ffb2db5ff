"""How does what somebody sees, thinks or tries get on the timeline by a command?"""

from typing import Any, assert_never

from incident.commands import Experiment, Note, Observe, Theory
from incident.decisions import Question, Step
from incident.errors import AnswerError
from incident.timeline import Kind
from ledger.by_hand import write_note
from ledger.said import keep_finding
from tasks.background import later
from tasks.doors import go_on, take_answer
from tasks.incident import Matter
from tasks.speech import Reply, Said, about_it
from tasks.surroundings import here

LONGEST = 4000
"""Characters of a note."""

_FINDINGS: dict[type[Observe | Theory | Experiment], tuple[Step, Kind]] = {
    Observe: (Step.OBSERVATION, Kind.OBSERVATION),
    Theory: (Step.THEORY, Kind.THEORY),
    Experiment: (Step.EXPERIMENT, Kind.EXPERIMENT),
}


async def write_down(said: Said, about: Matter, command: Observe | Theory | Experiment | Note) -> Reply:
    """A finding or a note; a closed incident takes them, too.

    Raises:
        AnswerError: it is too long.
    """
    match command:
        case Observe() | Theory() | Experiment():
            return await _find(said, about, command)
        case Note():
            await keep_words(said, about, command.text)
            return about_it(said, about, "noted")
        case _:
            assert_never(command)


async def keep_words(said: Said, about: Matter, text: str) -> None:
    """A line on the timeline in the words of whoever said them.

    Raises:
        AnswerError: they are too many.
    """
    words, key, now = text.replace("\0", "").strip(), about.story.key, here().now()
    if len(words) > LONGEST:
        raise AnswerError([f"write at most {LONGEST} characters; these are {len(words)}"])
    await here().ledger.awrite(write_note, key, words, said.person, via=said.via, now=now)


async def _find(said: Said, about: Matter, command: Observe | Theory | Experiment) -> Reply:
    """An answer to the open question, or a line of the timeline while none asks for findings."""
    step, kind = _FINDINGS[type(command)]
    outcome = command.outcome if isinstance(command, Experiment) else None
    asked, key = about.story.open_decision, about.story.key
    if asked is not None and asked.question is Question.RESOLVE:
        values: dict[str, Any] = {"step": step.value, "text": command.text}
        answer = values if outcome is None else values | {"outcome": outcome.value}
        verdict = await take_answer(key, asked.key, answer, by=said.person, via=said.via)
        if verdict.won:
            later(f"{key}: going on after {asked.key}", go_on(verdict.flow_run_id))
            return about_it(said, about, "finding", kind=kind, outcome=outcome)
    await here().ledger.awrite(
        keep_finding, key, kind, command.text, said.person, via=said.via, now=here().now(), outcome=outcome
    )
    return about_it(said, about, "finding", kind=kind, outcome=outcome)
