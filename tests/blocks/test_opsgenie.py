"""Does Opsgenie get what its API description asks for, and is its answer understood?"""

from typing import Any

import httpx
import pytest

from blocks import OpsgeniePager, OpsgenieSchedules
from blocks.interfaces import Delivery, DeliveryState
from tests.blocks.published import Obeying, obeying
from tests.blocks.rig_opsgenie import API_KEY, PAGER, SCHEDULES
from tests.blocks.rigs import PAGE
from tests.blocks.vendors import VendorRig


def vendor(data: Any = None) -> Obeying:
    def script(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"data": data}) if data else PAGER.friendly(request)

    return obeying({"api.opsgenie.com": "opsgenie"}, script)


def pager(transport: httpx.AsyncBaseTransport, **settings: str) -> OpsgeniePager:
    block = OpsgeniePager(api_key=API_KEY, **settings)
    block._transport = transport
    return block


METHODS = [(rig, method) for rig in (PAGER, SCHEDULES) for method in rig.calls]


@pytest.mark.parametrize(("rig", "method"), METHODS, ids=[method for _, method in METHODS])
async def test_every_request_is_allowed_by_the_published_description(rig: VendorRig, method: str) -> None:
    transport, block = vendor(), rig.block()
    block._transport = transport
    await rig.calls[method](block)
    assert len(transport.requests) == 1


async def test_a_page_is_an_alert_for_its_person_under_the_key_of_the_page() -> None:
    transport = vendor()
    receipt = await pager(transport).deliver("ann@example.com", PAGE)
    alert = transport.body()
    assert receipt.provider_id == alert["alias"] == PAGE.key
    assert alert["responders"] == [{"type": "user", "username": "ann@example.com"}]
    assert (alert["priority"], alert["entity"]) == ("P1", "INC-42")
    assert alert["details"]["acknowledge"] == PAGE.acknowledge_url


async def test_what_is_too_long_is_cut_to_what_is_taken() -> None:
    transport = vendor()
    long = PAGE.model_copy(update={"subject": "x" * 500, "text": "y" * 20_000})
    await pager(transport).deliver("ann@example.com", long)
    assert (len(transport.body()["message"]), len(transport.body()["description"])) == (130, 15_000)


async def test_a_message_has_the_lowest_priority() -> None:
    transport = vendor()
    await pager(transport).send("ann@example.com", "INC-42/update/1/ann", "Update", "We look.")
    assert transport.body()["priority"] == "P5"


@pytest.mark.parametrize(
    ("account", "address"),
    [
        ("us", "https://api.opsgenie.com/v2/alerts"),
        ("eu", "https://api.eu.opsgenie.com/v2/alerts"),
        ("jsm", "https://api.atlassian.com/jsm/ops/integration/v2/alerts"),
    ],
)
async def test_each_account_has_its_address(account: str, address: str) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return PAGER.friendly(request)

    await pager(httpx.MockTransport(answer), account=account).deliver("ann@example.com", PAGE)
    assert asked == [address]


FATES = {
    "nobody has answered": (
        {"status": "open", "acknowledged": False},
        Delivery(state=DeliveryState.DELIVERED, detail="open"),
    ),
    "somebody acknowledged there": (
        {"status": "open", "acknowledged": True, "report": {"acknowledgedBy": "ann@example.com"}},
        Delivery(state=DeliveryState.ACKNOWLEDGED, acknowledged_by="ann@example.com", detail="open"),
    ),
    "somebody closed it there": (
        {"status": "closed", "acknowledged": False, "report": {"closedBy": "bob@example.com"}},
        Delivery(state=DeliveryState.ACKNOWLEDGED, acknowledged_by="bob@example.com", detail="closed"),
    ),
}


@pytest.mark.parametrize(("alert", "fate"), FATES.values(), ids=FATES)
async def test_what_became_of_a_page_is_read_there(alert: dict[str, object], fate: Delivery) -> None:
    transport = vendor(alert)
    assert await pager(transport).follow(PAGE.key) == fate
    assert transport.requests[0].url.raw_path.startswith(b"/v2/alerts/INC-42%2Fpage%2F1%2F1%2F1%2Fann?")


async def test_jsm_cannot_be_asked_who_acknowledged() -> None:
    assert await OpsgeniePager(api_key=API_KEY, account="jsm").follow(PAGE.key) is None


async def test_people_on_call_are_named_once_in_their_order() -> None:
    block = OpsgenieSchedules(api_key=API_KEY)
    block._transport = vendor({"onCallRecipients": ["ann@example.com", "bob@example.com", "ann@example.com"]})
    assert await block.on_call("primary") == ("ann@example.com", "bob@example.com")
