"""Is what became of a page learned from its provider, and does it change what it should?"""

import pytest

from incident.delivery import Delivery, DeliveryState
from incident.errors import RetryLater
from incident.progress import Stage
from incident.story import PageState
from ledger.escalations import acknowledge
from ledger.following import take_to_follow
from ledger.notification_tables import NotificationRow
from ledger.tables import PageRow
from tasks.follow import follow_pages
from tasks.notify import by_hand, reach_person
from tasks.page import send_owed
from tests.house import House
from tests.incident.organisations import SMALL
from tests.ledger.desk import START

TWO_WAYS = {"name": "Alice", "contacts": [{"via": "console"}, {"via": "mail", "to": "alice@example.org"}]}
ON_ITS_WAY = Delivery(state=DeliveryState.SENT)
DELIVERED = Delivery(state=DeliveryState.DELIVERED)
FAILED = Delivery(state=DeliveryState.FAILED, detail="no such number")
ACKNOWLEDGED = Delivery(state=DeliveryState.ACKNOWLEDGED, acknowledged_by="bob@example.org")


@pytest.fixture
async def sent(at_home: House) -> House:
    """A house in which alice was paged by the first of her two methods."""
    at_home.employ(people=SMALL["people"] | {"alice": TWO_WAYS})
    at_home.desk.open()
    at_home.desk.climb(0)
    await reach_person(1, by_hand)
    return at_home


async def look(house: House, seconds: float) -> int:
    house.clock.forward(seconds=seconds)
    return await follow_pages()


async def test_nobody_is_asked_before_it_is_time(sent: House) -> None:
    assert (await look(sent, 4), sent.first.asked) == (0, [])


async def test_the_provider_is_asked_by_its_own_id_until_it_has_news(sent: House) -> None:
    sent.first.told += [ON_ITS_WAY, DELIVERED]
    assert [await look(sent, seconds) for seconds in (5, 5, 10)] == [1, 0, 1]
    assert sent.first.asked == ["no. 1", "no. 1"]
    (row,) = sent.desk.rows(NotificationRow)
    assert (row.delivery, row.delivered_at) == (DeliveryState.DELIVERED, sent.clock())


async def test_an_acknowledgement_at_the_provider_ends_the_paging(sent: House) -> None:
    sent.first.told.append(ACKNOWLEDGED)
    await look(sent, 5)
    escalation = sent.desk.escalation()
    assert (escalation.stage, escalation.acknowledged_by) == (Stage.ACKNOWLEDGED, "bob")
    assert await look(sent, 999) == 0
    assert len(sent.first.asked) == 1


async def test_a_page_that_did_not_arrive_leaves_by_the_next_method(sent: House) -> None:
    sent.first.told.append(FAILED)
    await look(sent, 5)
    assert await send_owed(1, by_hand)
    assert len(sent.second.delivered) == 1
    (row,) = sent.desk.rows(PageRow)
    assert (row.state, row.method) == (PageState.SENT, "mail")
    assert sent.desk.said("page failed") == [
        "the page to alice by console did not arrive: console says: no such number"
    ]


async def test_nobody_is_asked_once_somebody_has_answered(sent: House) -> None:
    sent.ledger.write(acknowledge, 1, "alice", "web", START)
    assert await look(sent, 5) == 0
    assert sent.first.asked == []


async def test_a_channel_that_cannot_tell_is_asked_once(sent: House) -> None:
    for seconds in (5, 15, 999):
        assert await look(sent, seconds) == 0
    assert sent.first.asked == ["no. 1"]


async def test_a_provider_that_does_not_answer_is_asked_again_later(sent: House) -> None:
    sent.first.told += [RetryLater("busy"), DELIVERED]
    assert [await look(sent, seconds) for seconds in (5, 15)] == [0, 1]
    assert sent.desk.rows(NotificationRow)[0].answer is not None, "and that is no failure of the page"


async def test_a_fault_of_ours_is_reported_and_it_is_asked_again(sent: House) -> None:
    sent.first.told += [ZeroDivisionError(), DELIVERED]
    with pytest.raises(ZeroDivisionError):
        await look(sent, 5)
    assert await look(sent, 15) == 1


async def test_who_dies_before_asking_loses_one_question(sent: House) -> None:
    sent.first.told.append(DELIVERED)
    sent.clock.forward(seconds=5)
    assert sent.ledger.write(take_to_follow, 1, sent.clock())
    assert [await look(sent, seconds) for seconds in (1, 14)] == [0, 1]
