"""How does a page become a text message or a phone call through Twilio?

Source: Twilio's description of its API 2010-04-01 (Messages, Calls) and of TwiML (Gather, Say). It takes no
idempotency key: a message whose answer was lost may be sent twice, and the timeline then says so.
"""

from base64 import b64encode
from typing import Annotated, Any, ClassVar
from xml.sax.saxutils import escape, quoteattr

from pydantic import BaseModel, Field, SecretStr
from typing_extensions import override

from blocks.exchange import Exchange, HttpConnection
from blocks.interfaces import Channel, Delivery, DeliveryState, PageMessage, Receipt

SMS_LENGTH, SPOKEN_LENGTH = 1600, 800
"""Characters: what Twilio takes for one message, and what can be said in a minute."""

_STATES = {
    **dict.fromkeys(("delivered", "read", "completed", "in-progress"), DeliveryState.DELIVERED),
    **dict.fromkeys(("failed", "undelivered", "canceled", "busy", "no-answer"), DeliveryState.FAILED),
}
_ACCOUNT = Field(
    title="Account SID", description="AC...; the console shows it.", pattern=r"^AC[0-9a-fA-F]{32}$"
)

_SENDER = Field(
    title="Sender", description="A number of the account, such as +15017122661.", pattern=r"^\+\d{5,15}$"
)
_LANGUAGE = Field(
    title="Language", description="Of the voice, such as en-GB or it-IT.", pattern=r"^[a-z]{2}-[A-Z]{2}$"
)


class _Twilio(HttpConnection):
    account_sid: Annotated[str, _ACCOUNT]
    auth_token: Annotated[SecretStr, Field(title="Auth token", description="Of the account.")]
    sender: Annotated[str, _SENDER]

    async def _create(self, method: Any, what: str, form: dict[str, str]) -> Receipt:
        answer = await self._signed_in(method).send("POST", self._at(f"{what}.json"), form=form)
        made = answer.read_as(_Made)
        return Receipt(provider_id=made.sid, detail=made.status)

    async def _follow(self, method: Any, what: str, sid: str) -> Delivery:
        found = (await self._signed_in(method).send("GET", self._at(f"{what}/{sid}.json"))).read_as(_Made)
        state = _STATES.get(found.status, DeliveryState.SENT)
        return Delivery(state=state, detail=found.status)

    def _signed_in(self, method: Any) -> Exchange:
        pair = f"{self.account_sid}:{self.auth_token.get_secret_value()}"
        return self._exchange(method, {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"})

    def _at(self, path: str) -> str:
        return f"https://api.twilio.com/2010-04-01/Accounts/{self.account_sid}/{path}"


class TwilioSms(_Twilio, Channel):
    """Sends text messages; a page is its subject and the link that acknowledges."""

    _block_type_name: ClassVar[str | None] = "Twilio text message"
    _block_type_slug: ClassVar[str | None] = "twilio-text"
    _description: ClassVar[str | None] = (
        "Text messages through Twilio; the contact's `to` is a number such as +15558675310."
    )

    @override
    async def deliver(self, to: str, message: PageMessage) -> Receipt:
        room = SMS_LENGTH - len(message.acknowledge_url) - 1
        return await self._send(self.deliver, to, f"{message.subject[:room]}\n{message.acknowledge_url}")

    @override
    async def send(self, to: str, key: str, subject: str, text: str, html: str = "") -> Receipt:
        return await self._send(self.send, to, f"{subject}\n{text}"[:SMS_LENGTH])

    @override
    async def follow(self, receipt: str) -> Delivery | None:
        return await self._follow(self.follow, "Messages", receipt)

    async def _send(self, method: Any, to: str, body: str) -> Receipt:
        return await self._create(method, "Messages", {"To": to, "From": self.sender, "Body": body})


class TwilioVoice(_Twilio, Channel):
    """Rings, speaks the page twice, and takes any key for an acknowledgement."""

    _block_type_name: ClassVar[str | None] = "Twilio phone call"
    _block_type_slug: ClassVar[str | None] = "twilio-call"
    _description: ClassVar[str | None] = (
        "Calls through Twilio that speak the page; any key acknowledges. The contact's `to` is a number."
    )

    language: Annotated[str, _LANGUAGE] = "en-GB"
    prompt: Annotated[
        str, Field(title="Prompt", description="What is said after the page, in that language.")
    ] = "Press any key to acknowledge."
    rings_for: Annotated[
        int, Field(title="Rings for", description="Seconds; shorter than the mailbox takes.", ge=5, le=600)
    ] = 25

    @override
    async def deliver(self, to: str, message: PageMessage) -> Receipt:
        spoken = self._say(f"{message.subject[:SPOKEN_LENGTH]}. {self.prompt}")
        keys = f'<Gather input="dtmf" numDigits="1" timeout="5" action={quoteattr(message.acknowledge_url)}>'
        return await self._call(self.deliver, to, f"{keys}{spoken}{spoken}</Gather>")

    @override
    async def send(self, to: str, key: str, subject: str, text: str, html: str = "") -> Receipt:
        return await self._call(self.send, to, self._say(f"{subject}. {text}"[:SPOKEN_LENGTH]))

    @override
    async def follow(self, receipt: str) -> Delivery | None:
        return await self._follow(self.follow, "Calls", receipt)

    async def _call(self, method: Any, to: str, spoken: str) -> Receipt:
        form = {
            "To": to,
            "From": self.sender,
            "Twiml": f"<Response>{spoken}</Response>",
            "Timeout": str(self.rings_for),
        }
        return await self._create(method, "Calls", form)

    def _say(self, text: str) -> str:
        sayable = "".join(char if char.isprintable() else " " for char in text)
        return f'<Say language="{self.language}">{escape(sayable)}</Say>'


class _Made(BaseModel):
    sid: str
    status: str = ""
