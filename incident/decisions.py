"""What does the incident manager decide, and when is an answer good enough to act on?

An answer comes as plain values through any door (Prefect form, web, chat, command line); it is read here, so
that the doors agree. An answer that cannot be read is asked again with its problems; it never fails a run.
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from incident.configuration import Role
from incident.errors import AnswerError
from incident.severity import Severity

NOBODY = "nobody"


class Question(StrEnum):
    """What is asked."""

    ASSESS = "assess"
    RESOLVE = "resolve"


class Via(StrEnum):
    """The door an answer came through."""

    PREFECT = "prefect"
    WEB = "web"
    CLI = "cli"
    CHAT = "chat"
    PHONE = "phone"
    DEADLINE = "deadline"
    RULE = "rule"
    PROVIDER = "provider"


class Affected(StrEnum):
    """How many customers are affected."""

    ALL = "all"
    SOME = "some"
    NONE = "none"


class Step(StrEnum):
    """What the manager can do while the incident is worked on."""

    OBSERVATION = "observation"
    THEORY = "theory"
    EXPERIMENT = "experiment"
    CHANGE_SEVERITY = "change severity"
    UPDATE = "update customers"
    HAND_OVER = "hand over"
    RESOLVE = "resolve"
    CONTINUE = "continue"


class Outcome(StrEnum):
    """What an experiment showed."""

    PROVED = "proved"
    REFUTED = "refuted"
    INCONCLUSIVE = "inconclusive"


FINDINGS = frozenset({Step.OBSERVATION, Step.THEORY, Step.EXPERIMENT})


def _utc_if_naive(value: Any) -> Any:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            wanted = "write it as 2026-11-23T03:10 (UTC) or with an offset"
            raise ValueError(f"{value!r} is no time; {wanted}") from None
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return value


Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    @model_validator(mode="before")
    @classmethod
    def _blank_is_not_given(cls, values: Any) -> Any:
        """Forms send every field; one that was left blank takes its default, or is missed."""
        if not isinstance(values, dict):
            return values
        said = {name: _without_nul(value) for name, value in values.items()}
        return {name: value for name, value in said.items() if value is not None and str(value).strip()}


def _without_nul(value: Any) -> Any:
    return value.replace("\0", "") if isinstance(value, str) else value  # PostgreSQL keeps none in a text


class Assessment(_Answer):
    """The six impact questions and the severity (phase 3)."""

    is_incident: bool = True
    severity: Severity
    impact: Text = ""
    symptoms: Text = ""
    affected: Affected = Affected.SOME
    started_at: Annotated[AwareDatetime | None, BeforeValidator(_utc_if_naive)] = None
    support_cases: Annotated[int, Field(ge=0)] = 0
    other_factors: Text = ""
    reason: Annotated[Text, Field(description="Why this is not an incident.")] = ""

    @model_validator(mode="after")
    def _says_enough(self) -> "Assessment":
        if not self.is_incident and not self.reason:
            raise ValueError("reason: say why this is not an incident; it is kept with the alert")
        if self.is_incident and not self.impact:
            raise ValueError("impact: say in a sentence what customers or colleagues cannot do")
        return self


class ResolutionStep(_Answer):
    """One turn of the loop observe, theorise, experiment, repeat (phase 7)."""

    step: Step
    text: Text = ""
    outcome: Outcome | None = None
    severity: Severity | None = None
    role: Role | None = None
    person: Text | None = None

    @model_validator(mode="after")
    def _says_enough(self) -> "ResolutionStep":
        match self.step:
            case Step.CONTINUE:
                pass
            case Step.CHANGE_SEVERITY if self.severity is None:
                raise ValueError("severity: choose the new severity, 1, 2 or 3")
            case Step.HAND_OVER if self.person is None or self.role is None:
                raise ValueError("person and role: say who takes over which role")
            case Step.EXPERIMENT if self.outcome is None:
                raise ValueError("outcome: say if the experiment proved, refuted or left the theory open")
            case _ if not self.text and self.step is not Step.HAND_OVER:
                raise ValueError(f"text: a sentence is needed to {_PURPOSE.get(self.step, 'record this')}")
        return self


_PURPOSE = {
    Step.CHANGE_SEVERITY: "say why the severity changes",
    Step.UPDATE: "tell customers something new",
    Step.RESOLVE: "say what ended the impact",
}

Answer = Assessment | ResolutionStep
_READERS: dict[Question, type[Answer]] = {Question.ASSESS: Assessment, Question.RESOLVE: ResolutionStep}


def read_answer(question: Question, values: dict[str, Any], people: frozenset[str]) -> Answer:
    """The answer that plain values mean.

    Raises:
        AnswerError: the values cannot be acted on; its problems name the fields and say what to write.
    """
    try:
        answer = _READERS[question].model_validate(values)
    except ValidationError as error:
        raise AnswerError([_problem(dict(found)) for found in error.errors()]) from None
    takes_over = (
        answer.person if isinstance(answer, ResolutionStep) and answer.step is Step.HAND_OVER else None
    )
    if takes_over and takes_over not in people:
        raise AnswerError([f"person: {takes_over!r} is not known; known: {', '.join(sorted(people))}"])
    return answer


_WORDED = {
    "missing": "an answer is needed",
    "enum": "choose one of {expected}",
    "int_parsing": "write a whole number",
    "greater_than_equal": "must not be less than {ge}",
    "string_too_long": "write at most {max_length} characters",
    "bool_parsing": "answer yes or no",
}
"""What to say to a person instead of what pydantic says to a programmer, by pydantic's name of the error."""


def _problem(error: dict[str, Any]) -> str:
    field = ".".join(str(part) for part in error["loc"])
    worded = _WORDED.get(error["type"], str(error["msg"]).removeprefix("Value error, "))
    message = worded.format(**error.get("ctx", {})) if error["type"] in _WORDED else worded
    return f"{field}: {message}" if field else message
