"""Is an account written as baresip reads it, is a contact understood, and is a text made fit to be spoken?"""

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from blocks.interfaces import Delivery, DeliveryState
from blocks.programs import run
from blocks.sip import SipCall
from blocks.sip_account import Account, Transport
from blocks.sip_answers import of_ending
from blocks.speech import LENGTH, sayable
from blocks.telling import Told
from incident.errors import Rejected, RetryLater


def account(domain: str = "sip.example.com", **settings: object) -> Account:
    usual = {"user": "gate", "password": "", "displayed": "", "proxy": "", "registers": False}
    return Account(domain=domain, transport=Transport.UDP, **{**usual, **settings})


@pytest.mark.parametrize(
    ("to", "address"),
    [
        pytest.param(
            "+1 (555) 867-5310", "sip:+15558675310@sip.example.com", id="a number as people write it"
        ),
        pytest.param("200", "sip:200@sip.example.com", id="an extension"),
        pytest.param("ann.b", "sip:ann.b@sip.example.com", id="a name at the provider"),
        pytest.param("sip:ann@10.0.0.7", "sip:ann@10.0.0.7", id="a phone in the network"),
        pytest.param(
            "ann@pbx.example.com:5070", "sip:ann@pbx.example.com:5070", id="an address without sip:"
        ),
    ],
)
def test_a_contact_becomes_an_address(to: str, address: str) -> None:
    assert account().calling(to) == address


@pytest.mark.parametrize(
    "to", ["", "ann b", "sip:", "sip:a@b;x=1", "1\nquit", "a@b c", '"x" <sip:a@b>', "a;b"]
)
def test_what_is_no_contact_is_rejected(to: str) -> None:
    with pytest.raises(Rejected):
        account().calling(to)


def test_a_number_needs_a_provider() -> None:
    with pytest.raises(Rejected, match="domain"):
        account("").calling("+15558675310")


def test_an_account_is_written_in_one_line() -> None:
    written = account(password="s3cr3t", displayed="Incidents", proxy="proxy.example.com", registers=True)
    assert written.written("localhost") == (
        '"Incidents" <sip:gate@sip.example.com;transport=udp>;auth_user=gate;auth_pass=s3cr3t;'
        'outbound="sip:proxy.example.com;transport=udp";audio_codecs=pcmu/8000/1,pcma/8000/1;regint=120'
    )


def test_without_a_provider_there_is_nobody_to_sign_in_at() -> None:
    written = account("").written("10.0.0.2")
    assert written == "<sip:gate@10.0.0.2;transport=udp>;audio_codecs=pcmu/8000/1,pcma/8000/1;regint=0"


@pytest.mark.parametrize(
    "settings",
    [
        {"password": "a;b"},
        {"password": "a b"},
        {"password": 'a"b'},
        {"user": "a b"},
        {"domain": "sip.example.com;x"},
        {"proxy": "a>b"},
        {"caller": 'x"y'},
        {"caller": "x\ny"},
        {"address": "lo;0"},
        {"modules": "relative"},
    ],
)
def test_no_setting_can_say_more_to_baresip_than_it_should(settings: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as caught:
        SipCall(**settings)
    assert caught.value.errors()[0]["loc"] == (*settings,)


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("486 Busy Here", RetryLater),
        ("480 Temporarily Unavailable", RetryLater),
        ("408 Request Timeout", RetryLater),
        ("500 Oops", RetryLater),
        ("599 Whatever", RetryLater),
        ("Connection timed out", RetryLater),
        ("", RetryLater),
        ("302 Moved", Rejected),
        ("401 Unauthorized", Rejected),
        ("403 Forbidden", Rejected),
        ("404 Not Found", Rejected),
        ("488 Not Acceptable Here", Rejected),
        ("499 Whatever", Rejected),
        ("600 Busy Everywhere", Rejected),
        ("603 Decline", Rejected),
        ("699 Whatever", Rejected),
    ],
)
def test_the_status_says_whose_turn_it_is(reason: str, kind: type[Exception]) -> None:
    failure = of_ending(reason)
    assert type(failure) is kind
    assert "Whatever" not in str(failure)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("See https://x.example/a?b=c now", "See now", id="addresses are left out"),
        pytest.param("Code 482913.", "Code 4 8 2 9 1 3.", id="codes are spelled"),
        pytest.param("31 % of 2000", "31 % of 2000", id="numbers are not"),
        pytest.param("[[_^_]] <b>x</b>", "^ b x /b", id="commands to the voice are none"),
        pytest.param("a\r\nb\x1b[2J\ud83d", "a b 2J", id="control characters are left out"),
        pytest.param("perché", "perché", id="accents are kept"),
    ],
)
def test_a_text_is_made_fit_to_be_spoken(text: str, said: str) -> None:
    assert sayable(text) == said


def test_a_text_without_an_end_has_one() -> None:
    assert len(sayable("word " * 1000)) == LENGTH


async def test_a_program_that_fails_or_hangs_is_ended(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="status 1"):
        await run("false", within=timedelta(seconds=30))
    with pytest.raises(RetryLater, match="had not ended"):
        await run("sleep", "600", within=timedelta(seconds=0.1))


@pytest.mark.parametrize(
    ("form", "delivery"),
    [
        ({"state": "failed", "detail": "busy"}, Delivery(state=DeliveryState.FAILED, detail="busy")),
        ({"state": "delivered"}, Delivery(state=DeliveryState.DELIVERED)),
        ({"state": "acknowledged"}, None),
        ({"state": "nonsense"}, None),
        ({}, None),
    ],
)
def test_how_a_call_ended_is_understood(form: dict[str, str], delivery: Delivery | None) -> None:
    assert SipCall().delivery_told(Told(url="", headers={}, form=tuple(form.items()))) == delivery
