"""Is Kannel asked as its user guide says, and does a page fit into a text message?

Nobody has published a description of this interface that a program could read. The golden request below was
reviewed against the user guide 1.4.5 (the table of X-Kannel headers, and that of reply codes); a real Kannel
takes the same one in `tests/senders/test_kannel.py`.
"""

from base64 import b64encode
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blocks import KannelSms
from blocks.gsm import ROOM, Coding, coding_of, fitted
from blocks.interfaces import Delivery, DeliveryState
from blocks.kannel import number
from blocks.telling import Text, Told
from incident.errors import ConfidenceError, Rejected, UnknownOutcome
from tests.blocks.rig_kannel import ANN, ANSWERABLE, CALLBACK, PASSWORD, REPLY_PASSWORD, RIG, friendly
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


def handed_over(query: str, password: str = REPLY_PASSWORD) -> Told:
    proof = b64encode(f"kannel:{password}".encode()).decode()
    return Told(url=CALLBACK, headers={"authorization": f"Basic {proof}"}, query=query.encode())


@pytest.mark.parametrize(
    ("query", "text"),
    [
        pytest.param("from=%2B393331234567&text=ACK+42&charset=UTF-8&id=7", "ACK 42", id="seven bits"),
        pytest.param("from=%2B393331234567&text=perch%C3%A9&id=7", "perché", id="without its charset"),
        pytest.param("from=%2B393331234567&text=%04%1F%04%40&charset=UTF-16BE&id=7", "Пр", id="UCS-2"),
    ],
)
def test_a_reply_is_read_as_it_is_written(query: str, text: str) -> None:
    assert RIG.block().text_told(handed_over(query)) == Text(number="+393331234567", text=text, id="7")


@pytest.mark.parametrize("password", ["", "wrong"])
def test_a_reply_is_only_believed_with_its_password(password: str) -> None:
    with pytest.raises(ConfidenceError):
        RIG.block().text_told(handed_over("from=1&text=1", password))


def test_a_connection_without_a_reply_password_takes_no_replies() -> None:
    with pytest.raises(ConfidenceError):
        RIG.block().model_copy(update={"reply_password": None}).text_told(handed_over("from=1&text=1", ""))


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("1", DeliveryState.DELIVERED),
        ("2", DeliveryState.FAILED),
        ("16", DeliveryState.FAILED),
        ("8", None),
        ("4", None),
        ("", None),
        ("%d", None),
    ],
    ids=[
        "delivered",
        "not delivered",
        "refused by the operator",
        "submitted",
        "queued",
        "nothing",
        "nonsense",
    ],
)
def test_a_report_says_what_became_of_a_page(kind: str, state: DeliveryState | None) -> None:
    report = RIG.block().delivery_told(Told(url=CALLBACK, headers={}, query=f"state={kind}".encode()))
    assert report == (Delivery(state=state, detail=f"Kannel's report {kind}") if state else None)


def test_an_answer_is_short_and_says_how_it_is_written() -> None:
    answer = RIG.block().text_back("Hai INC-42 · grazie")
    assert (answer.content, dict(answer.headers)) == ("Hai INC-42 - grazie", {"X-Kannel-Coding": "0"})
    assert answer.media_type == "text/plain; charset=UTF-8"
