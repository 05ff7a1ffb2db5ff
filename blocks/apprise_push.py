"""How does a page reach a service that we have no connection for? Through Apprise.

Source: Apprise's documentation. It knows over a hundred services, works in threads, and answers yes or no,
never why, so this is what its answers mean here::

    it does not understand the address, nothing was sent       Rejected
    no thread was free in time, nothing was sent               RetryLater
    it says no, or has not answered in time                    UnknownOutcome
"""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Annotated, Any, ClassVar
from urllib.parse import quote

from pydantic import Field, PrivateAttr, SecretStr
from typing_extensions import override

from blocks.failures import Fate, failure
from blocks.interfaces import TIMEOUT, Channel, PageMessage, Receipt
from incident.errors import Rejected, UnknownOutcome

THREADS = 8
POOL = ThreadPoolExecutor(THREADS, thread_name_prefix="apprise")
"""Its own, so that a service that hangs keeps no other thread of the process from working."""

_TO = "{to}"
_PAGE, _MESSAGE = "failure", "info"  # Apprise's own words

# Below this level Apprise logs whole requests, and with them tokens.
logging.getLogger("apprise").setLevel(logging.WARNING)


class ApprisePush(Channel):
    """Notifies whatever an Apprise address names."""

    _block_type_name: ClassVar[str | None] = "Apprise"
    _block_type_slug: ClassVar[str | None] = "apprise-push"
    _description: ClassVar[str | None] = (
        "Notifies any service that Apprise knows, such as Pushover, Telegram or Signal. It tells only "
        "whether that went well: a page that it calls failed is sent again, and may arrive twice."
    )

    url: Annotated[
        SecretStr,
        Field(
            title="Address",
            description="As Apprise writes it, such as tgram://token/{to}. Where it says {to}, the contact's "
            "`to` is put in; without {to} everything goes to this one address.",
            min_length=1,
        ),
    ]
    _time_limit: timedelta = PrivateAttr(default=TIMEOUT)

    @override
    def block_initialization(self) -> None:
        """Load Apprise's services, which takes a second or more: better now than while a page waits."""
        POOL.submit(_load)

    @override
    async def deliver(self, to: str, message: PageMessage) -> Receipt:
        return await self._push(to, message.key, message.subject, message.text, _PAGE)

    @override
    async def send(self, to: str, key: str, subject: str, text: str, html: str = "") -> Receipt:
        return await self._push(to, key, subject, text, _MESSAGE)

    async def _push(self, to: str, key: str, subject: str, text: str, kind: str) -> Receipt:
        job = POOL.submit(_notify, self._address(to), _writable(subject), _writable(text), kind)
        try:
            async with asyncio.timeout(self._time_limit.total_seconds()):
                await asyncio.wrap_future(job)
        except TimeoutError:
            # Nothing stops a thread that has begun: it may still succeed.
            fate = Fate.NOT_DONE if job.cancel() else Fate.LOST
            raise failure(fate, f"Apprise: no answer in time, {fate}", self.repeat) from None
        return Receipt(provider_id=key)

    def _address(self, to: str) -> str:
        url = self.url.get_secret_value()
        if _TO in url and not to:
            raise Rejected("Apprise: this address needs the contact's `to`")
        return url.replace(_TO, quote(to, safe=""))


def _load() -> None:
    from apprise.manager_plugins import NotificationManager  # noqa: PLC0415  only who uses it pays for it

    # Asked for explicitly, because that waits for another thread that loads: Apprise by itself would look
    # among the services loaded so far, and not understand an address of any other.
    manager: Any = NotificationManager  # its class has no types
    manager().load_modules()


def _notify(url: str, title: str, body: str, kind: str) -> None:
    """Notify and wait; the caller gives a thread for it."""
    from apprise import Apprise, AppriseAsset, NotifyFormat, NotifyType  # noqa: PLC0415  as above

    _load()
    asset = AppriseAsset(async_mode=False, secure_logging=True)
    service = Apprise.instantiate(url, asset=asset)
    if service is None:
        raise Rejected("Apprise: it does not understand this address")
    services = Apprise(asset=asset)
    services.add(service)
    if not services.notify(body, title, notify_type=NotifyType(kind), body_format=NotifyFormat.TEXT):
        raise UnknownOutcome("Apprise: the service failed, and it does not say how")


def _writable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()  # halves of emoji: a ?
