"""Does Twilio get what its API description asks for, and what is sent and said?"""

from typing import Any
from urllib.parse import parse_qs
from xml.etree import ElementTree as ET

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blocks import TwilioVoice
from blocks.interfaces import Delivery, DeliveryState
from tests.blocks.published import Obeying, obeying
from tests.blocks.rig_twilio import ACCOUNT, ANN, SENDER, SID, SMS, TOKEN, VOICE, friendly
from tests.blocks.rigs import PAGE
from tests.blocks.vendors import VendorRig


def vendor(status: str = "queued") -> Obeying:
    def script(request: httpx.Request) -> httpx.Response:
        return httpx.Response(friendly(request).status_code, json={"sid": SID, "status": status})

    return obeying({"api.twilio.com": "twilio"}, script)


def wired(rig: VendorRig, transport: Obeying) -> Any:
    block: Any = rig.block()
    block._transport = transport
    return block


def form(transport: Obeying) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(transport.requests[-1].content.decode()).items()}


METHODS = [(rig, method) for rig in (SMS, VOICE) for method in rig.calls]


@pytest.mark.parametrize(
    ("rig", "method"), METHODS, ids=[f"{r.block().__class__.__name__}.{m}" for r, m in METHODS]
)
async def test_every_request_is_allowed_by_the_published_description(rig: VendorRig, method: str) -> None:
    transport = vendor()
    await rig.calls[method](wired(rig, transport))
    assert len(transport.requests) == 1


async def test_a_page_is_a_text_with_the_link_that_acknowledges() -> None:
    transport = vendor()
    receipt = await wired(SMS, transport).deliver(ANN, PAGE)
    assert receipt.provider_id == SID
    assert form(transport) == {
        "To": ANN,
        "From": SENDER,
        "Body": f"{PAGE.subject}\n{PAGE.acknowledge_url}",
    }


async def test_a_long_subject_never_costs_the_link() -> None:
    transport = vendor()
    await wired(SMS, transport).deliver(ANN, PAGE.model_copy(update={"subject": "x" * 5000}))
    assert len(form(transport)["Body"]) == 1600
    assert form(transport)["Body"].endswith(PAGE.acknowledge_url)


async def test_a_call_says_it_twice_and_any_key_acknowledges() -> None:
    transport = vendor()
    await wired(VOICE, transport).deliver(ANN, PAGE)
    gather = ET.fromstring(form(transport)["Twiml"])[0]
    assert gather.attrib["action"] == PAGE.acknowledge_url
    assert [said.text for said in gather] == [f"{PAGE.subject}. Press any key to acknowledge."] * 2


@given(st.text())
def test_whatever_a_title_holds_is_said_in_valid_xml(title: str) -> None:
    block = TwilioVoice(account_sid=ACCOUNT, auth_token=TOKEN, sender=SENDER)
    assert ET.fromstring(block._say(title)).tag == "Say"


@pytest.mark.parametrize(
    ("rig", "status", "state"),
    [
        (SMS, "queued", DeliveryState.SENT),
        (SMS, "sent", DeliveryState.SENT),
        (SMS, "delivered", DeliveryState.DELIVERED),
        (SMS, "undelivered", DeliveryState.FAILED),
        (VOICE, "ringing", DeliveryState.SENT),
        (VOICE, "completed", DeliveryState.DELIVERED),
        (VOICE, "no-answer", DeliveryState.FAILED),
        (VOICE, "busy", DeliveryState.FAILED),
    ],
)
async def test_what_became_of_it_is_read_there(rig: VendorRig, status: str, state: DeliveryState) -> None:
    fate = await wired(rig, vendor(status)).follow(SID if rig is SMS else "CA" + "1" * 32)
    assert fate == Delivery(state=state, detail=status)
