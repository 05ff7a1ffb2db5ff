"""When is the door for mail open? As long as `mail_in:` stands in the configuration in force.

A loop in the web service: it looks every few seconds whether the door is to be opened, closed or moved.
"""

import asyncio
import ipaddress
import logging
import ssl
from datetime import timedelta
from functools import partial

from incident.errors import LedgerUnavailable
from incident.mail_rules import MailIn
from service.in_force import in_force_soon
from service.mail_door import Connection, MailDoor
from tasks.surroundings import Surroundings, here

LOOK_EVERY = timedelta(seconds=5)

logger = logging.getLogger(__name__)
logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd logs addresses, and tokens stand in them


class MailServer:
    """The door, and where it stands at the moment."""

    def __init__(self, surroundings: Surroundings | None = None) -> None:
        self.problem = ""
        self._given = surroundings
        self._settings: MailIn | None = None
        self._server: asyncio.Server | None = None
        self._open_ones: set[Connection] = set()

    @property
    def port(self) -> int:
        """Where it listens; 0 when it does not."""
        return int(self._server.sockets[0].getsockname()[1]) if self._server else 0

    async def run(self) -> None:
        """Follow the configuration until cancelled; then close."""
        try:
            while True:
                try:
                    await self.look()
                except Exception:  # a door that has failed once must open again
                    logger.exception("the door for mail could not follow the configuration")
                await asyncio.sleep(LOOK_EVERY.total_seconds())
        finally:
            await self.close()

    async def look(self) -> None:
        """Open, close or move the door, if the configuration says so now."""
        try:
            wanted = (await in_force_soon(self._surroundings)).mail_in
        except LedgerUnavailable:
            return
        if wanted != self._settings or (wanted and self._server is None):
            await self.close()
            self._settings = wanted
            if wanted:
                await self._open(wanted)

    async def close(self) -> None:
        """Take no more mail; who is connected is let go."""
        if self._server is None:
            return
        self._server.close()
        for connection in list(self._open_ones):
            if connection.transport is not None:
                connection.transport.close()
        self._server = None

    async def _open(self, settings: MailIn) -> None:
        loop, door = asyncio.get_running_loop(), MailDoor(self._surroundings)
        try:
            tls, remote = _tls(settings), not _is_loopback(settings.host)
            connect = partial(Connection, door, settings, self._open_ones, tls, login_needs_tls=remote)
            self._server = await loop.create_server(connect, settings.host, settings.port)
        except (OSError, ValueError) as error:
            problem = f"mail cannot come in at {settings.host}:{settings.port}: {error}"
            if problem != self.problem:
                logger.warning("%s", problem)
            self.problem = problem
        else:
            self.problem = ""
            logger.info("mail comes in at %s:%s", settings.host, self.port)

    @property
    def _surroundings(self) -> Surroundings:
        return self._given or here()


def _tls(settings: MailIn) -> ssl.SSLContext | None:
    """With a certificate STARTTLS is offered; a login without it is for this machine only."""
    if settings.certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(settings.certificate)
    return context


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
