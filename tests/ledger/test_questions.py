"""Which question does a run go on with when it starts again from the top?"""

import pytest

from incident.decisions import Question
from incident.lifecycle import Phase
from ledger.decisions import decision_done, use_up_form
from ledger.incidents import enter_phase, leave_phase, phase_finished
from ledger.questions import is_settled, next_number
from ledger.tables import DecisionRow
from tests.ledger.desk import Desk, at
from tests.ledger.life import ask_about, give


@pytest.fixture(autouse=True)
def incident(desk: Desk) -> None:
    desk.open()


def _number(desk: Desk) -> int:
    return desk.ledger.read(next_number, "INC-1", Question.ASSESS)


def _settled(desk: Desk) -> bool:
    return desk.ledger.read(is_settled, "INC-1", Question.ASSESS)


def test_the_first_question_has_the_number_one(desk: Desk) -> None:
    assert _number(desk) == 1
    assert not _settled(desk)


def test_a_question_is_gone_on_with_until_everything_its_answer_asks_for_was_done(desk: Desk) -> None:
    ask_about(desk)
    assert _number(desk) == 1
    give(desk)
    assert (_number(desk), _settled(desk)) == (1, False)
    desk.ledger.write(decision_done, "INC-1", "assess-1", at(2))
    assert (_number(desk), _settled(desk)) == (2, True)


def test_what_was_done_was_done_when_it_was_said_first(desk: Desk) -> None:
    ask_about(desk)
    give(desk)
    for minutes in (2, 3):
        desk.ledger.write(decision_done, "INC-1", "assess-1", at(minutes))
    assert desk.rows(DecisionRow)[0].done_at == at(2)


def test_a_form_that_was_used_up_settles_nothing_and_the_next_number_follows(desk: Desk) -> None:
    ask_about(desk)
    problems = ["severity: choose 1, 2 or 3"]
    desk.ledger.write(use_up_form, "INC-1", "assess-1", {"severity": "bad"}, problems, "alice", at(1))
    assert (_number(desk), _settled(desk)) == (2, False)


def test_questions_of_another_kind_do_not_count(desk: Desk) -> None:
    ask_about(desk, Question.RESOLVE)
    assert _number(desk) == 1


def test_a_phase_is_finished_once_it_was_left(desk: Desk) -> None:
    assert not desk.ledger.read(phase_finished, "INC-1", Phase.TELL)
    desk.ledger.write(enter_phase, "INC-1", Phase.TELL, at(1))
    assert not desk.ledger.read(phase_finished, "INC-1", Phase.TELL)
    desk.ledger.write(leave_phase, "INC-1", Phase.TELL, at(2))
    assert desk.ledger.read(phase_finished, "INC-1", Phase.TELL)
