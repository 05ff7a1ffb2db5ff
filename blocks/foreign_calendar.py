"""How is a calendar of somebody else fetched? Within limits of time, size and place, and if it is new."""

import codecs
from dataclasses import dataclass
from datetime import datetime

import httpx

from blocks import failures
from blocks.guard import Guard, content
from blocks.interfaces import Repeat
from blocks.public_address import read_address
from incident.errors import Rejected

ACCEPT = "text/calendar, */*;q=0.1"
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
class CalendarFetcher(Guard):
    """Reaches calendars, through the guard; a test gives another transport and other machines."""

    async def fetch(self, url: str, known: Known, now: datetime, *, allow_private: bool) -> Fetched | None:
        """The calendar at an address, or None if it is the one that is known.

        Raises:
            Rejected, RetryLater: it could not be had; the message names no address, which may be a secret.
        """
        async with self.calling(ACCEPT) as client:
            return await self._follow(client, read_address(url), known, now, allow_private=allow_private)

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
            response = await self.reach(client, url, known.headers(), allow_private=allow_private)
            try:
                if not response.has_redirect_location:
                    return await _read(response, now)
                url = _onwards(url, response.headers["Location"])
            finally:
                await response.aclose()
        raise Rejected(f"it redirects more than {MOST_REDIRECTS} times")


async def _read(response: httpx.Response, now: datetime) -> Fetched | None:
    if response.status_code == httpx.codes.NOT_MODIFIED:
        return None
    if failure := failures.of_status(response, Repeat.SAFE, now):
        raise failure
    known = Known(response.headers.get("ETag", ""), response.headers.get("Last-Modified", ""))
    return Fetched(_text(await content(response, MOST_BYTES), response.charset_encoding), known)


def _text(found: bytes, charset: str | None) -> str:
    """The content as text: UTF-8, unless the server says otherwise (RFC 5545 3.1.4)."""
    named = charset or "utf-8"
    try:
        if codecs.lookup(named).name not in CHARSETS:
            raise Rejected("it is in an encoding that we do not read; UTF-8 is best")
        text = found.decode(named).removeprefix("\ufeff")
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
