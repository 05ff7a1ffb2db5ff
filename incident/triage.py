"""What should happen to an alert, and why? Every accepted alert ends in one end state, with its reason.

The questions below are asked in their order; the first one that has an outcome decides. docs/triage.md draws
them, `incident alerts explain` shows them at work.
"""

from collections.abc import Callable, Iterator

from pydantic import BaseModel, ConfigDict

from incident import triage_questions as ask
from incident.alert import Alert
from incident.outcomes import Outcome
from incident.triage_situation import Situation

Questions = tuple[tuple[str, Callable[[Alert, Situation], ask.Answer]], ...]

ABOUT_ITSELF: Questions = (
    ("information", ask.information),
    ("acknowledgement", ask.acknowledgement),
    ("recovery", ask.recovery),
    ("duplicate", ask.duplicate),
)
"""What the condition alone can answer. Recoveries are never silenced."""

ABOUT_THE_WORLD: Questions = (
    ("silence", ask.silence),
    ("maintenance", ask.maintenance),
    ("inhibition", ask.inhibition),
    ("flapping", ask.flapping),
    ("its own incident", ask.its_incident),
    ("threshold", ask.threshold),
    ("grouping", ask.group),
    ("dependency", ask.dependency),
    ("minimum severity", ask.minimum_severity),
    ("open", ask.open_one),
)
"""What depends on everything else; the last one always has an outcome."""

QUESTIONS = ABOUT_ITSELF + ABOUT_THE_WORLD


class Step(BaseModel):
    """One question that was asked, and its answer."""

    model_config = ConfigDict(frozen=True)

    question: str
    outcome: Outcome | None
    reason: str


def triage(alert: Alert, situation: Situation) -> Outcome:
    """The one outcome of an alert."""
    return next(step.outcome for step in consider(alert, situation) if step.outcome)


def settled(alert: Alert, situation: Situation) -> Outcome | None:
    """The outcome if the condition alone decides: then nothing else needs to be known."""
    asked = consider(alert, situation, ABOUT_ITSELF)
    return next((step.outcome for step in asked if step.outcome), None)


def consider(alert: Alert, situation: Situation, questions: Questions = QUESTIONS) -> Iterator[Step]:
    """The questions that are asked of an alert, up to the one that decides."""
    for question, answers in questions:
        answer = answers(alert, situation)
        if not isinstance(answer, str):
            yield Step(question=question, outcome=answer, reason=answer.reason)
            return
        yield Step(question=question, outcome=None, reason=answer)
