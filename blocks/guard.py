"""How is an address called that somebody outside may have chosen? Guarded: it leads where we have looked.

The host is looked up once, and the machine that was found to be public is the one that is called. No proxy,
which would look the host up again; no redirects, unless a caller follows them through here; nothing packed,
because a few kilobytes can unpack to gigabytes. Private, link-local and loopback addresses are refused unless
the configuration permits them.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx

from blocks import failures
from blocks.interfaces import Repeat
from blocks.public_address import Resolve, located, read_address, resolve
from incident.errors import Rejected, RetryLater

TIME_LIMIT = timedelta(seconds=20)
"""For everything, redirects too."""
CONNECT_SECONDS = 5.0
UNPACKED = "identity"


@dataclass(frozen=True)
class Guard:
    """Calls addresses; a test gives another transport and other machines."""

    transport: httpx.AsyncBaseTransport | None = None
    resolve: Resolve = resolve
    time_limit: timedelta = field(default=TIME_LIMIT)

    async def get(
        self, address: str, now: datetime, *, accept: str, most_bytes: int, allow_private: bool
    ) -> bytes:
        """What is at an address; calling it again does no harm.

        Raises:
            Rejected, RetryLater: it could not be had; the message names no address, which may be a secret.
        """
        async with self.calling(accept) as client:
            response = await self.reach(client, read_address(address), {}, allow_private=allow_private)
            try:
                if failure := failures.of_status(response, Repeat.SAFE, now):
                    raise failure
                return await content(response, most_bytes)
            finally:
                await response.aclose()

    @asynccontextmanager
    async def calling(self, accept: str) -> AsyncIterator[httpx.AsyncClient]:
        """A client for `reach`, within the time limit; its errors are ours."""
        try:
            async with asyncio.timeout(self.time_limit.total_seconds()), self._client(accept) as client:
                yield client
        except httpx.InvalidURL:
            raise Rejected("it leads to what is no address") from None
        except (httpx.HTTPError, TimeoutError) as error:
            # `from None`, because httpx's errors hold the request with its address.
            raise failures.of_http_error(error, Repeat.SAFE) from None

    async def reach(
        self, client: httpx.AsyncClient, url: httpx.URL, headers: Mapping[str, str], *, allow_private: bool
    ) -> httpx.Response:
        """The answer, unread, of the first machine that can be reached, by its number: the one we looked at.

        Raises:
            Rejected: one of the machines is not on the public internet, and that is not allowed.
            RetryLater: none of them is known or can be reached at this moment.
        """
        place = await located(url, self.resolve, allow_private=allow_private)
        failure: httpx.HTTPError | None = None
        for machine in place.machines:
            request = client.build_request(
                "GET",
                place.url.copy_with(host=machine),
                headers={"Host": place.url.netloc.decode(), **headers},
                extensions={"sni_hostname": place.url.host},
            )
            try:
                return await client.send(request, stream=True)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = error
        raise failure or RetryLater("its host name cannot be found")

    def _client(self, accept: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=self.transport,
            timeout=httpx.Timeout(self.time_limit.total_seconds(), connect=CONNECT_SECONDS),
            follow_redirects=False,
            trust_env=False,
            headers={"User-Agent": "incident-response", "Accept": accept, "Accept-Encoding": UNPACKED},
        )


async def content(response: httpx.Response, most_bytes: int) -> bytes:
    """The body of an answer, up to a limit.

    Raises:
        Rejected: it is larger, or packed.
    """
    if response.headers.get("Content-Encoding", UNPACKED).lower() != UNPACKED:
        raise Rejected("it is sent compressed, although we asked for plain text")
    found = bytearray()
    async for chunk in response.aiter_bytes():
        found += chunk
        if len(found) > most_bytes:
            raise Rejected(f"it is larger than {_size(most_bytes)}")
    return bytes(found)


def _size(count: int) -> str:
    return f"{count >> 20} MiB" if count >= 1 << 20 else f"{count >> 10} KiB"
