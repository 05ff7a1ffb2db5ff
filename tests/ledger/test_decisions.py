"""Does the first valid answer win, through whatever door, and is no other one lost?"""

from functools import partial
from typing import Any

import pytest
from sqlmodel import Session

from incident.decisions import NOBODY, Assessment, Question, Via
from incident.errors import AnswerError, NotFoundError
from incident.lifecycle import Status
from ledger.decisions import (
    Standing,
    answer_of,
    decisions_overdue,
    decisions_unseen,
    keep_invalid,
    problems_of,
    settle_overdue,
    standing_of,
    use_up_form,
)
from ledger.incidents import find_incident
from ledger.questions import find_decision, open_decision
from ledger.tables import AnswerRow, DecisionRow, EscalationRow, RunRow
from tests.ledger.desk import Desk, at, together
from tests.ledger.life import ask_about, assess, give

BROKEN = {"severity": "dreadful"}


@pytest.fixture(autouse=True)
def incident(desk: Desk) -> None:
    desk.open()


def _settle(desk: Desk, minutes: float) -> Any:
    return desk.ledger.write(settle_overdue, "INC-1", "assess-1", at(minutes))


def _standing(desk: Desk) -> Standing:
    return desk.ledger.read(standing_of, "INC-1", "assess-1")


def _won(desk: Desk, minutes: float = 2) -> Any:
    return desk.ledger.write(answer_of, "INC-1", "assess-1", at(minutes))


def _use_up(desk: Desk) -> None:
    problems = ["severity: choose 1, 2 or 3"]
    desk.ledger.write(use_up_form, "INC-1", "assess-1", BROKEN, problems, "alice", at(1))


def test_a_question_comes_with_a_proposal_a_deadline_and_a_run_that_keeps_it(desk: Desk) -> None:
    asked = ask_about(desk)
    assert (asked.key, asked.answered, asked.due_at) == ("assess-1", False, at(10))
    assert asked.proposal["severity"] == 1
    assert [(run.key, run.due_at) for run in desk.rows(RunRow)][-1] == ("INC-1/deadline/assess-1", at(10))


def test_asking_again_returns_the_question_that_stands(desk: Desk) -> None:
    first = ask_about(desk)
    assert ask_about(desk, now=at(5)) == first
    assert len(desk.said("asked")) == 1


def test_processes_that_ask_at_once_ask_once(desk: Desk) -> None:
    asked = together(*[lambda: ask_about(desk)] * 6)
    assert len(desk.rows(DecisionRow)) == 1
    assert {each.key for each in asked} == {"assess-1"}
    assert [run.key for run in desk.rows(RunRow)].count("INC-1/deadline/assess-1") == 1


def test_the_question_that_waits_is_found(desk: Desk) -> None:
    assert desk.ledger.read(open_decision, "INC-1") is None
    ask_about(desk)
    found = desk.ledger.read(open_decision, "INC-1")
    assert found is not None
    assert found.key == "assess-1"
    give(desk)
    assert desk.ledger.read(open_decision, "INC-1") is None


def test_a_question_that_was_not_asked_is_said(desk: Desk) -> None:
    with pytest.raises(NotFoundError, match="INC-1 has no question assess-1"):
        desk.ledger.read(find_decision, "INC-1", "assess-1")
    with pytest.raises(NotFoundError, match="INC-1 has no question assess-1"):
        give(desk)


def test_the_first_answer_wins_and_the_run_goes_on_with_it(desk: Desk) -> None:
    ask_about(desk)
    assert _won(desk) is None
    verdict = give(desk, by="alice", via=Via.WEB)
    assert (verdict.won, verdict.by, verdict.flow_run_id) == (True, "alice", "run-1")
    answer, by, via = _won(desk)
    assert isinstance(answer, Assessment)
    assert (answer.severity, by, via) == (2, "alice", Via.WEB)


def test_a_later_answer_is_kept_as_late_and_changes_nothing(desk: Desk) -> None:
    ask_about(desk)
    give(desk)
    verdict = give(desk, minutes=2, by="bob", via=Via.CHAT, severity=3)
    assert (verdict.won, verdict.by, verdict.via) == (False, "alice", Via.WEB)
    (late,) = desk.rows(AnswerRow)
    assert (late.by, late.via, late.given["severity"], late.problems) == ("bob", Via.CHAT, 3, ())
    assert _won(desk)[0].severity == 2
    assert desk.said("late answer") == [
        "assess-1: bob answered too, after alice; it is kept and changes nothing"
    ]


def test_a_late_answer_need_not_be_a_good_one(desk: Desk) -> None:
    ask_about(desk)
    give(desk)
    assert not give(desk, by="bob", severity="dreadful").won


def test_saying_the_same_again_changes_nothing(desk: Desk) -> None:
    ask_about(desk)
    assert [give(desk).won, give(desk, minutes=2).won] == [True, True]
    assert [give(desk, by="bob").won, give(desk, by="bob").won] == [False, False]
    assert len(desk.rows(AnswerRow)) == 1
    assert len(desk.said("decided")) == len(desk.said("late answer")) == 1


def test_of_people_who_answer_at_once_one_wins_and_the_others_are_kept(desk: Desk) -> None:
    ask_about(desk)
    people = ["alice", "bob", "carol", "dave", "erin", "frank"]
    verdicts = together(*[partial(give, desk, 1, person) for person in people])
    assert [verdict.won for verdict in verdicts].count(True) == 1
    assert {verdict.by for verdict in verdicts} == {desk.rows(DecisionRow)[0].by}
    assert len(desk.rows(AnswerRow)) == 5
    assert len(desk.said("decided")) == 1


def test_an_answer_that_cannot_be_acted_on_leaves_the_question_open(desk: Desk) -> None:
    ask_about(desk)
    with pytest.raises(AnswerError, match="severity"):
        give(desk, severity="dreadful")
    assert _standing(desk) is Standing.OPEN
    assert desk.said("decided") == []


def test_an_invalid_answer_is_kept_with_its_problems_once(desk: Desk) -> None:
    ask_about(desk)
    keep = partial(keep_invalid, by="alice", via=Via.WEB, now=at(1))
    for _ in range(2):
        desk.ledger.write(keep, "INC-1", "assess-1", BROKEN, ["severity: choose one"])
    assert [row.problems for row in desk.rows(AnswerRow)] == [("severity: choose one",)]
    assert len(desk.said("invalid answer")) == 1
    assert give(desk).won


def test_a_form_that_cannot_be_acted_on_is_used_up_and_says_why(desk: Desk) -> None:
    ask_about(desk)
    _use_up(desk)
    assert _standing(desk) is Standing.SETTLED
    assert _won(desk) is None
    assert desk.ledger.read(problems_of, "INC-1", "assess-1") == ("severity: choose 1, 2 or 3",)
    assert ask_about(desk, number=2).answered is False


def test_a_form_is_not_used_up_when_another_door_was_faster(desk: Desk) -> None:
    ask_about(desk)
    give(desk)
    _use_up(desk)
    assert _won(desk)[1] == "alice"


def test_a_question_without_invalid_answers_has_no_problems(desk: Desk) -> None:
    ask_about(desk)
    assert desk.ledger.read(problems_of, "INC-1", "assess-1") == ()


def test_an_answer_stands_as_just_answered_until_its_run_has_seen_it(desk: Desk) -> None:
    ask_about(desk)
    give(desk)
    assert _standing(desk) is Standing.JUST_ANSWERED
    assert [row.key for row in desk.ledger.read(decisions_unseen, at(2))] == ["assess-1"]
    assert desk.ledger.read(decisions_unseen, at(1)) == []
    _won(desk)
    assert _standing(desk) is Standing.SETTLED
    assert desk.ledger.read(decisions_unseen, at(2)) == []


def test_a_question_is_overdue_after_its_deadline_while_the_incident_lives(desk: Desk) -> None:
    ask_about(desk)
    assert desk.ledger.read(decisions_overdue, at(10)) == []
    ((decision, incident),) = desk.ledger.read(decisions_overdue, at(11))
    assert (decision.key, incident.key) == ("assess-1", "INC-1")
    assess(desk, is_incident=False, reason="a drill")
    assert desk.ledger.read(decisions_overdue, at(11)) == []


def test_an_overdue_question_is_settled_by_its_proposal_and_pages_one_level_further(desk: Desk) -> None:
    ask_about(desk)
    verdict = _settle(desk, 10)
    assert (verdict.won, verdict.by, verdict.via) == (True, NOBODY, Via.DEADLINE)
    assert _won(desk)[0].severity == 1
    assert desk.said("overdue") == ["assess-1: nobody decided by 03:20:00 UTC"]
    further = desk.rows(EscalationRow)[1]
    assert (further.purpose, further.progress.level) == ("nobody answered assess-1", 1)


@pytest.mark.parametrize("minutes", [9.9, 10, 11])
def test_a_deadline_that_finds_an_answer_does_nothing(desk: Desk, minutes: float) -> None:
    ask_about(desk)
    give(desk)
    lines = desk.timeline()
    assert _settle(desk, minutes) is None
    assert desk.timeline() == lines


def test_a_deadline_that_comes_early_or_after_the_incident_does_nothing(desk: Desk) -> None:
    ask_about(desk)
    assert _settle(desk, 9.9) is None
    assess(desk, is_incident=False, reason="a drill")
    assert _settle(desk, 11) is None
    assert desk.incident().status is Status.DISMISSED


def test_an_answer_at_the_very_deadline_wins_or_is_kept(desk: Desk) -> None:
    ask_about(desk)
    settled, given = together(lambda: _settle(desk, 10), lambda: give(desk, 10))
    assert (settled is None) == given.won
    assert len(desk.said("decided")) == 1
    assert len(desk.said("overdue")) == (0 if given.won else 1)
    assert len(desk.rows(AnswerRow)) == (0 if given.won else 1)


def test_the_proposal_can_be_used_however_long_the_title_is(desk: Desk) -> None:
    desk.ledger.write(_rename, "x" * 9000)
    ask_about(desk)
    assert _settle(desk, 10).won


def test_the_question_what_next_is_settled_by_going_on(desk: Desk) -> None:
    assess(desk)
    assert ask_about(desk, Question.RESOLVE, now=at(5)).due_at == at(65)
    desk.ledger.write(settle_overdue, "INC-1", "resolve-1", at(65))
    answer, by, _ = desk.ledger.write(answer_of, "INC-1", "resolve-1", at(66))
    assert (answer.step, by) == ("continue", NOBODY)


def _rename(session: Session, title: str) -> None:
    incident = find_incident(session, "INC-1")
    incident.title = title
    session.add(incident)
