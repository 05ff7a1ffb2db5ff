"""How is a calendar of somebody else fetched? Within limits of time, size and place, and if it is new."""

import asyncio
import codecs
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx

from blocks import failures
from blocks.calendar_address import Place, Resolve, located, read_address, resolve
from blocks.interfaces import Repeat
from incident.errors import Rejected, RetryLater

TIME_LIMIT = timedelta(seconds=20)
"""For everything, redirects too."""
CONNECT_SECONDS = 5.0
MOST_BYTES = 2 << 20
MOST_REDIRECTS = 3
CHARSETS = {"utf-8", "ascii", "iso8859-1", "iso8859-15", "cp1252", "utf-16", "utf-16-le", "utf-16-be"}
"""By Python's names; of its others some take for ever, and some are no texts at all."""


@dataclass(frozen=True)
class Known:
    """What was said about the calendar when it was read last, so that only a new one is sent."""

    etag: str = ""
    last_modified: str = ""

    def headers(self) -> dict[str, str]:
        """The conditions of a request (RFC 9110 13.1)."""
        said = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in said.items() if value and value.isascii()}


@dataclass(frozen=True)
class Fetched:
    """The text of a calendar, and what was said about it."""

    text: str
    known: Known


@dataclass(frozen=True)
class CalendarFetcher:
    """Reaches calendars; a test gives another transport and other machines."""

    transport: httpx.AsyncBaseTransport | None = None
    resolve: Resolve = resolve
    time_limit: timedelta = field(default=TIME_LIMIT)

    async def fetch(self, url: str, known: Known, now: datetime, *, allow_private: bool) -> Fetched | None:
        """The calendar at an address, or None if it is the one that is known.

        Raises:
            Rejected, RetryLater: it could not be had; the message names no address, which may be a secret.
        """
        try:
            async with asyncio.timeout(self.time_limit.total_seconds()), self._client() as client:
                return await self._follow(client, read_address(url), known, now, allow_private=allow_private)
        except httpx.InvalidURL:
            raise Rejected("it leads to what is no address") from None
        except (httpx.HTTPError, TimeoutError) as error:
            # `from None`, because httpx's errors hold the request with its address.
            raise failures.of_http_error(error, Repeat.SAFE) from None

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=self.transport,
            timeout=httpx.Timeout(self.time_limit.total_seconds(), connect=CONNECT_SECONDS),
            follow_redirects=False,
            trust_env=False,  # a proxy would look the host up again, and reach other machines
            headers={
                "User-Agent": "incident-response",
                "Accept": "text/calendar, */*;q=0.1",
                "Accept-Encoding": "identity",  # a few kilobytes can unpack to gigabytes
            },
        )

    async def _follow(
        self,
        client: httpx.AsyncClient,
        url: httpx.URL,
        known: Known,
        now: datetime,
        *,
        allow_private: bool,
    ) -> Fetched | None:
        for _ in range(MOST_REDIRECTS + 1):
            place = await located(url, self.resolve, allow_private=allow_private)
            response = await _reached(client, place, known)
            try:
                if not response.has_redirect_location:
                    return await _read(response, now)
                url = _onwards(url, response.headers["Location"])
            finally:
                await response.aclose()
        raise Rejected(f"it redirects more than {MOST_REDIRECTS} times")


async def _reached(client: httpx.AsyncClient, place: Place, known: Known) -> httpx.Response:
    """The answer of the first machine that can be reached, by its number: it is the one we looked at."""
    failure: httpx.HTTPError | None = None
    for machine in place.machines:
        request = client.build_request(
            "GET",
            place.url.copy_with(host=machine),
            headers={"Host": place.url.netloc.decode(), **known.headers()},
            extensions={"sni_hostname": place.url.host},
        )
        try:
            return await client.send(request, stream=True)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            failure = error
    raise failure or RetryLater("its host name cannot be found")


async def _read(response: httpx.Response, now: datetime) -> Fetched | None:
    if response.status_code == httpx.codes.NOT_MODIFIED:
        return None
    if failure := failures.of_status(response, Repeat.SAFE, now):
        raise failure
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Rejected("it is sent compressed, although we asked for plain text")
    content = bytearray()
    async for chunk in response.aiter_bytes():
        content += chunk
        if len(content) > MOST_BYTES:
            raise Rejected(f"it is larger than {MOST_BYTES >> 20} MiB")
    known = Known(response.headers.get("ETag", ""), response.headers.get("Last-Modified", ""))
    return Fetched(_text(bytes(content), response.charset_encoding), known)


def _text(content: bytes, charset: str | None) -> str:
    """The content as text: UTF-8, unless the server says otherwise (RFC 5545 3.1.4)."""
    named = charset or "utf-8"
    try:
        if codecs.lookup(named).name not in CHARSETS:
            raise Rejected("it is in an encoding that we do not read; UTF-8 is best")
        text = content.decode(named).removeprefix("\ufeff")
    except (UnicodeDecodeError, LookupError, ValueError):
        raise Rejected("it is no text in the encoding that it should be in; UTF-8 is best") from None
    if "\0" in text:
        raise Rejected("it is no text: there are NUL characters in it")
    return text


def _onwards(url: httpx.URL, location: str) -> httpx.URL:
    target = read_address(str(url.join(location)))
    if url.scheme == "https" and target.scheme != "https":
        raise Rejected("it redirects from https to http")
    if target.userinfo and target.host != url.host:
        return target.copy_with(userinfo=b"")
    return target
