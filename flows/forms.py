"""What does the manager fill in, in the Prefect UI?

Plain types only: what is deeper is validated after resuming.

Every field has a value to begin with, so that another door can resume the run with an empty form; what
counts is the answer in the ledger.
"""

from typing import Any, Literal, TypeVar

from prefect.input import RunInput
from pydantic import Field, create_model

from incident.decisions import Question, Step

IS_INCIDENT = "yes, it is an incident"
NOT_AN_INCIDENT = "no, this is not an incident"


class AssessmentForm(RunInput):
    """The six impact questions, then the severity."""

    answered_by: str = Field(default="", title="Who are you? (your name under people:)")
    is_incident: Literal["yes, it is an incident", "no, this is not an incident"] = Field(
        default="yes, it is an incident", title="Is this an incident?"
    )
    impact: str = Field(default="", title="1. What is the impact on customers, internal or external?")
    symptoms: str = Field(default="", title="2. What do they see?")
    affected: Literal["all", "some", "none"] = Field(
        default="some", title="3. How many customers are affected?"
    )
    started_at: str = Field(
        default="", title="4. When did it start? (2026-11-23T03:10, UTC; empty: with the alert)"
    )
    support_cases: int = Field(default=0, ge=0, title="5. How many support cases are open?")
    other_factors: str = Field(default="", title="6. Other factors (social media, security, data loss)?")
    severity: Literal["1 critical", "2 major", "3 minor"] = Field(default="2 major", title="Severity")
    reason: str = Field(default="", title="If it is not an incident: why?")

    def values(self) -> dict[str, Any]:
        """As the ledger keeps it."""
        plain = self.model_dump(exclude={"answered_by"})
        return {**plain, "is_incident": self.is_incident == IS_INCIDENT, "severity": int(self.severity[0])}


class ResolutionForm(RunInput):
    """One turn of the loop: observe, theorise, experiment, repeat."""

    answered_by: str = Field(default="", title="Who are you? (your name under people:)")
    step: Literal[
        "observation",
        "theory",
        "experiment",
        "change severity",
        "update customers",
        "hand over",
        "resolve",
        "continue",
    ] = Field(default="observation", title="What next?")
    text: str = Field(
        default="", title="In words: what you saw, suppose, tried, tell, or what ended the impact"
    )
    outcome: Literal["", "proved", "refuted", "inconclusive"] = Field(
        default="", title="Of an experiment: what did it show?"
    )
    severity: Literal["", "1 critical", "2 major", "3 minor"] = Field(
        default="", title="To change the severity: the new one"
    )
    role: Literal["", "incident_manager", "tech_lead", "communications_manager"] = Field(
        default="", title="To hand over: which role"
    )
    person: str = Field(default="", title="To hand over: to whom (a name under people:)")

    def values(self) -> dict[str, Any]:
        """As the ledger keeps it."""
        plain = self.model_dump(exclude={"answered_by"})
        return {**plain, "severity": int(self.severity[0]) if self.severity else None}


Form = AssessmentForm | ResolutionForm
F = TypeVar("F", AssessmentForm, ResolutionForm)
_SEVERITIES = {1: "1 critical", 2: "2 major", 3: "3 minor"}


def form_for(question: Question, context: str, proposal: dict[str, Any]) -> type[Form]:
    """The form of a question, with its context above it and the proposal filled in."""
    headline = context.strip().partition("\n")[0]
    if question is Question.RESOLVE:
        proposed = proposal if proposal.get("step") == Step.RESOLVE else {}
        return _with_context(ResolutionForm, context).with_initial_data(description=headline, **proposed)
    severity = _SEVERITIES[int(proposal["severity"])]
    return _with_context(AssessmentForm, context).with_initial_data(description=headline, severity=severity)


def _with_context(form: type[F], context: str) -> type[F]:
    """The form with the context above its first field.

    The description of the form itself, its usual place, is squeezed to nothing by the Prefect UI when the
    screen is lower than the form; the description of a field is not, but loses its single line breaks.
    """
    first = form.model_fields["answered_by"]
    shown = Field(default=first.default, title=first.title, description=context.replace("\n- ", "\n\n- "))
    return create_model(form.__name__, __base__=form, answered_by=(str, shown))
