"""How does a page leave by mail? In one transaction, whose errors say whether the mail may have gone."""

import asyncio
import socket
import ssl
from contextlib import suppress
from email.message import EmailMessage
from enum import StrEnum
from typing import Annotated, ClassVar

import aiosmtplib
from pydantic import Field, PrivateAttr, SecretStr, field_validator
from typing_extensions import override

from blocks.clock import Clock
from blocks.failures import of_smtp_error
from blocks.interfaces import TIMEOUT, Channel, PageMessage, Receipt, Repeat
from blocks.mail import POLICY, address, compose, one_line
from incident.errors import Rejected

_GOODBYE_SECONDS = 0.5
_TRANSACTION_SECONDS = TIMEOUT.total_seconds() - _GOODBYE_SECONDS
_MAX_DETAIL = 200


class Tls(StrEnum):
    """When the connection is encrypted."""

    NONE = "none"
    STARTTLS = "starttls"
    IMPLICIT = "implicit"


class SmtpMail(Channel):
    """Sends mail through a relay."""

    _block_type_name: ClassVar[str | None] = "SMTP mail"
    _block_type_slug: ClassVar[str | None] = "smtp-mail"
    _description: ClassVar[str | None] = (
        "Sends pages and messages by mail. A mail whose answer was lost may arrive twice; both have the same "
        "Message-ID, so that most clients show one. The mails of one incident form a thread."
    )
    repeat: ClassVar[Repeat] = Repeat.MAY_DOUBLE

    host: Annotated[
        str, Field(title="Host", description="The relay, such as smtp.example.com.", min_length=1)
    ]
    port: Annotated[
        int | None,
        Field(title="Port", description="Left out: 587, or 465 (implicit), or 25 (none).", ge=1, le=65535),
    ] = None
    tls: Annotated[
        Tls,
        Field(
            title="Encryption", description="none sends the password in clear: only for this very machine."
        ),
    ] = Tls.STARTTLS
    username: Annotated[str, Field(title="User", description="Left out: no authentication.")] = ""
    password: Annotated[SecretStr, Field(title="Password", description="Of the user.")] = SecretStr("")
    from_address: Annotated[
        str, Field(title="From", description="incidents@example.com or Incidents <incidents@example.com>.")
    ]
    _tls_context: ssl.SSLContext | None = PrivateAttr(default=None)
    _clock: Clock = PrivateAttr(default_factory=Clock)

    @field_validator("from_address")
    @classmethod
    def _is_one_address(cls, text: str) -> str:
        address(text)
        return text

    @override
    async def deliver(self, to: str, message: PageMessage) -> Receipt:
        mail = self._compose(to, message.key, message.subject, message.text, message.html)
        mail["Importance"] = "high"
        return await self._transmit(mail)

    @override
    async def send(self, to: str, key: str, subject: str, text: str, html: str = "") -> Receipt:
        return await self._transmit(self._compose(to, key, subject, text, html))

    def _compose(self, to: str, key: str, subject: str, text: str, html: str) -> EmailMessage:
        try:
            recipient = address(to)
        except ValueError:
            raise Rejected("the contact's `to` is not one plain mail address") from None
        sender, now = address(self.from_address), self._clock.now()
        return compose(sender, recipient, key, subject=subject, text=text, html=html, now=now)

    async def _transmit(self, mail: EmailMessage) -> Receipt:
        client, sending = self._client(), False
        try:
            async with asyncio.timeout(_TRANSACTION_SECONDS):
                await client.connect()
                await client.mail(mail["From"].addresses[0].addr_spec)
                await client.rcpt(mail["To"].addresses[0].addr_spec)
                sending = True
                response = await client.data(mail.as_bytes(policy=POLICY))
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            client.close()
            # `from None`, because the errors of aiosmtplib quote the server and the addresses.
            raise of_smtp_error(error, self.repeat, sending=sending) from None
        await _say_goodbye(client)
        return Receipt(provider_id=mail["Message-ID"], detail=one_line(response.message)[:_MAX_DETAIL])

    def _client(self) -> aiosmtplib.SMTP:
        return aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            username=self.username or None,
            password=self.password.get_secret_value() if self.username else None,
            local_hostname=socket.gethostname(),  # asking the DNS for the full name can take too long
            use_tls=self.tls is Tls.IMPLICIT,
            start_tls=self.tls is Tls.STARTTLS,
            tls_context=self._tls_context,
            timeout=_TRANSACTION_SECONDS,
        )


async def _say_goodbye(client: aiosmtplib.SMTP) -> None:
    # The relay has the mail: whatever happens now changes nothing.
    with suppress(aiosmtplib.SMTPException, OSError):
        await client.quit(timeout=_GOODBYE_SECONDS)
    client.close()
