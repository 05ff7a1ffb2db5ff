"""What happens in a phone call? It rings, is answered, speaks, takes a key, and says what came of the key."""

import asyncio
import logging
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from blocks.baresip import Event, Line, Softphone, softphone
from blocks.interfaces import Delivery, DeliveryState
from blocks.sip_answers import of_ending
from blocks.speech import speak
from incident.configuration import Language
from incident.errors import ConnectionFailure, Rejected, RetryLater

logger = logging.getLogger(__name__)

TIMES = 4
"""How often the alert is said; then the call ends."""
BEFORE, BETWEEN = timedelta(seconds=1), timedelta(seconds=3)
"""Silence: while the phone is brought to the ear, and to think before it is said again."""
AFTER = timedelta(seconds=0.5)
_SPARE = timedelta(seconds=60)
_ALERT = "alert.wav"


KEYS = ("1", "2")
"""What is listened to; whoever has the page in hand knows what they mean."""

Press = Callable[[str], Awaitable[str]]
"""Says which key was pressed, and returns what is spoken then; a ConnectionFailure if it cannot be said."""


@dataclass(frozen=True)
class Script:
    """A call as it shall be: whom it reaches, what it says in which language, and what a key does, if any.

    ``failed`` is said when a key could not be taken.
    """

    address: str
    line: Line
    rings_for: timedelta
    language: Language
    text: str
    press: Press | None = None
    failed: str = ""
    registers: bool = False


@dataclass
class PhoneCall:
    """One call; `placed` is set as soon as it rings, and `state` is what is known of it.

    It counts as made once whoever wanted it was told so, and does not wait for it any more.
    """

    script: Script
    state: Delivery = field(default_factory=lambda: _at(DeliveryState.SENT, "dialling"))
    placed: asyncio.Event = field(default_factory=asyncio.Event)
    counts_as_made: bool = False
    _phone: Softphone | None = None
    _dialled: bool = False
    _pressed: bool = False

    @property
    def is_taken(self) -> bool:
        """Has somebody on the way said that they have the call, although nothing rings yet?"""
        return self._dialled and self._phone is not None and self._phone.trying

    async def carry(self) -> None:
        """The whole call, until it has ended.

        Raises:
            Rejected, RetryLater: it could not be made, or nobody answered it.
        """
        with tempfile.TemporaryDirectory(prefix="incident-call-") as place:  # no other user can read it
            folder = Path(place)
            lasts = await self._speak(self.script.text, folder / _ALERT, BEFORE, BETWEEN, TIMES)
            limit = self.script.rings_for + lasts + _SPARE
            async with softphone(folder, self.script.line, folder / _ALERT, limit) as self._phone:
                try:
                    await self._go(self._phone, folder)
                except ConnectionFailure as failure:
                    self.state = _at(DeliveryState.FAILED, str(failure))
                    raise

    async def _go(self, phone: Softphone, folder: Path) -> None:
        try:
            async with asyncio.timeout(self.script.rings_for.total_seconds()) as patience:
                async for event in phone.events():
                    match event:
                        case Event(response=True, ok=False) if not self.placed.is_set():
                            raise Rejected("baresip does not take the account or the address")
                        case Event(response=True) if not self.script.registers:
                            await self._dial(phone)
                        case Event(type="REGISTER_OK"):
                            await self._dial(phone)
                        case Event(type="REGISTER_FAIL" | "CALL_CLOSED"):
                            return self._closed(event.param)
                        case Event(type="CALL_RINGING" | "CALL_PROGRESS"):
                            self._reached(DeliveryState.SENT, "ringing")
                        case Event(type="CALL_ESTABLISHED"):
                            patience.reschedule(None)
                            self._reached(DeliveryState.DELIVERED, "answered")
                        case Event(type="CALL_DTMF_START"):
                            await self._press(event.param, phone, folder)
        except TimeoutError:
            raise RetryLater("nobody picked up") from None
        return self._closed("")

    async def _dial(self, phone: Softphone) -> None:
        if not self._dialled:  # an account registers again while the call lasts
            self._dialled = True
            await phone.dial(self.script.address)

    def _reached(self, state: DeliveryState, detail: str) -> None:
        self.state = _at(state, detail)
        self.placed.set()

    def _closed(self, reason: str) -> None:
        """Nothing, if it was answered; whoever hangs up then has heard us."""
        if self.state.state is DeliveryState.SENT:
            raise of_ending(reason)

    async def _press(self, key: str, phone: Softphone, folder: Path) -> None:
        """The first key that can be taken ends the call, with a word about what came of it."""
        if self._pressed or self.script.press is None or key not in KEYS:
            return
        try:
            said, self._pressed = await self.script.press(key), True
            self.state = _at(DeliveryState.DELIVERED, f"answered, {key} was pressed")
        except ConnectionFailure as failure:
            logger.warning("key %s of a phone call could not be taken: %s", key, failure)
            said = self.script.failed
        reply = folder / f"reply-{key}.wav"
        await self._speak(said, reply, timedelta(), AFTER)
        await phone.play(reply)

    async def _speak(
        self, text: str, file: Path, before: timedelta, after: timedelta, times: int = 1
    ) -> timedelta:
        language = self.script.language
        return await speak(text, language, file, before=before, after=after, times=times)


def _at(state: DeliveryState, detail: str) -> Delivery:
    return Delivery(state=state, detail=detail)
