"""What does a client do when the Prefect server's database is busy?

On SQLite two transactions that meet end in "database is locked" at once, which the server answers with 503.
Prefect's client then waits 2, 4, 8 seconds, though a tenth of a second is enough: one such answer is the
difference between an incident that is paged in 0.3 seconds and one in 2.3. Here the request is repeated at
once, then ever more slowly.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass

import httpx
from prefect.client.orchestration import PrefectClient

PAUSES = (0.03, 0.06, 0.12, 0.25, 0.5, 1.0, 1.0, 1.0, 1.0, 1.0)


@dataclass(frozen=True)
class RepeatWhileBusy(httpx.AsyncBaseTransport):
    """A transport that repeats what a busy server refused, unless the server says when to come back."""

    transport: httpx.AsyncBaseTransport
    pauses: Sequence[float] = PAUSES

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request, and again after each pause for as long as the answer is "busy"."""
        for pause in self.pauses:
            response = await self.transport.handle_async_request(request)
            if response.status_code != httpx.codes.SERVICE_UNAVAILABLE or "Retry-After" in response.headers:
                return response
            await response.aclose()
            # Those that met once should not meet again.
            await asyncio.sleep(random.uniform(0.5, 1.5) * pause)  # noqa: S311  no secret
        return await self.transport.handle_async_request(request)

    async def aclose(self) -> None:
        """Close the transport below."""
        await self.transport.aclose()


def repeat_while_busy(client: PrefectClient) -> None:
    """Let the client repeat what was refused with 503: the server rolled it back."""
    # A transport given in the client's settings would do the same in public, but then `get_client` would no
    # longer hand this client to everything that runs in its context, and each Prefect call in a flow would
    # build a new one.
    http = client._client  # noqa: SLF001
    if not isinstance(http._transport, RepeatWhileBusy):  # noqa: SLF001
        http._transport = RepeatWhileBusy(http._transport)  # noqa: SLF001
