"""How does somebody decide by a command? By an answer to the open question, as on the web page."""

from typing import Any, assert_never

from incident.commands import GiveRole, Resolve, SetSeverity, Update
from incident.decisions import Question, Step
from incident.errors import NotFoundError
from incident.lifecycle import LIVE
from ledger.by_hand import assign
from tasks.background import later
from tasks.doors import go_on, take_answer
from tasks.incident import Matter
from tasks.speech import Reply, Said, about_it
from tasks.surroundings import here
from tasks.welcome import welcome
from tasks.writing_down import keep_words

MYSELF = frozenset({"me", "myself", "io", "me stesso", "me stessa"})
LONGEST_IMPACT = 1000
"""Characters of a title that stands for an impact nobody has put into words."""


async def decide(said: Said, about: Matter, command: SetSeverity | GiveRole | Update | Resolve) -> Reply:
    """Severity, role, update or the end.

    Raises:
        AnswerError: the words cannot be acted on; the question stays open.
        NotFoundError: whoever gets the role is not known.
        TransitionError: the incident is over.
    """
    match command:
        case SetSeverity():
            return await _set_severity(said, about, command)
        case GiveRole():
            return await _give_role(said, about, command)
        case Update():
            return await _step(said, about, "update", {"step": Step.UPDATE.value, "text": command.text})
        case Resolve():
            return await _step(said, about, "resolved", {"step": Step.RESOLVE.value, "text": command.text})
        case _:
            assert_never(command)


async def _set_severity(said: Said, about: Matter, command: SetSeverity) -> Reply:
    """Before the assessment it is the assessment, with the title for an impact that is not put into words."""
    severity, asked = int(command.severity), about.story.open_decision
    if asked is not None and asked.question is Question.ASSESS:
        values = {"severity": severity, "impact": command.reason or about.story.title[:LONGEST_IMPACT]}
        return await _answer(said, about, asked.key, values, "assessed", severity=command.severity)
    if asked is not None and about.story.severity is command.severity:
        return about_it(said, about, "severity", severity=command.severity, already=True)
    reason = command.reason or about.text("command/no_reason.line", person=said.person)
    values = {"step": Step.CHANGE_SEVERITY.value, "severity": severity, "text": reason}
    return await _step(said, about, "severity", values, severity=command.severity, already=False)


async def _step(said: Said, about: Matter, name: str, values: dict[str, Any], **told: Any) -> Reply:
    """Answer the open question of the loop; while another one or none is open, keep the words as a note."""
    asked = about.story.open_decision
    if asked is not None and asked.question is Question.RESOLVE:
        return await _answer(said, about, asked.key, values, name, **told)
    await keep_words(said, about, said.text.strip())
    return about_it(said, about, "kept", ok=False, over=about.story.status not in LIVE, asked=asked)


async def _answer(
    said: Said, about: Matter, decision: str, values: dict[str, Any], name: str, **told: Any
) -> Reply:
    key = about.story.key
    verdict = await take_answer(key, decision, values, by=said.person, via=said.via)
    if not verdict.won:
        return about_it(said, about, "late", ok=False, by=verdict.by, via=verdict.via)
    later(f"{key}: going on after {decision}", go_on(verdict.flow_run_id))
    return about_it(said, about, name, **told)


async def _give_role(said: Said, about: Matter, command: GiveRole) -> Reply:
    whom, key = _named(said, about, command.person), about.story.key
    given = await here().ledger.awrite(
        assign, key, command.role, whom, by=said.person, now=here().now(), via=said.via
    )
    if given:
        later(f"{key}: welcoming {whom}", welcome(key, whom))
    return about_it(said, about, "role", role=command.role, whom=whom)


def _named(said: Said, about: Matter, written: str) -> str:
    """Who is meant by a key under people:, a name, or a word for the one who speaks."""
    if written.casefold() in MYSELF:
        return said.person
    people, wanted = about.configuration.people, written.casefold()
    if wanted in people:
        return wanted
    found = [key for key, person in people.items() if person.name.casefold() == wanted]
    if len(found) != 1:
        raise NotFoundError(f"{written!r} is not under people:; known: {', '.join(sorted(people))}")
    return found[0]
