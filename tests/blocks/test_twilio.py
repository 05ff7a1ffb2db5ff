"""Does Twilio get what its API description asks for, and what is sent and said?"""

from typing import Any
from urllib.parse import parse_qs
from xml.etree import ElementTree as ET

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blocks.interfaces import Delivery, DeliveryState
from blocks.telling import Text, Told
from blocks.twilio_signature import HEADER, signature
from incident.errors import ConfidenceError
from tests.blocks.published import Obeying, obeying
from tests.blocks.rig_twilio import (
    ACCOUNT,
    ANN,
    ANSWERABLE,
    CALL_SID,
    CALLBACK,
    SENDER,
    SID,
    SMS,
    TOKEN,
    VOICE,
    friendly,
)
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
    receipt = await wired(SMS, transport).deliver(ANN, ANSWERABLE)
    assert receipt.provider_id == SID
    assert form(transport) == {
        "To": ANN,
        "From": SENDER,
        "Body": f"{PAGE.subject}\n{PAGE.acknowledge_url}\nReply 1 to acknowledge, 2 to pass on.",
        "StatusCallback": f"{CALLBACK}/delivery",
    }


async def test_a_number_that_hands_over_no_replies_asks_for_none() -> None:
    transport = vendor()
    block = wired(SMS, transport)
    await block.model_copy(update={"takes_replies": False}).deliver(ANN, ANSWERABLE)
    assert form(transport)["Body"] == f"{PAGE.subject}\n{PAGE.acknowledge_url}"


async def test_a_long_subject_never_costs_the_link() -> None:
    transport = vendor()
    await wired(SMS, transport).deliver(ANN, PAGE.model_copy(update={"subject": "x" * 5000}))
    assert len(form(transport)["Body"]) == 1600
    assert form(transport)["Body"].endswith(PAGE.acknowledge_url)


async def test_a_call_says_it_twice_and_its_keys_are_told_to_us() -> None:
    transport = vendor()
    await wired(VOICE, transport).deliver(ANN, ANSWERABLE)
    gather = ET.fromstring(form(transport)["Twiml"])[0]
    assert gather.attrib["action"] == f"{CALLBACK}/keys"
    assert [said.text for said in gather] == [f"{PAGE.subject}. Press 1 to acknowledge, 2 to pass on."] * 2
    assert form(transport)["StatusCallback"] == f"{CALLBACK}/delivery"


@pytest.mark.parametrize(("language", "voice"), [("en", "en-US"), ("it", "it-IT")])
async def test_an_italian_is_spoken_to_by_an_italian_voice(language: str, voice: str) -> None:
    transport = vendor()
    block = wired(VOICE, transport).model_copy(update={"language": "en-US"})
    await block.deliver(ANN, ANSWERABLE.model_copy(update={"language": language}))
    gather = ET.fromstring(form(transport)["Twiml"])[0]
    assert {said.attrib["language"] for said in gather} == {voice}


@given(st.text())
def test_whatever_a_title_holds_is_said_in_valid_xml(title: str) -> None:
    assert ET.fromstring(VOICE.block().say_back(title, "it").content)[0].tag == "Say"
    assert ET.fromstring(SMS.block().text_back(f"x{title}").content)[0].tag == "Message"


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
    fate = await wired(rig, vendor(status)).follow(SID if rig is SMS else CALL_SID)
    assert fate == Delivery(state=state, detail=status)


SAID = {"AccountSid": ACCOUNT, "MessageSid": SID, "From": ANN, "To": SENDER, "Body": "ACK 42 – perché"}


def told(fields: dict[str, str], *, url: str = CALLBACK, token: str = TOKEN, at: str | None = None) -> Told:
    """A call of Twilio at one of our addresses, signed for it or for another one."""
    form = tuple(fields.items())
    return Told(url=at or url, headers={HEADER: signature(token, url, form)}, form=form)


def test_the_signature_is_that_of_twilios_own_example() -> None:
    form = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+12349013030",
        "Digits": "1234",
        "From": "+12349013030",
        "To": "+18005551212",
    }
    made = signature("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", form.items())
    assert made == "0/KCTR6DLpKmkAf8muzZqo1nDgQ="


def test_a_signed_message_is_read() -> None:
    assert SMS.block().text_told(told(SAID)) == Text(number=ANN, text="ACK 42 – perché", id=SID)


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(Told(url=CALLBACK, headers={}, form=tuple(SAID.items())), id="unsigned"),
        pytest.param(told(SAID, token="0" * 32), id="signed with another token"),
        pytest.param(told(SAID, at="https://incidents.example.com/sms/sms"), id="signed for another address"),
        pytest.param(
            Told(url=CALLBACK, headers=told(SAID).headers, form=tuple({**SAID, "Body": "2"}.items())),
            id="signed for another text",
        ),
        pytest.param(told({**SAID, "AccountSid": "AC" + "9" * 32}), id="for another account"),
    ],
)
def test_a_message_is_not_believed_that_is(call: Told) -> None:
    with pytest.raises(ConfidenceError):
        SMS.block().text_told(call)


@pytest.mark.parametrize(
    ("signed_for", "known_as"),
    [
        ("https://incidents.example.com:443/x", "https://incidents.example.com/x"),
        ("https://incidents.example.com/x", "https://incidents.example.com:8443/x"),
    ],
    ids=["the usual port is written", "another port is left out"],
)
def test_a_signature_holds_however_twilio_writes_the_address_when(signed_for: str, known_as: str) -> None:
    assert SMS.block().text_told(told(SAID, url=signed_for, at=known_as)).id == SID


def test_a_key_is_told_with_its_call() -> None:
    pressed = {"AccountSid": ACCOUNT, "CallSid": CALL_SID, "Digits": "1"}
    assert VOICE.block().key_told(told(pressed)) == "1"


@pytest.mark.parametrize(
    ("rig", "fields", "delivery"),
    [
        (SMS, {"MessageStatus": "delivered"}, Delivery(state=DeliveryState.DELIVERED, detail="delivered")),
        (
            SMS,
            {"MessageStatus": "undelivered", "ErrorCode": "30003"},
            Delivery(state=DeliveryState.FAILED, detail="undelivered, Twilio's error 30003"),
        ),
        (SMS, {"MessageStatus": "sent"}, None),
        (VOICE, {"CallStatus": "no-answer"}, Delivery(state=DeliveryState.FAILED, detail="no-answer")),
        (VOICE, {"CallStatus": "completed"}, Delivery(state=DeliveryState.DELIVERED, detail="completed")),
    ],
    ids=["delivered", "undelivered, with a reason", "on its way", "nobody picks up", "somebody picked up"],
)
def test_what_became_of_it_is_told(rig: VendorRig, fields: dict[str, str], delivery: Delivery | None) -> None:
    assert rig.block().delivery_told(told(fields)) == delivery


def test_what_became_of_it_is_only_believed_from_twilio() -> None:
    with pytest.raises(ConfidenceError):
        SMS.block().delivery_told(told({"MessageStatus": "failed"}, token="0" * 32))


async def test_another_key_asks_again() -> None:
    again = VOICE.block().say_back("1 acknowledges.", "en", CALLBACK)
    gather = ET.fromstring(again.content)[0]
    assert (gather.attrib["action"], again.media_type) == (f"{CALLBACK}/keys", "text/xml")


def test_saying_nothing_is_an_empty_answer() -> None:
    assert len(ET.fromstring(SMS.block().text_back("").content)) == 0
