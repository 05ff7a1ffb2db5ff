"""How does a page become a text message through Twilio, and how do its answer and its fate come back?

Source: Twilio's description of its API 2010-04-01 (Messages), "Track the status of outbound messages" and
"Receive and reply to messages". It takes no idempotency key: a message whose answer was lost may be sent
twice, and the timeline then says so.
"""

from base64 import b64encode
from typing import Annotated, Any, ClassVar
from xml.sax.saxutils import escape

from pydantic import BaseModel, Field, SecretStr
from typing_extensions import override

from blocks.exchange import Exchange, HttpConnection
from blocks.interfaces import Channel, Delivery, DeliveryState, PageMessage, Receipt
from blocks.telling import Answer, TakesTexts, TellsDelivery, Text, Told
from blocks.twilio_signature import check_signature
from incident.trust.request import Forged

SMS_LENGTH = 1600
"""Characters: what Twilio takes for one message."""
XML = "text/xml"

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
_REPLIES = Field(
    title="Takes replies",
    description="The number hands over its messages to /sms/<name of the connection> of the web service.",
)


class InTwilio(HttpConnection, TellsDelivery):
    """What its messages and its calls have in common."""

    account_sid: Annotated[str, _ACCOUNT]
    auth_token: Annotated[SecretStr, Field(title="Auth token", description="Of the account.", min_length=1)]
    sender: Annotated[str, _SENDER]

    @override
    def delivery_told(self, told: Told) -> Delivery | None:
        fields = self._genuine(told)
        status = fields.get("MessageStatus") or fields.get("CallStatus", "")
        error = fields.get("ErrorCode", "")
        detail = f"{status}, Twilio's error {error}" if error.isdecimal() else status
        return Delivery(state=_STATES[status], detail=detail) if status in _STATES else None

    def _genuine(self, told: Told) -> dict[str, str]:
        """What is told, if it is about this account, and signed with its token."""
        check_signature(told, self.auth_token.get_secret_value())
        if told.fields.get("AccountSid", self.account_sid) != self.account_sid:
            raise Forged("it is signed by Twilio, but for another account")
        return told.fields

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


class TwilioSms(InTwilio, Channel, TakesTexts):
    """Sends text messages; a page is its subject, the link that acknowledges, and what a reply does."""

    _block_type_name: ClassVar[str | None] = "Twilio text message"
    _block_type_slug: ClassVar[str | None] = "twilio-text"
    _description: ClassVar[str | None] = (
        "Text messages through Twilio; the contact's `to` is a number such as +15558675310."
    )

    takes_replies: Annotated[bool, _REPLIES] = False

    @override
    async def deliver(self, to: str, message: PageMessage) -> Receipt:
        prompt = f"\n{message.reply_prompt}" if self.takes_replies and message.reply_prompt else ""
        below = f"\n{message.acknowledge_url}{prompt}"
        body = f"{message.subject[: SMS_LENGTH - len(below)]}{below}"
        return await self._send(self.deliver, to, body, status_callback(message))

    @override
    async def send(self, to: str, key: str, subject: str, text: str, html: str = "") -> Receipt:
        return await self._send(self.send, to, f"{subject}\n{text}"[:SMS_LENGTH], {})

    @override
    async def follow(self, receipt: str) -> Delivery | None:
        return await self._follow(self.follow, "Messages", receipt)

    @override
    def text_told(self, told: Told) -> Text:
        fields = self._genuine(told)
        return Text(
            number=fields.get("From", ""), text=fields.get("Body", ""), id=fields.get("MessageSid", "")
        )

    @override
    def text_back(self, text: str) -> Answer:
        said = escape(sayable(text[:SMS_LENGTH], keep="\n"))
        return twiml(f"<Message>{said}</Message>" if text else "")

    async def _send(self, method: Any, to: str, body: str, told_at: dict[str, str]) -> Receipt:
        return await self._create(
            method, "Messages", {"To": to, "From": self.sender, "Body": body, **told_at}
        )


def status_callback(message: PageMessage) -> dict[str, str]:
    """Where Twilio says what became of a page."""
    return {"StatusCallback": f"{message.callback_url}/delivery"} if message.callback_url else {}


def twiml(verbs: str) -> Answer:
    """What Twilio is to do."""
    return Answer(f'<?xml version="1.0" encoding="UTF-8"?><Response>{verbs}</Response>', XML)


def sayable(text: str, keep: str = "") -> str:
    """A text without what XML does not hold."""
    return "".join(char if char.isprintable() or char in keep else " " for char in text)


class _Made(BaseModel):
    sid: str
    status: str = ""
