"""Is somebody at a terminal asked what every form asks?"""

import io
from typing import Any

import pytest

from incident.decisions import Question, read_answer
from service.cli.asking import ask_person

PEOPLE = ("alice", "bob")
PROPOSED = {"is_incident": True, "severity": 2, "impact": "Not assessed yet"}


def ask(monkeypatch: pytest.MonkeyPatch, question: Question, *typed: str, **proposed: Any) -> dict[str, Any]:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in typed)))
    return ask_person(question, proposed, PEOPLE)


@pytest.mark.parametrize(
    ("question", "typed", "expected"),
    [
        pytest.param(
            Question.ASSESS,
            ["", "Nobody can pay", "an error page", "all", "", "3", "", "1"],
            {"severity": 1, "impact": "Nobody can pay", "affected": "all", "support_cases": 3},
            id="an assessment",
        ),
        pytest.param(
            Question.ASSESS,
            [""] * 8,
            {"severity": 2, "impact": "Not assessed yet", "affected": "some"},
            id="the proposal, confirmed with Enter",
        ),
        pytest.param(
            Question.ASSESS, ["n", "a drill"], {"is_incident": False, "reason": "a drill"}, id="no incident"
        ),
        pytest.param(
            Question.RESOLVE,
            ["experiment", "restarted it", "proved"],
            {"step": "experiment", "text": "restarted it", "outcome": "proved"},
            id="an experiment",
        ),
        pytest.param(
            Question.RESOLVE,
            ["resolve", "it was full"],
            {"step": "resolve", "text": "it was full"},
            id="resolved",
        ),
        pytest.param(
            Question.RESOLVE,
            ["change severity", "cards work", "3"],
            {"step": "change severity", "severity": 3},
            id="another severity",
        ),
        pytest.param(
            Question.RESOLVE,
            ["hand over", "incident_manager", "carol", "bob"],
            {"step": "hand over", "role": "incident_manager", "person": "bob"},
            id="a hand-over, after a name that is nobody's",
        ),
        pytest.param(Question.RESOLVE, ["continue"], {"step": "continue"}, id="nothing new"),
    ],
)
def test_what_is_typed_is_an_answer_that_can_be_acted_on(
    monkeypatch: pytest.MonkeyPatch, question: Question, typed: list[str], expected: dict[str, Any]
) -> None:
    proposed = PROPOSED if question is Question.ASSESS else {"step": "continue"}
    values = ask(monkeypatch, question, *typed, **proposed)
    answer = read_answer(question, values, frozenset(PEOPLE)).model_dump(mode="json")
    assert {name: answer[name] for name in expected} == expected
