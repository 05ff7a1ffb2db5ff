"""Does the guard call what it has looked at, and nothing of our own network? And what does SNS make of it?"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import httpx
import pytest

from blocks.guard import Guard
from blocks.sns import FAILED_FOR, MOST_KEPT, Certificates
from incident.errors import ConnectionFailure, Rejected, RetryLater
from incident.trust.request import Forged
from incident.trust.sns import SnsMessage, read_message
from incident.trust.ways import SnsSignature
from tests.ledger.desk import START
from tests.signing import CERTIFICATE_URL, TOPIC, Sns, pem, sns_certificate

PRIVATE = (
    "127.0.0.1",
    "10.0.0.7",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "::1",
    "fe80::1%eth0",
    "fd00::1",
    "::ffff:10.0.0.7",
    "64:ff9b::a00:7",
    "2002:0a00:0007::1",
    "224.0.0.1",
)


class Internet:
    """One host with these machines; it answers this and keeps what it was asked."""

    def __init__(self, *machines: str, answer: httpx.Response | httpx.HTTPError | None = None) -> None:
        self.machines, self.answer = machines or ("8.8.8.8",), answer or httpx.Response(200, content=b"x")
        self.asked, self.looked_up = list[httpx.Request](), 0

    async def resolve(self, _host: str, _port: int) -> Sequence[str]:
        self.looked_up += 1
        return self.machines

    async def reply(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        await asyncio.sleep(0)
        if isinstance(self.answer, httpx.HTTPError):
            raise self.answer
        return httpx.Response(
            self.answer.status_code, content=self.answer.content, headers=self.answer.headers
        )

    def guard(self) -> Guard:
        return Guard(transport=httpx.MockTransport(self.reply), resolve=self.resolve)

    async def get(self, *, most_bytes: int = 100, allow_private: bool = False) -> bytes:
        return await self.guard().get(
            "https://sns.example/secret",
            START,
            accept="*/*",
            most_bytes=most_bytes,
            allow_private=allow_private,
        )


@pytest.mark.parametrize("machine", PRIVATE)
async def test_no_address_of_our_own_network_is_called(machine: str) -> None:
    internet = Internet(machine)
    with pytest.raises(Rejected, match="private network"):
        await internet.get()
    assert internet.asked == []


async def test_a_host_with_one_private_machine_among_others_is_not_called() -> None:
    internet = Internet("8.8.8.8", "10.0.0.7")
    with pytest.raises(Rejected):
        await internet.get()
    assert internet.asked == []


async def test_a_private_address_is_called_where_that_is_allowed() -> None:
    internet = Internet("10.0.0.7")
    assert await internet.get(allow_private=True) == b"x"


async def test_the_machine_that_was_looked_at_is_called_and_the_host_is_not_looked_up_again() -> None:
    internet = Internet("8.8.8.8")
    await internet.get()
    (request,) = internet.asked
    assert (request.url.host, request.headers["Host"], internet.looked_up) == ("8.8.8.8", "sns.example", 1)
    assert request.extensions["sni_hostname"] == "sns.example"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        pytest.param(
            httpx.Response(302, headers={"Location": "http://127.0.0.1/"}), "redirects", id="redirects"
        ),
        pytest.param(httpx.Response(200, content=b"x" * 101), "larger than", id="endless answers"),
        pytest.param(httpx.Response(404), "HTTP 404", id="refusals"),
    ],
)
async def test_it_does_not_follow(answer: httpx.Response, said: str) -> None:
    internet = Internet(answer=answer)
    with pytest.raises(Rejected, match=said) as refused:
        await internet.get()
    assert "secret" not in str(refused.value)
    assert len(internet.asked) == 1


async def test_a_bomb_is_not_unpacked() -> None:
    internet = Internet(answer=httpx.Response(200))
    internet.answer.headers["Content-Encoding"] = "br"  # type: ignore[union-attr]  # it is a response
    with pytest.raises(ConnectionFailure):
        await internet.get()


async def test_what_may_pass_is_tried_again() -> None:
    for answer in (httpx.Response(503), httpx.ConnectTimeout("")):
        with pytest.raises(RetryLater):
            await Internet(answer=answer).get()


def message(**changes: Any) -> SnsMessage:
    return read_message(Sns().notification({}, **changes), SnsSignature(topics=(TOPIC,)), START)


def certificates(internet: Internet) -> Certificates:
    return Certificates(internet.guard())


async def test_a_certificate_is_fetched_once_however_many_messages_come_at_once() -> None:
    internet = Internet(answer=httpx.Response(200, content=pem()))
    kept = certificates(internet)
    await asyncio.gather(*(kept.check(message(), START, allow_private=False) for _ in range(5)))
    assert [str(request.url.path) for request in internet.asked] == [CERTIFICATE_URL.partition(".com")[2]]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"<html>", id="no certificate"),
        pytest.param(pem(sns_certificate("www.example.com")), id="that of somebody else"),
        pytest.param(pem(sns_certificate("sns.amazonaws.com.evil.example")), id="a name that begins so"),
        pytest.param(pem(sns_certificate(since=START + timedelta(days=1))), id="one of tomorrow"),
        pytest.param(pem(sns_certificate(since=START - timedelta(days=400))), id="one that has expired"),
    ],
)
async def test_what_is_no_good_certificate_of_amazon_proves_nothing(content: bytes) -> None:
    with pytest.raises(Forged, match="certificate"):
        await certificates(Internet(answer=httpx.Response(200, content=content))).check(
            message(), START, allow_private=False
        )


async def test_a_certificate_in_our_own_network_proves_nothing() -> None:
    internet = Internet("169.254.169.254", answer=httpx.Response(200, content=pem()))
    with pytest.raises(Forged, match="private network"):
        await certificates(internet).check(message(), START, allow_private=False)


async def test_after_a_failure_nothing_is_fetched_for_a_while_and_then_again() -> None:
    internet = Internet(answer=httpx.Response(503))
    kept = certificates(internet)
    for _ in range(3):
        with pytest.raises(RetryLater):
            await kept.check(message(), START, allow_private=False)
    assert len(internet.asked) == 1
    internet.answer = httpx.Response(200, content=pem())
    await kept.check(message(), START + FAILED_FOR, allow_private=False)


async def test_so_many_certificates_are_kept_and_no_more() -> None:
    internet = Internet(answer=httpx.Response(200, content=pem()))
    kept = certificates(internet)
    for number in range(MOST_KEPT + 5):
        address = CERTIFICATE_URL.replace("abcdef", f"{number:06x}")
        await kept.check(message(SigningCertURL=address), START, allow_private=False)
    assert len(kept._kept) == MOST_KEPT
