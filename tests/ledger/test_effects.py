"""Does an outside effect happen once, whoever dies in the middle?"""

from functools import partial
from typing import Any

import pytest

from ledger import effects
from ledger.effects import LEASE, Busy, Claim, Done, Fresh, GivenUp, LeftOpen
from ledger.tables import EffectRow
from tests.ledger.desk import Desk, at, together

AFTER_LEASE = LEASE.total_seconds() / 60


@pytest.fixture(autouse=True)
def incident(desk: Desk) -> None:
    desk.open()


def claim(desk: Desk, holder: str = "run-1", minutes: float = 0) -> Claim:
    return desk.ledger.write(effects.claim, 1, "room", holder, at(minutes))


def finish(desk: Desk, result: Any = "C42", **more: Any) -> None:
    desk.ledger.write(partial(effects.finish, **more), 1, "room", at(1), result)


def fail(desk: Desk, problem: str = "503", **more: Any) -> None:
    desk.ledger.write(partial(effects.fail, **more), 1, "room", problem)


def result(desk: Desk) -> Any:
    return desk.ledger.read(effects.result_of, 1, "room")


def test_the_first_claim_is_fresh(desk: Desk) -> None:
    assert claim(desk) == Fresh(1)
    assert result(desk) is None


def test_what_is_finished_is_done_with_what_was_recorded(desk: Desk) -> None:
    claim(desk)
    finish(desk, {"id": "C42"})
    assert claim(desk, "run-2") == Done({"id": "C42"})
    assert result(desk) == {"id": "C42"}


def test_an_effect_without_a_result_is_done_too(desk: Desk) -> None:
    claim(desk)
    finish(desk, None)
    assert claim(desk) == Done(None)


def test_a_claim_that_the_same_holder_left_open_is_settled_at_once(desk: Desk) -> None:
    claim(desk)
    assert claim(desk) == LeftOpen(2)


def test_another_holder_waits_for_the_lease_and_then_settles_it(desk: Desk) -> None:
    claim(desk)
    assert claim(desk, "watchdog", 0.1) == Busy(at(0) + LEASE)
    assert claim(desk, "watchdog", AFTER_LEASE) == LeftOpen(2)
    assert claim(desk, "run-1", AFTER_LEASE) == Busy(at(AFTER_LEASE) + LEASE)


def test_a_try_that_failed_is_tried_again_at_once_by_anybody(desk: Desk) -> None:
    claim(desk)
    fail(desk)
    assert claim(desk, "watchdog", 0.1) == Fresh(2)


def test_a_failure_without_words_is_one_as_well(desk: Desk) -> None:
    claim(desk)
    fail(desk, "")
    assert claim(desk, "watchdog", 0.1) == Fresh(2)


def test_what_was_refused_for_good_is_not_tried_again(desk: Desk) -> None:
    claim(desk)
    fail(desk, "no such channel", for_good=True)
    assert claim(desk, "run-2") == GivenUp("no such channel")


def test_a_try_that_outlived_its_lease_does_not_speak_for_the_next_one(desk: Desk) -> None:
    claim(desk)
    claim(desk, "watchdog", AFTER_LEASE)
    fail(desk, "too late", attempt=1, for_good=True)
    assert claim(desk, "run-3", AFTER_LEASE) == Busy(at(AFTER_LEASE) + LEASE)
    fail(desk, "503", attempt=2)
    assert claim(desk, "run-3", AFTER_LEASE) == Fresh(3)


def test_the_first_record_stays_and_no_failure_undoes_it(desk: Desk) -> None:
    claim(desk)
    claim(desk, "watchdog", AFTER_LEASE)
    finish(desk, "first")
    finish(desk, "second", uncertain=True)
    fail(desk, "late", for_good=True)
    assert claim(desk) == Done("first")
    assert desk.rows(EffectRow)[0].uncertain


def test_of_processes_that_claim_at_once_one_goes(desk: Desk) -> None:
    claims = together(*[partial(claim, desk, f"run-{number}") for number in range(8)])
    assert [type(each) for each in claims].count(Fresh) == 1
    assert [type(each) for each in claims].count(Busy) == 7


def test_what_was_not_claimed_cannot_be_recorded(desk: Desk) -> None:
    with pytest.raises(AssertionError, match="claimed before"):
        finish(desk)
