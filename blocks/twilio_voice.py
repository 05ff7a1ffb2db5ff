"""How does a page become a phone call through Twilio, and what do its keys do?

Source: Twilio's description of its API 2010-04-01 (Calls) and of TwiML (Gather, Say).
"""

from typing import Annotated, Any, ClassVar
from xml.sax.saxutils import escape, quoteattr

from pydantic import Field
from typing_extensions import override

from blocks.interfaces import Channel, Delivery, PageMessage, Receipt
from blocks.telling import Answer, TakesKeys, Told
from blocks.twilio import InTwilio, sayable, status_callback, twiml

SPOKEN_LENGTH = 800
"""Characters: what can be said in a minute."""

_VOICES = {"en": "en-GB", "it": "it-IT"}
_LANGUAGE = Field(
    title="Language",
    description="Of the voice, such as en-US; what is written in another language has its own voice.",
    pattern=r"^[a-z]{2}-[A-Z]{2}$",
)


class TwilioVoice(InTwilio, Channel, TakesKeys):
    """Rings and speaks the page twice; 1 acknowledges, 2 passes on to the next level."""

    _block_type_name: ClassVar[str | None] = "Twilio phone call"
    _block_type_slug: ClassVar[str | None] = "twilio-call"
    _description: ClassVar[str | None] = (
        "Calls through Twilio that speak the page; 1 acknowledges, 2 passes on. The contact's `to` is a "
        "number."
    )

    language: Annotated[str, _LANGUAGE] = "en-GB"
    rings_for: Annotated[
        int, Field(title="Rings for", description="Seconds; shorter than the mailbox takes.", ge=5, le=600)
    ] = 25

    @override
    async def deliver(self, to: str, message: PageMessage) -> Receipt:
        text = f"{message.subject[:SPOKEN_LENGTH]}. {message.key_prompt}"
        spoken = self._say(text, message.language)
        verbs = _gather(message.callback_url, spoken * 2) if message.callback_url else spoken * 2
        return await self._call(self.deliver, to, verbs, status_callback(message))

    @override
    async def send(self, to: str, key: str, subject: str, text: str, html: str = "") -> Receipt:
        spoken = self._say(f"{subject}. {text}"[:SPOKEN_LENGTH], self.language[:2])
        return await self._call(self.send, to, spoken, {})

    @override
    async def follow(self, receipt: str) -> Delivery | None:
        return await self._follow(self.follow, "Calls", receipt)

    @override
    def key_told(self, told: Told) -> str:
        return self._genuine(told).get("Digits", "")

    @override
    def say_back(self, text: str, language: str, again_at: str = "") -> Answer:
        spoken = self._say(text, language)
        return twiml(_gather(again_at, spoken) if again_at else f"{spoken}<Hangup/>")

    async def _call(self, method: Any, to: str, verbs: str, told_at: dict[str, str]) -> Receipt:
        form = {
            "To": to,
            "From": self.sender,
            "Twiml": f"<Response>{verbs}</Response>",
            "Timeout": str(self.rings_for),
            **told_at,
        }
        return await self._create(method, "Calls", form)

    def _say(self, text: str, language: str) -> str:
        voice = self.language if self.language.startswith(language) else _VOICES.get(language, self.language)
        return f'<Say language="{voice}">{escape(sayable(text))}</Say>'


def _gather(callback_url: str, spoken: str) -> str:
    """Say it, and tell the first key that is pressed meanwhile or within five seconds after it."""
    told_at = quoteattr(f"{callback_url}/keys")
    return f'<Gather input="dtmf" numDigits="1" timeout="5" action={told_at}>{spoken}</Gather>'
