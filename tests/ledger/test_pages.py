"""Which pages are owed, and what became of each?"""

from functools import partial

import pytest

from incident.errors import NotFoundError
from ledger.engine import Ledger
from ledger.escalations import acknowledge
from ledger.pages import (
    find_page,
    oldest_owed,
    page_failed,
    page_sent,
    pages_owed,
    pages_owed_by,
    standing,
)
from ledger.tables import PageRow
from tests.ledger.desk import Desk, at, together
from tests.ledger.life import assess


@pytest.fixture(autouse=True)
def paged(desk: Desk) -> None:
    desk.open()
    desk.climb(0)


def _sent(desk: Desk, uncertain: bool = False) -> None:
    desk.ledger.write(partial(page_sent, uncertain=uncertain), 1, "mail", "<1@mail>", at(0.1))


def test_a_page_is_found_with_what_it_is_about(desk: Desk) -> None:
    owed = desk.ledger.read(find_page, 1)
    assert (owed.page.person, owed.escalation.purpose, owed.incident.key) == (
        "alice",
        "incident manager",
        "INC-1",
    )
    assert owed.page.because.startswith("on call for primary until 08:00 UTC; round 1 of 3, level 1 of 2")


def test_a_page_that_is_not_there_is_said(ledger: Ledger) -> None:
    with pytest.raises(NotFoundError, match="no page 9"):
        ledger.read(find_page, 9)


def test_what_is_owed_is_found_until_it_is_sent(desk: Desk) -> None:
    assert [page.id for page in desk.ledger.read(pages_owed_by, 1, at(1))] == [1]
    assert desk.ledger.read(pages_owed_by, 2, at(1)) == []
    assert desk.ledger.read(pages_owed, at(0)) == []
    assert [page.id for page in desk.ledger.read(pages_owed, at(1))] == [1]
    assert desk.ledger.read(oldest_owed, at(1)) == at(0)
    _sent(desk)
    assert desk.ledger.read(pages_owed_by, 1, at(1)) == desk.ledger.read(pages_owed, at(1)) == []
    assert desk.ledger.read(oldest_owed, at(1)) is None


def test_a_page_is_sent_once_whoever_says_so(desk: Desk) -> None:
    together(*[partial(_sent, desk)] * 4)
    (page,) = desk.rows(PageRow)
    assert (page.method, page.provider_id, page.sent_at) == ("mail", "<1@mail>", at(0.1))
    assert len(desk.said("paged")) == 1


def test_a_page_that_may_have_been_sent_twice_says_so(desk: Desk) -> None:
    _sent(desk, uncertain=True)
    assert desk.rows(PageRow)[0].uncertain
    assert desk.said("paged")[0].endswith("it may have been sent twice, the channel cannot tell")


def test_a_page_that_was_in_the_air_when_it_was_dropped_was_sent(desk: Desk) -> None:
    desk.ledger.write(acknowledge, 1, "bob", "web", at(1))
    assert desk.pages() == [("alice", "dropped")]
    _sent(desk)
    assert desk.pages() == [("alice", "sent")]


def test_a_page_that_no_method_can_send_has_failed_once(desk: Desk) -> None:
    for _ in range(2):
        desk.ledger.write(page_failed, 1, "console: closed", at(1))
    assert desk.pages() == [("alice", "failed")]
    assert desk.said("page failed") == ["alice could not be paged: console: closed"]


def test_a_page_that_was_sent_does_not_fail_later(desk: Desk) -> None:
    _sent(desk)
    desk.ledger.write(page_failed, 1, "console: closed", at(1))
    assert desk.pages() == [("alice", "sent")]


@pytest.mark.parametrize(
    ("minutes", "label"),
    [
        pytest.param([], "level 1 · alice", id="the first level"),
        pytest.param([5], "level 2 · bob", id="the second one"),
        pytest.param([5, 10], "level 1, round 2 · alice", id="the next round"),
        pytest.param([5, 10, 15, 20, 25, 30], "fallback, round 4 · alice, bob", id="the fallback"),
    ],
)
def test_a_level_is_called(desk: Desk, minutes: list[int], label: str) -> None:
    for minute in minutes:
        desk.climb(minute)
    assert desk.ledger.read(standing, 1) == label


def test_an_escalation_that_waits_for_the_morning_says_so(desk: Desk) -> None:
    assert desk.ledger.read(standing, 99) == "waiting for working hours"


def test_a_dismissed_incident_drops_its_pages(desk: Desk) -> None:
    assess(desk, is_incident=False, reason="a drill")
    assert desk.pages() == [("alice", "dropped")]
