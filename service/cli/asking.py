"""What is a person at a terminal asked? The same as in every form, question by question."""

from collections.abc import Iterable
from typing import Any

from rich.prompt import Confirm, Prompt

from incident.configuration import Role
from incident.decisions import FINDINGS, Affected, Outcome, Question, Step


def ask_person(question: Question, proposed: dict[str, Any], people: Iterable[str]) -> dict[str, Any]:
    """The answers of the person, as plain values; what is proposed stands in brackets."""
    if question is Question.ASSESS:
        return _assessment(proposed)
    return _step(proposed, people)


def _assessment(proposed: dict[str, Any]) -> dict[str, Any]:
    if not Confirm.ask("Is this an incident?", default=bool(proposed.get("is_incident", True))):
        reason = _text("Why not?", proposed, "reason")
        return {"is_incident": False, "severity": proposed.get("severity", 3), "reason": reason}
    return {
        "is_incident": True,
        "impact": _text("1. What is the impact on customers, internal or external?", proposed, "impact"),
        "symptoms": _text("2. What do they see?", proposed, "symptoms"),
        "affected": _choice(
            "3. How many customers are affected?", Affected, proposed.get("affected", "some")
        ),
        "started_at": _text("4. When did it start (2026-11-23T03:10, UTC)?", proposed, "started_at"),
        "support_cases": _text("5. How many support cases are open?", proposed, "support_cases"),
        "other_factors": _text(
            "6. Other factors (social media, security, data loss)?", proposed, "other_factors"
        ),
        "severity": _choice("Severity", ("1", "2", "3"), str(proposed.get("severity", 2))),
    }


def _step(proposed: dict[str, Any], people: Iterable[str]) -> dict[str, Any]:
    step = Step(_choice("What next?", Step, str(proposed.get("step", Step.OBSERVATION))))
    values: dict[str, Any] = {"step": step}
    if step in FINDINGS or step in {Step.CHANGE_SEVERITY, Step.UPDATE, Step.RESOLVE}:
        values["text"] = _text("In words", proposed, "text")
    if step is Step.EXPERIMENT:
        values["outcome"] = _choice("What did it show?", Outcome, Outcome.INCONCLUSIVE)
    if step is Step.CHANGE_SEVERITY:
        values["severity"] = _choice("The new severity", ("1", "2", "3"), "2")
    if step is Step.HAND_OVER:
        values["role"] = _choice("Which role?", Role, Role.MANAGER)
        values["person"] = _choice("Who takes it over?", people, None)
    return values


def _text(question: str, proposed: dict[str, Any], field: str) -> str:
    default = str(proposed.get(field) or "")
    return Prompt.ask(question, default=default, show_default=bool(default))


def _choice(question: str, among: Iterable[str], default: str | None) -> str:
    choices = [str(each) for each in among]
    if default is None:
        return Prompt.ask(question, choices=choices)
    return Prompt.ask(question, choices=choices, default=str(default))
