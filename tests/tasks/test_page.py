"""Is a person woken by the first method that works, once, and is it known when none does?"""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from blocks.interfaces import Repeat
from incident.errors import ConfigurationError, Rejected, RetryLater, UnknownOutcome
from incident.story import PageState
from ledger.effects import LEASE, claim
from ledger.escalations import acknowledge
from ledger.tables import EffectRow, PageRow
from tasks.incident import matter
from tasks.page import by_hand, next_step, reach_person, send_owed
from tests.house import House
from tests.incident.organisations import SMALL
from tests.ledger.desk import START, at

TWO_WAYS = {"name": "Alice", "contacts": [{"via": "console"}, {"via": "mail", "to": "alice@example.org"}]}


@pytest.fixture
def owed(at_home: House) -> House:
    """A house in which alice, who has two methods, is to be paged."""
    opened(at_home, TWO_WAYS)
    return at_home


def opened(house: House, alice: dict[str, Any]) -> None:
    house.employ(people=SMALL["people"] | {"alice": alice})
    house.desk.open()
    house.desk.climb(0)


def page_of(house: House) -> PageRow:
    return house.desk.rows(PageRow)[0]


async def test_a_person_is_paged_by_their_first_method(owed: House) -> None:
    await reach_person(1, by_hand)
    page = page_of(owed)
    assert (page.state, page.method, page.sent_at) == (PageState.SENT, "console", START)
    assert (len(owed.first.delivered), len(owed.second.delivered)) == (1, 0)
    assert page.provider_id == "no. 1"


async def test_the_page_says_what_is_wrong_and_where_to_answer(owed: House) -> None:
    await reach_person(1, by_hand)
    (message,) = owed.first.delivered
    assert "Error rate" in message.subject + message.text
    assert message.acknowledge_url in message.text
    assert message.key.startswith("INC-1/page/1@")
    assert (await matter("INC-1")).key_of("page/1") == message.key


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(Rejected("unknown number"), id="refuses"),
        pytest.param(RetryLater("busy"), id="is busy"),
        pytest.param(UnknownOutcome("the answer was lost"), id="does not say what happened"),
        pytest.param(ConfigurationError(["connections.mail: no address"]), id="is set up wrongly"),
        pytest.param(ZeroDivisionError(), id="surprises us"),
    ],
)
async def test_the_next_method_is_used_when_one(owed: House, trouble: Exception) -> None:
    owed.first.troubles.append(trouble)
    await reach_person(1, by_hand)
    assert (page_of(owed).state, page_of(owed).method) == (PageState.SENT, "mail")
    assert len(owed.second.delivered) == 1


async def test_what_another_process_sends_is_left_to_it(owed: House) -> None:
    incident = owed.desk.incident().id or 0
    owed.ledger.write(claim, incident, "page/1/console", "a run", START)
    await reach_person(1, by_hand)
    assert page_of(owed).state is PageState.OWED
    assert owed.first.delivered + owed.second.delivered == []
    owed.clock.time += LEASE + timedelta(seconds=1)
    await reach_person(1, by_hand)
    assert page_of(owed).state is PageState.SENT


@pytest.mark.parametrize(("repeat", "doubtful"), [(Repeat.SAFE, False), (Repeat.MAY_DOUBLE, True)])
async def test_a_page_whose_sender_died_is_sent_again_and_marked_where_it_may_have_doubled(
    owed: House, repeat: Repeat, doubtful: bool
) -> None:
    owed.first.repeat = repeat
    owed.ledger.write(claim, owed.desk.incident().id or 0, "page/1/console", "a run", START)
    owed.clock.time += LEASE + timedelta(seconds=1)
    await reach_person(1, by_hand)
    assert (page_of(owed).uncertain, len(owed.first.delivered)) == (doubtful, 1)
    assert ("may have been sent twice" in owed.desk.said("paged")[-1]) is doubtful


async def test_when_no_method_works_the_page_has_failed_with_every_reason(owed: House) -> None:
    owed.first.troubles.append(Rejected("unknown number"))
    owed.second.troubles.append(ZeroDivisionError())
    await reach_person(1, by_hand)
    page = page_of(owed)
    assert page.state is PageState.FAILED
    assert page.outcome == "console: unknown number; mail: ZeroDivisionError"
    assert owed.desk.said("page failed")


async def test_a_page_to_somebody_without_a_contact_has_failed(owed: House) -> None:
    owed.ledger.write(_now_for, "dave")
    await reach_person(1, by_hand)
    assert page_of(owed).state is PageState.FAILED
    assert page_of(owed).outcome == "no way to reach them is configured"


async def test_nobody_is_woken_after_somebody_answered(owed: House) -> None:
    owed.ledger.write(acknowledge, 1, "bob", "web", START)
    await reach_person(1, by_hand)
    assert owed.first.delivered == []
    assert page_of(owed).state is PageState.DROPPED


async def test_a_page_that_was_sent_is_not_sent_again(owed: House) -> None:
    for _ in range(2):
        await reach_person(1, by_hand)
        await send_owed(1, by_hand)
    assert len(owed.first.delivered) == 1
    assert len(owed.desk.said("paged")) == 1
    assert [row.name for row in owed.desk.rows(EffectRow)] == ["page/1/console"]


async def test_a_step_says_who_is_waited_for_and_how_long(owed: House) -> None:
    step = await next_step(1)
    assert (step.label, step.seconds_left) == ("level 1 · alice", 300)
    owed.ledger.write(acknowledge, 1, "alice", "web", at(1))
    assert (await next_step(1)).seconds_left is None


def _now_for(session: Session, person: str) -> None:
    page = session.get_one(PageRow, 1)
    page.person = person
    session.add(page)
