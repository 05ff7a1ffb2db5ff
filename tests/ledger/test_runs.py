"""Which flow runs are owed, and is each owed once?"""

from sqlmodel import Session

from ledger.incidents import find_incident
from ledger.runs import owe_run, run_ended, run_lost, run_started, runs_owed, runs_unfinished
from ledger.tables import RunRow
from tests.ledger.desk import Desk, at, together


def _owe(desk: Desk, what: str = "drill") -> int:
    def owe(session: Session) -> int:
        incident = find_incident(session, "INC-1")
        return owe_run(session, incident, "deadline", what, at(0), parameters={}, name="a drill").id or 0

    return desk.ledger.write(owe)


def _owed(desk: Desk) -> list[str]:
    return [run.key for run in desk.ledger.read(runs_owed)]


def test_the_same_run_is_owed_once_whoever_owes_it_at_once(desk: Desk) -> None:
    desk.open()
    assert len(set(together(*[lambda: _owe(desk)] * 6))) == 1


def test_pages_are_started_before_anything_else(desk: Desk) -> None:
    desk.open()
    _owe(desk)
    desk.open(fingerprint="f2", source="generic", service="other")
    assert _owed(desk)[0] == "INC-1/page/1"


def test_a_run_is_owed_until_it_was_started_and_looked_after_until_it_ended(desk: Desk) -> None:
    desk.open()
    desk.ledger.write(run_started, 1, "flow-run-1")
    assert _owed(desk) == ["INC-1/respond/story"]
    assert [run.key for run in desk.ledger.read(runs_unfinished)] == ["INC-1/page/1"]
    assert desk.ledger.write(run_ended, "INC-1/page/1", at(1)) == "flow-run-1"
    assert desk.ledger.read(runs_unfinished) == []


def test_a_run_ends_once_even_if_it_never_started(desk: Desk) -> None:
    desk.open()
    assert [desk.ledger.write(run_ended, "INC-1/page/1", at(minutes)) for minutes in (1, 2)] == ["", ""]
    assert desk.rows(RunRow)[0].ended_at == at(1)
    assert _owed(desk) == ["INC-1/respond/story"]


def test_a_run_that_is_not_known_has_ended(desk: Desk) -> None:
    assert desk.ledger.write(run_ended, "INC-9/page/1", at(1)) == ""


def test_a_run_that_prefect_forgot_is_owed_again(desk: Desk) -> None:
    desk.open()
    desk.ledger.write(run_started, 1, "flow-run-1")
    desk.ledger.write(run_lost, 1, at(9))
    assert _owed(desk)[0] == "INC-1/page/1"
    assert (desk.rows(RunRow)[0].lost, desk.rows(RunRow)[0].owed_at) == (1, at(9))


def test_a_run_that_two_missed_at_once_is_owed_again_once(desk: Desk) -> None:
    desk.open()
    desk.ledger.write(run_started, 1, "forgotten")
    desk.ledger.write(run_lost, 1, at(9), "forgotten")
    desk.ledger.write(run_started, 1, "anew")
    desk.ledger.write(run_lost, 1, at(9), "forgotten")
    row = desk.rows(RunRow)[0]
    assert (row.flow_run_id, row.lost) == ("anew", 1)


def test_who_started_a_run_learns_that_it_was_ended_meanwhile(desk: Desk) -> None:
    desk.open()
    assert desk.ledger.write(run_started, 1, "flow-run-1")
    desk.ledger.write(run_ended, "INC-1/respond/story", at(1))
    assert not desk.ledger.write(run_started, 2, "flow-run-2")
