"""Does the telephone ring, is the page heard, and do the keys do what they say?"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl

import httpx
import psutil
import pytest

from blocks.interfaces import Delivery, DeliveryState, PageMessage
from blocks.phone_calls import PhoneCalls
from blocks.sip import SipCall
from incident.errors import ConnectionFailure, Rejected, RetryLater
from tests.blocks.rigs import PAGE, Wired
from tests.blocks.sip_server import Request, sip_server
from tests.blocks.telephone import PATIENCE, Telephone, needed, telephone

PASSWORD = "correct-horse-battery-staple"
CALLBACK = "https://incidents.example.com/callbacks/phone/token"
KEYS, DELIVERY = f"{CALLBACK}/keys", f"{CALLBACK}/delivery"
ALOUD = PAGE.model_copy(
    update={
        "callback_url": CALLBACK,
        "language": "it",
        "spoken": "Anna, serve il tuo aiuto. Servizio checkout: tasso di errori 31 per cento.",
        "key_prompt": "Premi 1 per prendere in carico, oppure 2 per passare al livello successivo.",
        "key_failed": "Non è riuscito.",
    }
)
SOON, LONG = timedelta(seconds=0.5), timedelta(seconds=60)


@pytest.fixture(autouse=True)
def _programs() -> None:
    needed()


def calling(doors: Wired | None = None, within: timedelta = LONG, **settings: object) -> SipCall:
    block = SipCall(address="127.0.0.1", **settings)
    block._transport, block._calls = (doors or Wired()).transport, PhoneCalls(within)
    return block


def told(doors: Wired, door: str) -> list[dict[str, str]]:
    """The forms that one of our doors was sent."""
    sent = [request.content.decode() for request in doors.requests if str(request.url) == door]
    return [dict(parse_qsl(form)) for form in sent]


async def heard_out(block: SipCall, phone: Telephone, keys: str, page: PageMessage = ALOUD) -> Delivery:
    """What became of a call whose telephone presses keys while it listens."""
    receipt = await block.deliver(phone.address, page)
    await asyncio.to_thread(phone.wait_for, "CALL_ESTABLISHED")
    await asyncio.to_thread(phone.wait_for, "CALL_RTPESTAB")  # it hears something
    for key in keys:
        phone.press(key)
    await asyncio.to_thread(phone.wait_for, "CALL_CLOSED")
    ending = await block.ended(receipt.provider_id)
    assert ending
    return ending


async def failure(block: SipCall, to: str) -> ConnectionFailure:
    with pytest.raises(ConnectionFailure) as caught:
        await block.deliver(to, ALOUD)
    assert "127.0.0.1" not in str(caught.value)
    assert PASSWORD not in str(caught.value)
    return caught.value


def softphones() -> list[psutil.Process]:
    """What our calls have started and not ended."""
    started = psutil.Process().children(recursive=True)
    found = []
    for each in started:
        with suppress(psutil.NoSuchProcess):
            if any("incident-call-" in argument for argument in each.cmdline()):
                found.append(each)
    return found


class TestWithARealTelephone:
    async def test_the_page_is_heard_a_key_is_told_and_its_reply_spoken(self) -> None:
        """Although the door is closed for a moment."""
        doors = Wired()
        doors.answer = lambda _: httpx.Response(503 if len(doors.requests) == 1 else 200, text="Grazie.")
        with telephone() as phone:
            ending = await heard_out(calling(doors), phone, "1")
            assert phone.loudness() > 50
        assert [form["key"] for form in told(doors, KEYS)] == ["1", "1"]
        assert ending == Delivery(state=DeliveryState.DELIVERED, detail="answered, 1 was pressed")
        assert told(doors, DELIVERY) == [{"state": "delivered", "detail": ending.detail}]
        assert softphones() == []

    async def test_a_key_is_heard_once_and_others_mean_nothing(self) -> None:
        doors = Wired(lambda _: httpx.Response(200, text="Sì."))
        with telephone() as phone:
            await heard_out(calling(doors), phone, "5112")
        assert [form["key"] for form in told(doors, KEYS)] == ["1"]

    async def test_whoever_presses_a_key_in_vain_is_told(self) -> None:
        doors = Wired(lambda _: httpx.Response(410))
        with telephone() as phone:
            ending = await heard_out(calling(doors), phone, "2")
        assert ending == Delivery(state=DeliveryState.DELIVERED, detail="answered")

    async def test_it_is_said_that_it_rings_and_then_that_nobody_picked_up(self) -> None:
        doors = Wired()
        block = calling(doors)
        block.rings_for = 1
        with telephone(answers=False) as phone:
            receipt = await block.deliver(phone.address, ALOUD)
            assert receipt.detail == "ringing"
            assert await block.follow(receipt.provider_id) == Delivery(
                state=DeliveryState.SENT, detail="ringing"
            )
            ending = await block.ended(receipt.provider_id)
            await asyncio.to_thread(phone.wait_for, "CALL_CLOSED")
        assert ending == Delivery(state=DeliveryState.FAILED, detail="nobody picked up")
        assert told(doors, DELIVERY) == [{"state": "failed", "detail": "nobody picked up"}]
        assert softphones() == []

    async def test_the_same_page_rings_once_while_its_call_goes_on(self) -> None:
        block = calling(calls_at_once=1)
        with telephone(answers=False) as phone:
            first, again = [await block.deliver(phone.address, ALOUD) for _ in range(2)]
            assert first == again
            other = ALOUD.model_copy(update={"key": "INC-42/page/2/1/1/ann"})
            with pytest.raises(RetryLater, match="1 calls go on"):
                await block.deliver(phone.address, other)
            phone.hang_up()
            ending = await block.ended(first.provider_id)
        assert [name for name, _ in phone.happened].count("CALL_INCOMING") <= 1
        assert ending
        assert ending.state is DeliveryState.FAILED

    async def test_a_message_is_spoken_too_over_tcp(self) -> None:
        block = calling(transport="tcp", language="it")
        with telephone() as phone:
            receipt = await block.send(phone.address, "INC-42/x", "Prova", "Codice 482913: https://x.example")
            await asyncio.to_thread(phone.wait_for, "CALL_RTPESTAB")
            phone.hang_up()
            ending = await block.ended(receipt.provider_id)
        assert ending == Delivery(state=DeliveryState.DELIVERED, detail="answered")

    async def test_no_secret_is_left_where_others_could_read_it(self) -> None:
        block = calling(password=PASSWORD)
        with telephone(answers=False) as phone:
            await block.deliver(phone.address, ALOUD)
            [softphone] = softphones()
            command = softphone.cmdline()
            folder = Path(command[command.index("-f") + 1])
            assert folder.stat().st_mode & 0o777 == 0o700
            assert not (folder / "accounts").exists()
            assert PASSWORD not in " ".join(command)
            phone.hang_up()
            await block.ended(ALOUD.key)
        assert not folder.exists()


def always(*statuses: str) -> Callable[[Request], Sequence[str]]:
    """A provider that answers every call in this way."""
    return lambda request: statuses if request.method == "INVITE" else ["200 OK"]


class TestWithAProvider:
    @pytest.mark.parametrize(
        ("status", "kind"),
        [
            pytest.param("486 Busy Here", RetryLater, id="busy may be free later"),
            pytest.param(
                "503 Service Unavailable", RetryLater, id="an overloaded provider may be free later"
            ),
            pytest.param("404 Not Found", Rejected, id="a number that nobody has stays so"),
            pytest.param("603 Decline", Rejected, id="whoever declines is not asked again"),
        ],
    )
    async def test_a_call_that_is_not_taken_is_a_failure(self, status: str, kind: type[Exception]) -> None:
        doors = Wired()
        async with sip_server(always("100 Trying", status)) as provider:
            problem = await failure(calling(doors, domain=f"127.0.0.1:{provider.port}"), "+1 555 867-5310")
        assert doors.requests == []
        assert type(problem) is kind
        assert status[:3] in str(problem)
        assert provider.came[0].address.startswith("sip:+15558675310@")

    async def test_a_call_that_the_networks_have_counts_as_made(self) -> None:
        block = calling(within=timedelta(seconds=3))
        async with sip_server(always("100 Trying")) as provider:
            receipt = await block.deliver(f"sip:ann@127.0.0.1:{provider.port}", ALOUD)
        assert receipt.detail == "dialling"

    async def test_a_provider_that_says_nothing_is_left_for_another_way(self) -> None:
        async with sip_server(lambda _: ()) as provider:
            problem = await failure(calling(within=SOON), f"sip:ann@127.0.0.1:{provider.port}")
        assert type(problem) is RetryLater
        assert softphones() == []

    async def test_whoever_gives_up_ends_the_call(self) -> None:
        async with sip_server(lambda _: ()) as provider:
            page = asyncio.create_task(calling().deliver(f"sip:ann@127.0.0.1:{provider.port}", ALOUD))
            async with asyncio.timeout(PATIENCE):
                while not provider.came:
                    await asyncio.sleep(0.02)
            page.cancel()
            with pytest.raises(asyncio.CancelledError):
                await page
        assert softphones() == []

    async def test_it_signs_in_with_the_password_and_calls(self) -> None:
        def strict(request: Request) -> Sequence[str]:
            match request.method:
                case "REGISTER":
                    return ["200 OK" if request.proves(PASSWORD, "Authorization") else "401 Unauthorized"]
                case "INVITE" if not request.proves(PASSWORD, "Proxy-Authorization"):
                    return ["407 Proxy Authentication Required"]
                case "INVITE":
                    return ["486 Busy Here"]
                case _:
                    return ["200 OK"]

        async with sip_server(strict) as provider:
            block = calling(
                domain=f"127.0.0.1:{provider.port}", user="gate", password=PASSWORD, registers=True
            )
            assert "486" in str(await failure(block, "200"))
        invited = [each for each in provider.came if each.method == "INVITE"]
        assert invited[-1].proves(PASSWORD, "Proxy-Authorization")
        assert provider.methods.index("REGISTER") < provider.methods.index("INVITE")
        assert invited[0].headers["From"].startswith('"Incident response" <sip:gate@')

    @pytest.mark.parametrize("registers", [True, False])
    async def test_a_wrong_password_is_rejected(self, registers: bool) -> None:
        challenge = {"REGISTER": ["401 Unauthorized"], "INVITE": ["407 Proxy Authentication Required"]}
        async with sip_server(lambda request: challenge.get(request.method, ())) as provider:
            block = calling(
                domain=f"127.0.0.1:{provider.port}", user="gate", password="wrong", registers=registers
            )
            assert type(await failure(block, "200")) is Rejected


async def test_programs_that_are_missing_are_named_with_their_packages(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Rejected, match="apt install baresip-core espeak-ng sox"):
        await calling().deliver("sip:ann@127.0.0.1", ALOUD)


@pytest.mark.parametrize("key", ["1", "2"])
async def test_what_our_door_says_to_a_key_is_spoken(key: str) -> None:
    doors = Wired(lambda _: httpx.Response(200, text="done"))
    assert await calling(doors)._press(CALLBACK, key) == "done"
    assert told(doors, KEYS) == [{"key": key}]
