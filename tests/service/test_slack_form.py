"""Is the form one that Slack takes, with an input for every field of an answer?"""

import json
from typing import Any

import httpx
import pytest

from blocks import SlackChat
from incident.configuration import Language
from incident.decisions import Assessment, Question, ResolutionStep
from incident.story import DecisionTaken, Story
from service.slack_form import errors_of, fields_of, form_of, told
from tests.blocks.published import obeying
from tests.stories import PEOPLE, STORIES, at

STORY: Story = next(iter(STORIES.values()))
MANY = {f"person{number}": f"Person {number}" for number in range(101)}


def asked(question: Question) -> DecisionTaken:
    return DecisionTaken(
        key=f"{question}-1", question=question, asked_at=at(1), due_at=at(21), proposal={"severity": 2}
    )


def inputs(view: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {block["block_id"]: block["element"] for block in view["blocks"]}


def parts(view: dict[str, Any]) -> set[tuple[str, ...]]:
    """The kinds of inputs, each with the fields that it may have."""
    found = set()
    for block in view["blocks"]:
        element = block["element"]
        found |= {(element["type"], field) for field in element} | {("input", field) for field in block}
    return found


FORMS = [(question, language) for question in Question for language in Language]


async def test_slack_takes_the_form_of_an_assessment() -> None:
    """With one input of each kind: to look through them all takes the description of views very long."""
    transport = obeying({"slack.com": "slack31"}, lambda _: httpx.Response(200, json={"ok": True}))
    chat = SlackChat(token="xoxb-1")
    chat._transport = transport
    whole = form_of(STORY, asked(Question.ASSESS), PEOPLE, Language.ENGLISH)
    kinds = {block["element"]["type"]: block for block in reversed(whole["blocks"])}
    view = whole | {"blocks": list(kinds.values())}
    await chat.open_form("12345.98765.abcd2358fdea", view)
    assert transport.body()["view"] == view


@pytest.mark.parametrize(("question", "language"), FORMS)
def test_the_other_forms_are_made_of_the_same_parts(question: Question, language: Language) -> None:
    view = form_of(STORY, asked(question), PEOPLE, language)
    known = form_of(STORY, asked(Question.ASSESS), PEOPLE, Language.ENGLISH)
    assert parts(view) <= parts(known)
    assert set(view) == set(known)


@pytest.mark.parametrize(("question", "language"), FORMS)
def test_no_text_of_it_is_longer_than_slack_shows(question: Question, language: Language) -> None:
    view = form_of(STORY, asked(question), MANY, language)
    assert len(view["title"]["text"]) <= 24
    assert len(view["submit"]["text"]) <= 24
    for element in inputs(view).values():
        options = element.get("options", [])
        assert len(options) <= 100
        assert all(len(option["text"]["text"]) <= 75 for option in options)


@pytest.mark.parametrize("question", Question)
def test_every_field_that_may_be_wrong_has_an_input(question: Question) -> None:
    view = form_of(STORY, asked(question), PEOPLE, Language.ENGLISH)
    assert tuple(inputs(view)) == fields_of(f"{question}-1")
    answer = Assessment if question is Question.ASSESS else ResolutionStep
    assert set(inputs(view)) | {"started_at"} >= set(answer.model_fields)


def test_the_severity_that_is_proposed_is_chosen() -> None:
    severity = inputs(form_of(STORY, asked(Question.ASSESS), PEOPLE, Language.ENGLISH))["severity"]
    assert severity["initial_option"]["value"] == "2"


def test_more_people_than_a_list_may_have_are_written_by_hand() -> None:
    form = inputs(form_of(STORY, asked(Question.RESOLVE), MANY, Language.ENGLISH))
    assert form["person"]["type"] == "plain_text_input"


def test_it_says_which_question_it_answers() -> None:
    view = form_of(STORY, asked(Question.RESOLVE), PEOPLE, Language.ENGLISH)
    assert json.loads(view["private_metadata"]) == {"incident": STORY.key, "decision": "resolve-1"}


PLACES = {
    "at its field": (["text: say why"], {"text": "say why"}),
    "at the first of two": (["person and role: say who"], {"person": "say who"}),
    "both at one field": (["text: one", "text: two"], {"text": "one two"}),
    "at the first field, if at none": (["that cannot be"], {"step": "that cannot be"}),
    "at the first field, if at one that is not shown": (["at: when?"], {"step": "at: when?"}),
}


@pytest.mark.parametrize(("problems", "shown"), PLACES.values(), ids=PLACES)
def test_a_problem_is_shown(problems: list[str], shown: dict[str, str]) -> None:
    assert errors_of(problems, fields_of("resolve-1")) == {"response_action": "errors", "errors": shown}


def test_what_it_came_to_takes_the_place_of_the_form() -> None:
    answer = told("x" * 4000, "INC-1")
    assert answer["response_action"] == "update"
    assert len(answer["view"]["blocks"][0]["text"]["text"]) == 3000
