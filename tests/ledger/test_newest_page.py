"""Which page does somebody answer who only says 1, and is it heard once?"""

from functools import partial

import pytest

from ledger.escalations import acknowledge
from ledger.heard import ACTING, KEPT, first_time, heard, unheard
from ledger.newest_page import newest_page
from tests.ledger.desk import START, Desk, at


@pytest.fixture
def paged(desk: Desk) -> Desk:
    """Alice was paged, and six minutes later bob."""
    desk.open()
    for minutes in (0, 6):
        desk.climb(minutes)
    return desk


def newest(desk: Desk, person: str) -> int | None:
    return desk.ledger.read(newest_page, person)


def test_it_is_their_newest_one(paged: Desk) -> None:
    assert (newest(paged, "alice"), newest(paged, "bob")) == (1, 2)


def test_whoever_was_not_paged_has_none(paged: Desk) -> None:
    assert newest(paged, "carol") is None


def test_what_was_acknowledged_is_still_theirs_while_the_incident_is_open(paged: Desk) -> None:
    paged.ledger.write(acknowledge, 1, "bob", "web", at(7))
    assert newest(paged, "alice") == 1


def test_what_waits_comes_before_what_is_answered(paged: Desk) -> None:
    paged.ledger.write(partial(acknowledge, page_id=2), 1, "bob", "web", at(7))
    assert newest(paged, "bob") == 2


def test_a_message_is_new_once(desk: Desk) -> None:
    new = [desk.ledger.write(first_time, "sms", "SM1", START) for _ in range(2)]
    assert new == [True, False]
    assert desk.ledger.write(first_time, "other", "SM1", START)
    desk.ledger.write(heard, "sms", "SM1", START)
    assert not desk.ledger.write(first_time, "sms", "SM1", START + KEPT / 2)


def test_a_message_over_which_a_process_died_is_new_after_a_while(desk: Desk) -> None:
    desk.ledger.write(first_time, "sms", "SM1", START)
    assert not desk.ledger.write(first_time, "sms", "SM1", START + ACTING)
    assert desk.ledger.write(first_time, "sms", "SM1", START + ACTING * 2)


def test_a_message_without_an_id_is_always_new(desk: Desk) -> None:
    assert all(desk.ledger.write(first_time, "sms", "", START) for _ in range(2))


def test_what_could_not_be_acted_on_may_come_again(desk: Desk) -> None:
    desk.ledger.write(first_time, "sms", "SM1", START)
    desk.ledger.write(unheard, "sms", "SM1")
    assert desk.ledger.write(first_time, "sms", "SM1", START)
