"""Which channels does the contract suite run against? CHANNELS, and HTTP_CHANNELS for what speaks HTTP."""

import io
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx
from apprise.manager_plugins import NotificationManager

from blocks import ApprisePush, ConsolePager, SignedWebhook, SipCall
from blocks.clock import Clock
from blocks.interfaces import Channel, PageMessage
from blocks.phone_calls import PhoneCalls
from incident.severity import Severity
from tests.blocks.catcher import catcher
from tests.blocks.relay import relay
from tests.blocks.telephone import needed, telephone

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET = "correct-horse-battery-staple"
TOKEN_IN_URL = "T0KEN-IN-THE-PATH"
HOOK = f"https://hooks.example.com/{TOKEN_IN_URL}"

PAGE = PageMessage(
    key="INC-42/page/1/1/1/ann",
    incident="INC-42",
    severity=Severity.CRITICAL,
    subject="INC-42 · checkout · error rate 31 % – perché?",
    text="Error rate is 31 %.\n\nAcknowledge: https://incidents.example.com/ack/abc",
    html="<p>Error rate is 31&nbsp;%.</p>",
    acknowledge_url="https://incidents.example.com/ack/abc",
    incident_url="https://incidents.example.com/incidents/INC-42",
)


class StoppedClock(Clock):
    """It is always NOW."""

    def now(self) -> datetime:
        return NOW


@dataclass
class Wired:
    """The other side of an HTTP channel: answers as told, and keeps what came."""

    answer: Callable[[httpx.Request], httpx.Response] = lambda _: httpx.Response(200)
    requests: list[httpx.Request] = field(default_factory=list)

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self._take)

    def _take(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self.answer(request)


@dataclass(frozen=True)
class HttpRig:
    """How to build one channel that speaks HTTP; `secrets` may never be seen."""

    make: Callable[[httpx.AsyncBaseTransport], Channel]
    to: str
    secrets: tuple[str, ...]


def webhook(transport: httpx.AsyncBaseTransport) -> SignedWebhook:
    block = SignedWebhook(secret=SECRET)
    block._transport, block._clock = transport, StoppedClock()
    return block


def webhook_at(transport: httpx.AsyncBaseTransport) -> SignedWebhook:
    block = SignedWebhook(secret=SECRET, url=HOOK)
    block._transport, block._clock = transport, StoppedClock()
    return block


HTTP_CHANNELS = {
    "signed webhook to the contact's address": HttpRig(webhook, HOOK, (SECRET, TOKEN_IN_URL)),
    "signed webhook to one address": HttpRig(webhook_at, "ann", (SECRET, TOKEN_IN_URL)),
}


@dataclass(frozen=True)
class Rig:
    """A channel with a friendly other side."""

    channel: Channel
    to: str
    secrets: tuple[str, ...] = ()


@asynccontextmanager
async def _console() -> AsyncIterator[Rig]:
    pager = ConsolePager()
    pager._stream = io.StringIO()
    yield Rig(pager, "")


@asynccontextmanager
async def _smtp() -> AsyncIterator[Rig]:
    with relay(password=SECRET) as server:
        yield Rig(server.mail(username="ann", password=SECRET), "ann@example.com", (SECRET,))


@asynccontextmanager
async def _webhook() -> AsyncIterator[Rig]:
    yield Rig(webhook(Wired().transport), HOOK, (SECRET, TOKEN_IN_URL))


@asynccontextmanager
async def _apprise() -> AsyncIterator[Rig]:
    NotificationManager().load_modules()  # else a slow machine does it within the time of the first page
    with catcher() as server:
        yield Rig(ApprisePush(url=f"json://ops:{SECRET}@127.0.0.1:{server.port}/{{to}}"), "ann", (SECRET,))


@asynccontextmanager
async def _sip() -> AsyncIterator[Rig]:
    needed()
    block = SipCall(address="127.0.0.1", password=SECRET)
    block._calls = calls = PhoneCalls()
    with telephone(answers=False) as phone:
        yield Rig(block, phone.address, (SECRET,))
        phone.hang_up()
        await calls.all_ended()


CHANNELS: dict[str, Callable[[], AbstractAsyncContextManager[Rig]]] = {
    "console": _console,
    "smtp": _smtp,
    "signed webhook": _webhook,
    "apprise": _apprise,
    "sip call": _sip,
}
