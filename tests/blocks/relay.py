"""What does a test send mail to? A real SMTP server on a loopback port that does as it is told."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from blocks import SmtpMail
from blocks.smtp import Tls


@dataclass
class Relay:
    """Keeps what it got; `replies` are the answers to commands, None drops the connection."""

    replies: dict[str, str | None] = field(default_factory=dict)
    password: str = ""
    envelopes: list[Envelope] = field(default_factory=list)
    port: int = 0
    goodbye_after: float = 0.0

    async def handle_MAIL(  # noqa: N802 - aiosmtpd calls it by this name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self._reply(server, "MAIL")

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it by this name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self._reply(server, "RCPT")

    async def handle_DATA(  # noqa: N802 - aiosmtpd calls it by this name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.envelopes.append(envelope)
        return self._reply(server, "DATA")

    async def handle_QUIT(  # noqa: N802 - aiosmtpd calls it by this name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        await asyncio.sleep(self.goodbye_after)
        return "221 Bye"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        known = isinstance(data, LoginPassword) and data.password == self.password.encode()
        return AuthResult(success=known, handled=False)

    def _reply(self, server: SMTP, command: str) -> str:
        reply = self.replies.get(command, "250 OK")
        if reply is None:
            cast(Any, server).transport.abort()
        return reply or "250 OK"

    @property
    def mails(self) -> list[EmailMessage]:
        """What arrived, as a mail program reads it."""
        return [
            cast(EmailMessage, message_from_bytes(cast(bytes, envelope.content), policy=default))
            for envelope in self.envelopes
        ]

    def mail(self, **settings: Any) -> SmtpMail:
        """A block that sends to this relay."""
        given = {"tls": Tls.NONE, "from_address": "Incidents <incidents@example.com>", **settings}
        return SmtpMail(host="127.0.0.1", port=self.port, **given)


@contextmanager
def relay(
    replies: dict[str, str | None] | None = None,
    password: str = "",
    starttls: ssl.SSLContext | None = None,
    implicit: ssl.SSLContext | None = None,
) -> Iterator[Relay]:
    """A relay on an ephemeral loopback port; with a password, nobody sends without it."""
    taken = Relay(replies or {}, password)
    controller = _Ephemeral(
        taken,
        hostname="127.0.0.1",
        port=0,
        ssl_context=implicit,
        tls_context=starttls,
        authenticator=taken.authenticate,
        auth_required=bool(password),
        auth_require_tls=False,
        decode_data=False,
    )
    controller.start()
    try:
        taken.port = controller.server.sockets[0].getsockname()[1]
        yield taken
    finally:
        controller.stop()


class _Ephemeral(Controller):
    """A controller that asks the system for a port."""

    def _trigger_server(self) -> None:
        # The original connects to the port that was asked for, which is 0 here.
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()
