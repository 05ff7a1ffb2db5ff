"""Is an answer read from every door alike, and is a person told exactly what is wrong with it?"""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident.configuration import Role
from incident.decisions import (
    Affected,
    Answer,
    Assessment,
    Outcome,
    Question,
    ResolutionStep,
    Step,
    read_answer,
)
from incident.errors import AnswerError
from incident.severity import Severity

PEOPLE = frozenset({"alice", "bob"})
ASSESS, RESOLVE = Question.ASSESS, Question.RESOLVE
WHEN = datetime(2026, 11, 23, 3, 10, tzinfo=UTC)


def assessed(**fields: Any) -> Assessment:
    return Assessment(**{"severity": Severity.MAJOR, "impact": "orders fail"} | fields)


@pytest.mark.parametrize(
    ("values", "answer"),
    [
        pytest.param(
            {"severity": 2, "impact": "orders fail"}, assessed(), id="severity and impact are enough"
        ),
        pytest.param({"severity": "2", "impact": " orders fail\n"}, assessed(), id="a web form sends texts"),
        pytest.param(
            {
                "severity": "2",
                "impact": "orders fail",
                "symptoms": "",
                "affected": "",
                "started_at": " ",
                "support_cases": "",
                "other_factors": None,
                "is_incident": None,
                "reason": "",
            },
            assessed(),
            id="what was left blank takes its default",
        ),
        pytest.param(
            {
                "severity": 1,
                "impact": "orders fail",
                "symptoms": "error 500",
                "affected": "all",
                "started_at": "2026-11-23T03:10",
                "support_cases": "4",
                "other_factors": "press",
            },
            assessed(
                severity=Severity.CRITICAL,
                symptoms="error 500",
                affected=Affected.ALL,
                started_at=WHEN,
                support_cases=4,
                other_factors="press",
            ),
            id="all six questions",
        ),
        pytest.param(
            {"severity": 2, "impact": "orders fail", "started_at": "2026-11-23T04:10+01:00"},
            assessed(started_at=WHEN),
            id="a time with an offset",
        ),
        pytest.param(
            {"severity": 2, "impact": "orders fail", "started_at": WHEN.replace(tzinfo=None)},
            assessed(started_at=WHEN),
            id="a time without a zone is UTC, as a value too",
        ),
        pytest.param(
            {"severity": "3", "is_incident": "false", "reason": "a planned restart"},
            assessed(severity=Severity.MINOR, impact="", is_incident=False, reason="a planned restart"),
            id="no incident, with a reason",
        ),
        pytest.param(
            {"severity": 2, "impact": "orders fail", "csrf_token": "x"}, assessed(), id="more than was asked"
        ),
    ],
)
def test_an_assessment_that_can_be_acted_on(values: dict[str, Any], answer: Assessment) -> None:
    assert read_answer(ASSESS, values, PEOPLE) == answer


@pytest.mark.parametrize(
    ("values", "answer"),
    [
        pytest.param({"step": "continue"}, ResolutionStep(step=Step.CONTINUE), id="nothing new"),
        pytest.param(
            {"step": "observation", "text": "the queue grows", "person": "", "role": "", "severity": ""},
            ResolutionStep(step=Step.OBSERVATION, text="the queue grows"),
            id="an observation from a form that shows every field",
        ),
        pytest.param(
            {"step": "experiment", "text": "restarted one", "outcome": "proved"},
            ResolutionStep(step=Step.EXPERIMENT, text="restarted one", outcome=Outcome.PROVED),
            id="an experiment with its outcome",
        ),
        pytest.param(
            {"step": "change severity", "text": "more are affected", "severity": "1"},
            ResolutionStep(step=Step.CHANGE_SEVERITY, text="more are affected", severity=Severity.CRITICAL),
            id="another severity and why",
        ),
        pytest.param(
            {"step": "hand over", "person": " bob ", "role": "tech_lead"},
            ResolutionStep(step=Step.HAND_OVER, person="bob", role=Role.TECH_LEAD),
            id="a hand-over needs no sentence",
        ),
        pytest.param(
            {"step": "resolve", "text": "rolled back", "person": "carol"},
            ResolutionStep(step=Step.RESOLVE, text="rolled back", person="carol"),
            id="a name that is left over from another step does not matter",
        ),
    ],
)
def test_a_step_that_can_be_acted_on(values: dict[str, Any], answer: ResolutionStep) -> None:
    assert read_answer(RESOLVE, values, PEOPLE) == answer


NEEDS_TEXT = "text: a sentence is needed to"


@pytest.mark.parametrize(
    ("question", "values", "problems"),
    [
        pytest.param(ASSESS, {}, ["severity: an answer is needed"], id="nothing"),
        pytest.param(ASSESS, {"severity": " "}, ["severity: an answer is needed"], id="no severity"),
        pytest.param(
            ASSESS,
            {"severity": 4, "impact": "i"},
            ["severity: choose one of 1, 2 or 3"],
            id="a fourth severity",
        ),
        pytest.param(
            ASSESS,
            {"severity": 2},
            ["impact: say in a sentence what customers or colleagues cannot do"],
            id="no impact",
        ),
        pytest.param(
            ASSESS,
            {"severity": 2, "is_incident": False},
            ["reason: say why this is not an incident; it is kept with the alert"],
            id="no incident, no reason",
        ),
        pytest.param(
            ASSESS,
            {"severity": 2, "impact": "i", "affected": "many", "support_cases": -1},
            ["affected: choose one of 'all', 'some' or 'none'", "support_cases: must not be less than 0"],
            id="two things at once",
        ),
        pytest.param(
            ASSESS,
            {"severity": 2, "impact": "i", "support_cases": "few", "is_incident": "perhaps"},
            ["is_incident: answer yes or no", "support_cases: write a whole number"],
            id="words for figures",
        ),
        pytest.param(
            ASSESS,
            {"severity": 2, "impact": "i" * 4001},
            ["impact: write at most 4000 characters"],
            id="a novel",
        ),
        pytest.param(
            ASSESS,
            {"severity": 2, "impact": "i", "started_at": "at night"},
            ["started_at: 'at night' is no time; write it as 2026-11-23T03:10 (UTC) or with an offset"],
            id="no time",
        ),
        pytest.param(RESOLVE, {}, ["step: an answer is needed"], id="no step"),
        pytest.param(
            RESOLVE,
            {"step": "observation", "text": " "},
            [f"{NEEDS_TEXT} record this"],
            id="an empty observation",
        ),
        pytest.param(RESOLVE, {"step": "theory"}, [f"{NEEDS_TEXT} record this"], id="an empty theory"),
        pytest.param(
            RESOLVE,
            {"step": "experiment", "text": "t"},
            ["outcome: say if the experiment proved, refuted or left the theory open"],
            id="an experiment without outcome",
        ),
        pytest.param(
            RESOLVE,
            {"step": "experiment", "outcome": "proved"},
            [f"{NEEDS_TEXT} record this"],
            id="an outcome without experiment",
        ),
        pytest.param(
            RESOLVE,
            {"step": "change severity", "text": "t"},
            ["severity: choose the new severity, 1, 2 or 3"],
            id="no new severity",
        ),
        pytest.param(
            RESOLVE,
            {"step": "change severity", "severity": 1},
            [f"{NEEDS_TEXT} say why the severity changes"],
            id="a new severity without reason",
        ),
        pytest.param(
            RESOLVE,
            {"step": "update customers"},
            [f"{NEEDS_TEXT} tell customers something new"],
            id="an empty update",
        ),
        pytest.param(
            RESOLVE, {"step": "resolve"}, [f"{NEEDS_TEXT} say what ended the impact"], id="resolved by itself"
        ),
        pytest.param(
            RESOLVE,
            {"step": "hand over", "person": "bob"},
            ["person and role: say who takes over which role"],
            id="a hand-over of nothing",
        ),
        pytest.param(
            RESOLVE,
            {"step": "hand over", "role": "tech_lead"},
            ["person and role: say who takes over which role"],
            id="a hand-over to nobody",
        ),
        pytest.param(
            RESOLVE,
            {"step": "hand over", "role": "tech_lead", "person": "carol"},
            ["person: 'carol' is not known; known: alice, bob"],
            id="a hand-over to a stranger",
        ),
    ],
)
def test_an_answer_that_has_to_be_asked_again(
    question: Question, values: dict[str, Any], problems: list[str]
) -> None:
    with pytest.raises(AnswerError) as caught:
        read_answer(question, values, PEOPLE)

    assert caught.value.problems == problems


FIELDS = (*Assessment.model_fields, *ResolutionStep.model_fields)
ODD = st.sampled_from(
    [
        None,
        "",
        "1",
        1,
        -1,
        1.5,
        True,
        "true",
        "all",
        "resolve",
        "hand over",
        "alice",
        "t",
        [],
        {},
        [1],
        {"a": 1},
    ]
)


def answer_or_problems(question: Question, values: dict[str, Any]) -> Answer | list[str]:
    try:
        return read_answer(question, values, PEOPLE)
    except AnswerError as refused:
        return refused.problems


@given(st.sampled_from(Question), st.dictionaries(st.sampled_from(FIELDS), ODD))
def test_whatever_a_form_sends_is_an_answer_or_a_list_of_sentences(
    question: Question, values: dict[str, Any]
) -> None:
    given_back = answer_or_problems(question, values)

    if isinstance(given_back, list):
        assert given_back
        assert all(problem.partition(": ")[2] for problem in given_back)
    else:
        assert read_answer(question, given_back.model_dump(mode="json"), PEOPLE) == given_back
