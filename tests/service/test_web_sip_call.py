"""Does a key on a real telephone reach the ledger, through our own door?"""

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from blocks.phone_calls import PhoneCalls
from blocks.sip import SipCall
from incident.decisions import Via
from incident.delivery import DeliveryState
from incident.story import PageState
from ledger.notification_tables import NotificationRow
from ledger.owed import find_notification
from ledger.tables import FactRow, PageRow
from service.watchdog import Watchdog
from service.web.app import create_app
from tasks.incident import matter
from tasks.page_message import page_message
from tests.blocks.telephone import Telephone, needed, telephone
from tests.house import BASE_URL, House
from tests.service.telephones import callback, connected, paged, without_prefect


@pytest.fixture(autouse=True)
def away() -> Iterator[None]:
    needed()
    with without_prefect():
        yield


@pytest.fixture
def row(at_home: House) -> NotificationRow:
    """A page to alice by phone; her next way is a text message."""
    connected(at_home, "phone", "sms")
    return paged(at_home, "phone call 1")


def calling(house: House) -> SipCall:
    block = SipCall(address="127.0.0.1")
    app = create_app(surroundings=house.surroundings, watchdog=Watchdog(None))
    block._transport = httpx.ASGITransport(app)
    block._calls = PhoneCalls()
    return block


async def rung(house: House, row: NotificationRow, phone: Telephone, key: str) -> None:
    """The telephone rings for this page, and somebody presses a key."""
    block, about = calling(house), await matter("INC-1")
    message = await page_message(about, [house.ledger.read(find_notification, row.id or 0)])
    receipt = await block.deliver(phone.address, message)
    await asyncio.to_thread(phone.wait_for, "CALL_RTPESTAB")
    phone.press(key)
    await asyncio.to_thread(phone.wait_for, "CALL_CLOSED")
    await block.ended(receipt.provider_id)


async def test_1_acknowledges(at_home: House, row: NotificationRow) -> None:
    with telephone() as phone:
        await rung(at_home, row, phone, "1")
    assert at_home.desk.escalation().acknowledged_by == "alice"
    assert Via.PHONE in {fact.via for fact in at_home.desk.rows(FactRow) if fact.by == "alice"}
    assert at_home.desk.rows(NotificationRow)[0].delivery is DeliveryState.DELIVERED


async def test_2_pages_the_next_level(at_home: House, row: NotificationRow) -> None:
    with telephone() as phone:
        await rung(at_home, row, phone, "2")
    assert [page.person for page in at_home.desk.rows(PageRow)] == ["alice", "bob"]
    assert at_home.desk.escalation().acknowledged_by is None


async def test_when_nobody_picks_up_the_next_method_goes_at_once(
    at_home: House, row: NotificationRow
) -> None:
    form: dict[str, Any] = {"state": "failed", "detail": "nobody picked up"}
    answer = at_home.client().post(f"{callback(at_home, row)}/delivery", data=form)
    assert answer.status_code == 200
    first, following = at_home.desk.rows(NotificationRow)
    assert (first.state, following.method, following.state) == (PageState.FAILED, "sms", PageState.OWED)
    assert "nobody picked up" in first.outcome


async def test_the_call_is_in_the_language_of_its_person(at_home: House, row: NotificationRow) -> None:
    about = await matter("INC-1")
    message = await page_message(about, [at_home.ledger.read(find_notification, row.id or 0)])
    assert message.language == "it"
    assert message.spoken.startswith("Alice, c’è bisogno di te. Gravità")
    assert message.key_failed.startswith("Non è stato possibile")
    assert message.callback_url.startswith(f"{BASE_URL}/callbacks/phone/")
