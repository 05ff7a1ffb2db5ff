"""How does a block speak HTTP? One request and one answer within the time limit, or one of our failures."""

import asyncio
import ssl
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from blocks import failures
from blocks.interfaces import TIMEOUT, Repeat
from incident.errors import Rejected

MAX_ANSWER_BYTES = 1 << 20
_CONNECT_SECONDS = 3.0
"""For the connection and again for TLS: both end before TIMEOUT, so that it is known which of them it was."""
_SCHEMES, _LAST_PORT = ("http", "https"), 65535

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Answer:
    """A success, or what was expected; what goes beyond MAX_ANSWER_BYTES is left unread."""

    status: int
    content: bytes

    def read_as(self, model: type[M]) -> M:
        """The body as JSON of this shape; else UnknownOutcome, because it did happen."""
        try:
            return model.model_validate_json(self.content)
        except ValidationError:
            raise failures.unreadable("it is not the JSON that was expected") from None


@dataclass(frozen=True)
class Wire:
    """How to reach the other side; ``transport`` is httpx's own unless a test gives one.

    ``trust`` is for an other side whose certificate comes from an authority of its own.
    """

    repeat: Repeat
    now: datetime
    transport: httpx.AsyncBaseTransport | None = None
    time_limit: timedelta = TIMEOUT
    trust: ssl.SSLContext | None = None

    async def send(
        self,
        method: str,
        url: str,
        *,
        content: bytes,
        headers: Mapping[str, str],
        telling: Collection[int] = (),
    ) -> Answer:
        """Make a request; anything but a 2xx that can be read in time is raised as a ConnectionFailure.

        Statuses that are ``telling`` are answers, too: their bodies say what they mean.
        """
        address = _web_address(url)
        try:
            async with (
                asyncio.timeout(self.time_limit.total_seconds()),
                self._client() as client,
                client.stream(method, address, content=content, headers=headers) as response,
            ):
                return await self._read(response, telling)
        except (httpx.HTTPError, TimeoutError) as error:
            # `from None`, because httpx's errors hold the request with its URL and its headers.
            raise failures.of_http_error(error, self.repeat) from None

    def _client(self) -> httpx.AsyncClient:
        # A client per request: a block is used from several event loops, and a client belongs to one.
        seconds = self.time_limit.total_seconds()
        return httpx.AsyncClient(
            transport=self.transport,
            verify=self.trust or _trusted(),
            timeout=httpx.Timeout(seconds, connect=min(seconds, _CONNECT_SECONDS)),
            follow_redirects=False,
            headers={"User-Agent": "incident-response"},
        )

    async def _read(self, response: httpx.Response, telling: Collection[int]) -> Answer:
        # The status decides before the body is read: a refusal with a slow body is still a refusal.
        failure = failures.of_status(response, self.repeat, self.now)
        if failure is not None and response.status_code not in telling:
            raise failure
        content = bytearray()
        async for chunk in response.aiter_bytes():
            content += chunk
            if len(content) > MAX_ANSWER_BYTES:
                break
        return Answer(response.status_code, bytes(content))


def _web_address(url: str) -> httpx.URL:
    # Checked here, because beyond it a wrong host or port raises whatever the layer below likes.
    with suppress(httpx.InvalidURL, ValueError):
        address = httpx.URL(url)
        port = _LAST_PORT if address.port is None else address.port
        if address.scheme in _SCHEMES and address.host and 0 < port <= _LAST_PORT:
            return address
    raise Rejected("not a web address: it must begin with http:// or https:// and name a host")


def trusting(ca_file: str | None) -> ssl.SSLContext | None:
    """Trust in the authority whose certificate is in a file; None: in those that the system trusts.

    Raises:
        Rejected: no certificate can be read from it.
    """
    if ca_file is None:
        return None
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:  # SSLError is one
        raise Rejected(f"ca_file: {type(error).__name__}: no certificate can be read from it") from None


@cache
def _trusted() -> ssl.SSLContext:
    return httpx.create_ssl_context()  # reads a few hundred certificates: once per process
