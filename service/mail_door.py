"""How does mail come in? An SMTP server that answers 250 once the delivery is durable, and never earlier.

The local part of an address names the source, what follows a plus is its token: `backups+TOKEN@anything`.
Senders that can log in give the token as their password instead. What is wrong is said with the code that
tells a mail server what to do: 4xx to come again, 5xx to give up and tell its sender.
"""

import asyncio
import logging
import ssl
from functools import partial
from typing import cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from incident.configuration import Configuration, Source
from incident.errors import IncidentError, LedgerUnavailable, PayloadError
from incident.mail_rules import MailIn, MailRules, Proof
from incident.sources import mail
from incident.trust.tokens import is_one_of
from service.gathering import TooMany
from service.in_force import in_force_soon
from service.intake import take_soon
from service.secrets import secrets_of
from service.understanding import understood
from tasks.surroundings import Surroundings

MOST_RECIPIENTS = 10
LONGEST_LINE = 256 * 1024
"""Bytes; the standard allows 1000, and programs that write HTML do not know it."""

TAKEN = "250 2.0.0 kept"
AWAY = "451 4.3.0 the ledger is away; come again later"
FULL = "421 4.7.0 too many connections; come again later"

logger = logging.getLogger(__name__)


class Unwelcome(IncidentError):  # noqa: N818  said of the mail
    """A mail that is not taken; the message is the whole answer."""


class MailDoor:
    """What aiosmtpd asks about each mail; its methods are named as it calls them."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings

    async def handle_RCPT(  # noqa: N802  the name that aiosmtpd calls
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Is this an address of ours, and may this sender write to it?"""
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return f"452 4.5.3 at most {MOST_RECIPIENTS} recipients in one mail"
        try:
            configuration = await in_force_soon(self._surroundings)
            self._admit(configuration, session, envelope, address)
        except Unwelcome as unwelcome:
            return str(unwelcome)
        except LedgerUnavailable:
            return AWAY
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep a mail for each source that it is for; whatever fails, all of it is to be sent again."""
        body = envelope.original_content or b""
        try:
            for address in envelope.rcpt_tos:
                await self._take(address, body)
        except LedgerUnavailable:
            return AWAY
        except TooMany:
            return "451 4.7.1 more comes in than is taken; come again later"
        except PayloadError as error:
            return f"554 5.6.0 it cannot be read: {_line(error)}"
        return TAKEN

    async def handle_exception(self, error: Exception) -> str:
        """What nobody thought of: the sender comes again, and learns nothing of our inside."""
        logger.error("a mail could not be taken: %s", type(error).__name__, exc_info=error)
        return "451 4.3.0 something is wrong on our side; come again later"

    def log_in(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: object
    ) -> AuthResult:
        """A login is the source's name with its token as the password; RCPT looks at it again."""
        if not isinstance(given, LoginPassword):
            return AuthResult(success=False, handled=False)
        return AuthResult(success=True, auth_data=given)

    def _admit(
        self, configuration: Configuration, session: Session, envelope: Envelope, address: str
    ) -> None:
        name, token = local_part(address)
        source = configuration.sources.get(name)
        if source is None or source.dialect != mail.SOURCE:
            raise Unwelcome("550 5.1.1 no source of that name takes mail here")
        rules = source.mail or MailRules()
        if not rules.allows(envelope.mail_from or ""):
            raise Unwelcome("550 5.7.1 this sender is not among senders: of the source")
        if rules.proof is Proof.TOKEN and not self._proves(name, source, session, token):
            raise Unwelcome("550 5.7.1 the token is wrong: write to NAME+TOKEN@..., or log in with it")

    def _proves(self, name: str, source: Source, session: Session, token: str) -> bool:
        secrets = secrets_of(name, source, self._surroundings.environment)
        if is_one_of(token, secrets):
            return True
        login = session.auth_data
        if not isinstance(login, LoginPassword):
            return False
        named = login.login.decode("utf-8", "replace").lower() == name
        return named and is_one_of(login.password.decode("utf-8", "replace"), secrets)

    async def _take(self, address: str, body: bytes) -> None:
        name, token = local_part(address)
        configuration = await in_force_soon(self._surroundings)
        if (source := configuration.sources.get(name)) is None:
            return  # it was admitted a moment ago, and is configured no more
        secrets = secrets_of(name, source, self._surroundings.environment)
        kept = body.replace(token.encode(), b"***") if is_one_of(token, secrets) else body
        await take_soon(self._surroundings, name, kept, partial(understood, source, kept))


def local_part(address: str) -> tuple[str, str]:
    """The source and the token in an address; the domain may be any."""
    name, _, token = address.rpartition("@")[0].partition("+")
    return name.lower(), token


class Connection(SMTP):
    """One connection, if there are not too many of them already."""

    line_length_limit = LONGEST_LINE

    def __init__(
        self,
        door: MailDoor,
        settings: MailIn,
        open_ones: set["Connection"],
        tls: ssl.SSLContext | None,
        *,
        login_needs_tls: bool,
    ) -> None:
        self._most, self._open_ones = settings.connections, open_ones
        super().__init__(
            door,
            data_size_limit=settings.largest_kib * 1024,
            enable_SMTPUTF8=True,
            hostname="incidents",
            ident="incident response",
            timeout=settings.patience.total_seconds(),
            tls_context=tls,
            auth_require_tls=login_needs_tls,
            authenticator=door.log_in,
            command_call_limit={"*": 100},
            loop=asyncio.get_running_loop(),
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, or say that it is full and hang up; after STARTTLS it begins once more."""
        if self not in self._open_ones and len(self._open_ones) >= self._most:
            wire = cast(asyncio.Transport, transport)
            wire.write(f"{FULL}\r\n".encode())
            wire.close()
            return
        self._open_ones.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """End."""
        if self in self._open_ones:
            self._open_ones.discard(self)
            super().connection_lost(error)


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
