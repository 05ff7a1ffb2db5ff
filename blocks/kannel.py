"""How does a page become a text message without a vendor's account? Through Kannel, which speaks SMPP.

Source: Kannel's user guide 1.4.5, "Using the HTTP interface to send SMS messages" (X-Kannel headers, reply
codes) and "Delivery reports". Kannel takes no idempotency key, and gives a message no number that could be
asked about: its 202 says that it is queued, and a report tells later whether it was delivered.
"""

import re
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field, SecretStr
from typing_extensions import override

from blocks.exchange import HttpConnection
from blocks.failures import unreadable
from blocks.gsm import coding_of, fitted
from blocks.interfaces import Channel, Delivery, DeliveryState, PageMessage, Receipt
from blocks.telling import Answer, TakesTexts, TellsDelivery, Text, Told
from incident.errors import Rejected
from incident.trust.request import Forged, Request
from incident.trust.tokens import check_token
from incident.trust.ways import BasicPassword

ACCEPTED = 202
DELIVERED, NOT_DELIVERED, REFUSED_BY_OPERATOR = 1, 2, 16
REPORTS = {
    DELIVERED: DeliveryState.DELIVERED,
    NOT_DELIVERED: DeliveryState.FAILED,
    REFUSED_BY_OPERATOR: DeliveryState.FAILED,
}
"""The kinds of report that are asked for; what is queued or on its way is still only sent."""

_NUMBER = re.compile(r"\+?[0-9]{3,15}")
_LOOK = str.maketrans("", "", " -./()")
_QUEUED = b"3:"


def _one_line(secret: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[!-~]+", secret.get_secret_value()):
        raise ValueError("may only hold letters, digits and signs of ASCII")  # it travels in a header
    return secret


def _one_line_if_any(secret: SecretStr | None) -> SecretStr | None:
    return secret and _one_line(secret)


_Secret = Annotated[SecretStr, AfterValidator(_one_line)]
_SENDER = Field(
    title="Sender",
    description="A number or a short name; left out: the gateway's own.",
    pattern=r"^\+?[0-9A-Za-z]{1,16}$",
)
_SMSC = Field(
    title="SMSC",
    description="The smsc-id of an operator; left out: as Kannel routes.",
    pattern=r"^[!-~]+$",
)
_REPLY_PASSWORD = Field(
    title="Reply password",
    description="Kannel gives it when it hands over what people answer; left out: replies are not taken.",
)


class KannelSms(HttpConnection, Channel, TakesTexts, TellsDelivery):
    """Sends text messages through a Kannel gateway of your own; replies and delivery reports come back."""

    _block_type_name: ClassVar[str | None] = "Kannel text message"
    _block_type_slug: ClassVar[str | None] = "kannel-text"
    _description: ClassVar[str | None] = (
        "Text messages through your own Kannel gateway, which speaks SMPP with the operator; the contact's "
        "`to` is a number such as +15558675310."
    )

    server: Annotated[
        str,
        Field(
            title="Server",
            description="Kannel's smsbox, such as http://127.0.0.1:13013.",
            pattern=r"^https?://[^/?#]+/?$",
        ),
    ]
    username: Annotated[
        str, Field(title="User", description="Of the group sendsms-user.", pattern=r"^[!-~]+$")
    ]
    password: Annotated[_Secret, Field(title="Password", description="Of that user.")]
    sender: Annotated[str | None, _SENDER] = None
    smsc: Annotated[str | None, _SMSC] = None
    # Not `_Secret | None`: Prefect would not see that it is a secret, and keep its stars instead of it.
    reply_password: Annotated[SecretStr | None, AfterValidator(_one_line_if_any), _REPLY_PASSWORD] = None

    @override
    async def deliver(self, to: str, message: PageMessage) -> Receipt:
        prompt = [message.reply_prompt] if self.reply_password and message.reply_prompt else []
        text = fitted(message.subject, "\n".join([message.acknowledge_url, *prompt]))
        reported = {}
        if message.callback_url:
            reported = {
                "X-Kannel-DLR-Mask": str(sum(REPORTS)),
                "X-Kannel-DLR-Url": f"{message.callback_url}/delivery?state=%d",
            }
        return await self._send(self.deliver, to, message.key, text, reported)

    @override
    async def send(self, to: str, key: str, subject: str, text: str, html: str = "") -> Receipt:
        return await self._send(self.send, to, key, fitted(f"{subject}\n{text}"), {})

    @override
    def delivery_told(self, told: Told) -> Delivery | None:
        """The token in the address, which nobody else was told, is what Kannel proves itself with."""
        kind = told.asked().get("state", "")
        state = REPORTS.get(int(kind)) if kind.isascii() and kind.isdigit() else None
        return Delivery(state=state, detail=f"Kannel's report {kind}") if state else None

    @override
    def text_told(self, told: Told) -> Text:
        known = (self.reply_password.get_secret_value(),) if self.reply_password else ()
        try:
            check_token(BasicPassword(), Request(headers=told.headers), known)
        except Forged:
            raise Forged("the reply password is wrong", challenge='Basic realm="sms"') from None
        asked = told.asked("latin-1")  # its bytes: the message says itself how it is written
        text = asked.get("text", "").encode("latin-1").decode(_charset(asked), "replace")
        return Text(number=asked.get("from", ""), text=text, id=asked.get("id", ""))

    @override
    def text_back(self, text: str) -> Answer:
        said = fitted(text)
        coding = {"X-Kannel-Coding": str(coding_of(said).value)}
        return Answer(said, "text/plain; charset=UTF-8", coding)

    async def _send(self, method: Any, to: str, key: str, text: str, reported: dict[str, str]) -> Receipt:
        headers = {
            "X-Kannel-Username": self.username,
            "X-Kannel-Password": self.password.get_secret_value(),
            "X-Kannel-To": number(to),
            "X-Kannel-Coding": str(coding_of(text).value),
            "Content-Type": "text/plain; charset=UTF-8",
            **({"X-Kannel-From": self.sender} if self.sender else {}),
            **({"X-Kannel-SMSC": self.smsc} if self.smsc else {}),
            **reported,
        }
        answer = await self._exchange(method, headers).send(
            "POST", f"{self.server.rstrip('/')}/cgi-bin/sendsms", content=text.encode()
        )
        if answer.status != ACCEPTED:
            raise unreadable(f"HTTP {answer.status} is not what Kannel answers")
        stored = answer.content.startswith(_QUEUED)
        return Receipt(provider_id=key, detail="stored: no operator is connected" if stored else "queued")


def _charset(asked: dict[str, str]) -> str:
    """Kannel hands over what does not fit into seven bits as it came, and everything else as UTF-8."""
    return "utf-16-be" if asked.get("charset", "").upper() == "UTF-16BE" else "utf-8"


def number(to: str) -> str:
    """A number as gateways take it; Kannel would send to each word of another text.

    Raises:
        Rejected: it is none.
    """
    plain = to.translate(_LOOK)
    if not _NUMBER.fullmatch(plain):
        raise Rejected("not a telephone number: write it as +15558675310")
    return plain
