"""What does every channel promise? The suite that a new one must pass."""

import traceback
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from blocks.interfaces import Receipt, Repeat
from incident.errors import ConnectionFailure, Rejected, RetryLater, UnknownOutcome
from tests.blocks.rigs import CHANNELS, HTTP_CHANNELS, PAGE, HttpRig, Wired

# The relay takes passwords in clear: it is on loopback, and few of these tests are about TLS.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")

LOST = {Repeat.SAFE: RetryLater, Repeat.MAY_DOUBLE: UnknownOutcome}


@pytest.fixture(params=HTTP_CHANNELS.values(), ids=HTTP_CHANNELS)
def rig(request: pytest.FixtureRequest) -> HttpRig:
    return request.param


async def deliver(rig: HttpRig, wired: Wired) -> Receipt:
    return await rig.make(wired.transport).deliver(rig.to, PAGE)


async def failure(rig: HttpRig, answer: Callable[[httpx.Request], httpx.Response]) -> ConnectionFailure:
    with pytest.raises(ConnectionFailure) as caught:
        await deliver(rig, Wired(answer))
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + str(caught.value)
    for secret in (*rig.secrets, "hooks.example.com"):
        assert secret not in shown
    return caught.value


@pytest.mark.parametrize("channel", CHANNELS.values(), ids=CHANNELS)
class TestEveryChannel:
    async def test_gives_a_receipt_for_a_page(self, channel) -> None:
        async with channel() as rig:
            assert (await rig.channel.deliver(rig.to, PAGE)).provider_id

    async def test_gives_a_receipt_for_a_message(self, channel) -> None:
        async with channel() as rig:
            receipt = await rig.channel.send(
                rig.to, "INC-42/update/1/ann", "Update", "We are looking.", "<p>We</p>"
            )
            assert receipt.provider_id

    async def test_gives_the_same_id_for_the_same_key(self, channel) -> None:
        async with channel() as rig:
            once, again = [await rig.channel.deliver(rig.to, PAGE) for _ in range(2)]
            assert once.provider_id == again.provider_id

    async def test_sends_what_no_charset_holds(self, channel) -> None:
        async with channel() as rig:
            await rig.channel.send(
                rig.to, "INC-42/x", "half \ud83d an emoji\r\nBcc: eve@example.com", "\ud83d\0\x1b[2J"
            )

    async def test_shows_no_secret_in_any_form(self, channel) -> None:
        async with channel() as rig:
            block = rig.channel
            forms = (
                repr(block),
                str(block),
                str(block.model_dump()),
                block.model_dump_json(),
                f"{block!r:>9}",
            )
            for secret in rig.secrets:
                assert not any(secret in form for form in forms)


STATUSES = [
    (300, Rejected),
    (301, Rejected),
    (302, Rejected),
    (304, Rejected),
    (307, Rejected),
    (308, Rejected),
    (400, Rejected),
    (401, Rejected),
    (403, Rejected),
    (404, Rejected),
    (405, Rejected),
    (408, RetryLater),
    (409, Rejected),
    (410, Rejected),
    (413, Rejected),
    (422, Rejected),
    (425, RetryLater),
    (429, RetryLater),
    (451, Rejected),
    (500, LOST),
    (501, Rejected),
    (502, LOST),
    (503, RetryLater),
    (504, LOST),
    (505, Rejected),
    (507, LOST),
    (520, LOST),
    (599, LOST),
]


class TestEveryHttpChannel:
    @pytest.mark.parametrize("status", [200, 201, 202, 204])
    async def test_takes_every_success_for_delivered(self, rig: HttpRig, status: int) -> None:
        assert (await deliver(rig, Wired(lambda _: httpx.Response(status)))).provider_id

    @pytest.mark.parametrize(("status", "kind"), STATUSES, ids=[str(status) for status, _ in STATUSES])
    async def test_says_whose_turn_it_is_after_a_status(self, rig: HttpRig, status: int, kind) -> None:
        expected = kind if kind is not LOST else LOST[rig.make(Wired().transport).repeat]
        error = await failure(
            rig, lambda _: httpx.Response(status, text="sorry, correct-horse-battery-staple")
        )
        assert type(error) is expected
        assert str(status) in str(error)

    @pytest.mark.parametrize("status", [429, 503])
    async def test_passes_on_how_long_to_wait(self, rig: HttpRig, status: int) -> None:
        error = await failure(rig, lambda _: httpx.Response(status, headers={"Retry-After": "17"}))
        assert isinstance(error, RetryLater)
        assert error.after == timedelta(seconds=17)

    @pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout])
    async def test_is_retried_when_it_was_never_connected(self, rig: HttpRig, error) -> None:
        def refuse(request: httpx.Request) -> httpx.Response:
            raise error(f"no route to {request.url}", request=request)

        assert type(await failure(rig, refuse)) is RetryLater

    @pytest.mark.parametrize("error", [httpx.ReadTimeout, httpx.ReadError, httpx.RemoteProtocolError])
    async def test_does_not_pretend_to_know_when_the_answer_was_lost(self, rig: HttpRig, error) -> None:
        def lose(request: httpx.Request) -> httpx.Response:
            raise error(f"lost {request.url}", request=request)

        assert type(await failure(rig, lose)) is LOST[rig.make(Wired().transport).repeat]

    async def test_follows_no_redirect(self, rig: HttpRig) -> None:
        wired = Wired(lambda _: httpx.Response(302, headers={"Location": "https://evil.example.com/"}))
        with pytest.raises(Rejected, match="redirects are not followed"):
            await deliver(rig, wired)
        assert len(wired.requests) == 1

    @pytest.mark.parametrize("body", [b"ok", b"{", b"[1]", b'{"id": null}', b"<html>", b"\xff\xfe", b""])
    async def test_is_delivered_whatever_a_success_says(self, rig: HttpRig, body: bytes) -> None:
        wired = Wired(
            lambda _: httpx.Response(200, content=body, headers={"Content-Type": "application/json"})
        )
        assert (await deliver(rig, wired)).provider_id == PAGE.key

    async def test_sends_the_idempotency_key(self, rig: HttpRig) -> None:
        wired = Wired()
        await deliver(rig, wired)
        assert wired.requests[0].headers["Idempotency-Key"] == PAGE.key

    async def test_sends_byte_for_byte_the_same_when_it_is_repeated(self, rig: HttpRig) -> None:
        wired = Wired()
        await deliver(rig, wired)
        await deliver(rig, wired)
        assert wired.requests[0].content == wired.requests[1].content
