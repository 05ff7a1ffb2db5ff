"""Is Kannel asked as its user guide says, and does a page fit into a text message?

Nobody has published a description of this interface that a program could read. The golden request below was
reviewed against the user guide 1.4.5 (the table of X-Kannel headers, and that of reply codes); a real Kannel
takes the same one in `tests/senders/test_kannel.py`.
"""

from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blocks import KannelSms
from blocks.gsm import ROOM, Coding, coding_of, fitted
from blocks.kannel import number
from incident.errors import Rejected, UnknownOutcome
from tests.blocks.rig_kannel import ANN, ANSWERABLE, CALLBACK, PASSWORD, RIG, friendly
from tests.blocks.rigs import PAGE, Wired

LINK = PAGE.acknowledge_url


def sms(wired: Wired, **settings: Any) -> Any:
    block: Any = RIG.block().model_copy(update=settings)
    block._transport = wired.transport
    return block


async def test_the_golden_request_of_a_page() -> None:
    wired = Wired(friendly)
    receipt = await sms(wired, sender="12345", smsc="operator").deliver(ANN, ANSWERABLE)
    (request,) = wired.requests
    assert (request.method, str(request.url)) == ("POST", "http://gateway.example.com:13013/cgi-bin/sendsms")
    told = {name: value for name, value in request.headers.items() if name.startswith(("x-", "content-type"))}
    assert told == {
        "content-type": "text/plain; charset=UTF-8",
        "x-kannel-username": "incidents",
        "x-kannel-password": PASSWORD,
        "x-kannel-to": "+393331234567",
        "x-kannel-from": "12345",
        "x-kannel-smsc": "operator",
        "x-kannel-coding": "0",
        "x-kannel-dlr-mask": "19",
        "x-kannel-dlr-url": f"{CALLBACK}/delivery?state=%d",
    }
    assert request.content.decode() == (
        f"INC-42 - checkout - error rate 31 % - perch\u00e9?\n{LINK}\nReply 1 to acknowledge, 2 to pass on."
    )
    assert (receipt.provider_id, receipt.detail) == (ANSWERABLE.key, "queued")


async def test_no_secret_stands_in_the_address_that_gateways_log() -> None:
    wired = Wired(friendly)
    await sms(wired).deliver(ANN, ANSWERABLE)
    assert PASSWORD not in str(wired.requests[0].url)


async def test_without_a_reply_password_no_reply_is_asked_for() -> None:
    wired = Wired(friendly)
    await sms(wired, reply_password=None).deliver(ANN, ANSWERABLE)
    assert wired.requests[0].content.decode().endswith(LINK)


async def test_a_message_asks_for_no_report() -> None:
    wired = Wired(friendly)
    await RIG.calls["send"](sms(wired))
    assert not [name for name in wired.requests[0].headers if "dlr" in name]


async def test_what_is_stored_because_no_operator_is_there_says_so() -> None:
    wired = Wired(lambda _: httpx.Response(202, text="3: Queued for later delivery"))
    receipt = await sms(wired).deliver(ANN, PAGE)
    assert receipt.detail == "stored: no operator is connected"


async def test_a_success_that_kannel_never_answers_is_not_believed() -> None:
    with pytest.raises(UnknownOutcome):
        await sms(Wired(lambda _: httpx.Response(200, text="<html>"))).deliver(ANN, PAGE)


@pytest.mark.parametrize("to", ["ann@example.com", "", "1 2", "+39333 +39334", "+39333\r\nX: 1", "ann"])
def test_only_one_number_is_a_number(to: str) -> None:
    with pytest.raises(Rejected):
        number(to)


def test_a_password_that_no_header_holds_is_refused_without_being_shown() -> None:
    with pytest.raises(ValueError, match="ASCII"):
        KannelSms(server="http://localhost", username="incidents", password="pass\nword")


@pytest.mark.parametrize(
    ("text", "coding"),
    [
        pytest.param("INC-1 - perché? {[~]} 5 €", Coding.SEVEN_BITS, id="Italian, and signs that cost two"),
        pytest.param("Привет", Coding.UCS2, id="another script"),
        pytest.param("down 🔥", Coding.UCS2, id="an emoji"),
    ],
)
def test_seven_bits_are_used_where_they_hold_the_text(text: str, coding: Coding) -> None:
    assert coding_of(text) is coding


def test_typography_does_not_double_the_price() -> None:
    assert fitted("INC-42 · checkout – “slow”…") == 'INC-42 - checkout - "slow"...'


@given(head=st.text(max_size=4000), tail=st.just(LINK))
def test_however_long_a_title_is_the_link_stays_whole_and_the_message_fits(head: str, tail: str) -> None:
    text = fitted(head, tail)
    assert text.endswith(LINK)
    coding = coding_of(text)
    cost = len(text.encode("utf-16-be")) // 2 if coding is Coding.UCS2 else len(text)
    assert cost <= ROOM[coding]
