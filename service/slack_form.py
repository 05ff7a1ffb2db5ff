"""What does the form of a question look like in Slack? A modal with an input for each field of the answer.

Source: Slack's documentation of views and input blocks. A block has the name of its field, so that whatever
is wrong with an answer is shown below the input that it is about.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from blocks.slack_app import plain_text
from incident.configuration import Language
from incident.decisions import Question
from incident.story import DecisionTaken, Story
from templates.words import words

FORM = "answer"
TITLE_LENGTH, OPTION_LENGTH, MOST_OPTIONS, TEXT_LENGTH, LABEL_LENGTH = 24, 75, 100, 3000, 2000
"""What Slack takes: characters, and options of a list."""

Block = dict[str, Any]


def form_of(story: Story, decision: DecisionTaken, people: Mapping[str, str], language: Language) -> Block:
    """The modal for an open question; `people` has names by key."""
    spoken = words(language)
    assesses = decision.question is Question.ASSESS
    title = spoken["assess" if assesses else "resolve"]["title"]
    return {
        "type": "modal",
        "callback_id": FORM,
        "private_metadata": json.dumps({"incident": story.key, "decision": decision.key}),
        "title": plain_text(f"{title} {story.key}"[:TITLE_LENGTH]),
        "submit": plain_text(spoken["resolve"]["submit"][:TITLE_LENGTH]),
        "blocks": _assessment(decision, spoken) if assesses else _step(people, spoken),
    }


def errors_of(problems: Iterable[str], fields: Iterable[str]) -> dict[str, Any]:
    """The answer to a form with problems, each below its input; the first has those of none."""
    known = tuple(fields)
    shown: dict[str, str] = {}
    for problem in problems:
        field, colon, said = problem.partition(": ")
        field = field.split(" and ")[0]
        place, text = (field, said) if colon and field in known else (known[0], problem)
        shown[place] = f"{shown[place]} {text}" if place in shown else text
    return {"response_action": "errors", "errors": shown}


def fields_of(decision: str) -> tuple[str, ...]:
    """The inputs of the form of a question, by its key, such as assess-1; the most important first."""
    return _ASSESSED if decision.startswith(Question.ASSESS) else _STEPPED


def told(text: str, title: str) -> dict[str, Any]:
    """The answer to a form that shows a text in its place."""
    block = {"type": "section", "text": plain_text(text[:TEXT_LENGTH])}
    view = {"type": "modal", "title": plain_text(title[:TITLE_LENGTH]), "blocks": [block]}
    return {"response_action": "update", "view": view}


_ASSESSED = (
    "severity",
    "impact",
    "symptoms",
    "affected",
    "support_cases",
    "other_factors",
    "is_incident",
    "reason",
)
_STEPPED = ("step", "text", "outcome", "severity", "role", "person")


def _assessment(decision: DecisionTaken, spoken: Mapping[str, Any]) -> list[Block]:
    asks, forms = spoken["assess"], spoken["forms"]
    severities = {str(number): f"{number} {name}" for number, name in spoken["severities"].items()}
    proposed = str(decision.proposal.get("severity", ""))
    is_it = {"true": forms["yes_incident"], "false": forms["no_incident"]}
    return [
        _input("severity", asks["severity"], _choice(severities, proposed), hint=asks["in_doubt"]),
        _input("impact", asks["impact"], _lines(), optional=True, hint=asks["impact_hint"]),
        _input("symptoms", asks["symptoms"], _lines(), optional=True, hint=asks["symptoms_hint"]),
        _input("affected", asks["affected"], _choice(spoken["affected"], "some")),
        _input("support_cases", asks["support_cases"], _number()),
        _input("other_factors", asks["other_factors"], _lines(), optional=True),
        _input("is_incident", forms["is_incident"], _choice(is_it, "true")),
        _input("reason", asks["reason"], _lines(), optional=True),
    ]


def _step(people: Mapping[str, str], spoken: Mapping[str, Any]) -> list[Block]:
    asks = spoken["resolve"]
    severities = {str(number): f"{number} {name}" for number, name in spoken["severities"].items()}
    person = _choice(people) if len(people) <= MOST_OPTIONS else {"type": "plain_text_input"}
    return [
        _input("step", asks["step"], _choice(spoken["steps"])),
        _input("text", asks["text"], _lines(), optional=True, hint=asks["text_hint"]),
        _input("outcome", asks["outcome"], _choice(spoken["outcomes"]), optional=True),
        _input("severity", asks["severity"], _choice(severities), optional=True),
        _input("role", asks["role"], _choice(spoken["roles"]), optional=True),
        _input("person", asks["person"], person, optional=True),
    ]


def _input(field: str, label: str, element: Block, *, optional: bool = False, hint: str = "") -> Block:
    shown: Block = {
        "type": "input",
        "block_id": field,
        "label": plain_text(label[:LABEL_LENGTH]),
        "element": {**element, "action_id": field},
        "optional": optional,
    }
    return {**shown, "hint": plain_text(hint[:LABEL_LENGTH])} if hint else shown


def _choice(names: Mapping[str, str], chosen: str = "") -> Block:
    options = {
        value: {"text": plain_text(name[:OPTION_LENGTH]), "value": value} for value, name in names.items()
    }
    first = {"initial_option": options[chosen]} if chosen in options else {}
    return {"type": "static_select", "options": list(options.values()), **first}


def _lines() -> Block:
    return {"type": "plain_text_input", "multiline": True, "max_length": TEXT_LENGTH}


def _number() -> Block:
    return {"type": "number_input", "is_decimal_allowed": False, "min_value": "0", "initial_value": "0"}
