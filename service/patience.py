"""What does a client do when the Prefect server is busy, or away?

Busy: on SQLite two transactions that meet end in "database is locked" at once, which the server answers with
503. Prefect's client then waits 2, 4, 8 seconds, though a tenth of a second is enough: one such answer is the
difference between an incident that is paged in 0.3 seconds and one in 2.3. So the request is repeated at
once, then ever more slowly.

Away: Prefect's client gives up after a minute, and the engine then fails the run, though nothing is wrong
with it. So a request that found nobody to talk to waits until somebody is there. Who must notice an outage
allows his client no retries (`PREFECT_CLIENT_MAX_RETRIES=0`), and is told at once.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
from prefect.client.orchestration import PrefectClient
from prefect.context import AsyncClientContext
from prefect.events.clients import PrefectEventsClient
from prefect.events.worker import EventsWorker, emit_events_to_cloud
from prefect.settings import (
    PREFECT_CLIENT_MAX_RETRIES,
    PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED,
    temporary_settings,
)

PAUSES_WHILE_BUSY = (0.03, 0.06, 0.12, 0.25, 0.5, 1.0, 1.0, 1.0, 1.0, 1.0)
PAUSE_WHILE_AWAY = 1.0
RESEND_EVENTS_SECONDS = 3.0


@dataclass(frozen=True)
class PatientTransport(httpx.AsyncBaseTransport):
    """A transport that repeats what a busy server refused and what an absent one never got."""

    transport: httpx.AsyncBaseTransport
    busy: Sequence[float] = PAUSES_WHILE_BUSY
    away: float = PAUSE_WHILE_AWAY

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request until it is answered by other than "busy", or the pauses are used up."""
        for pause in self.busy:
            response = await self._delivered(request)
            # A server that names its own time knows better.
            if response.status_code != httpx.codes.SERVICE_UNAVAILABLE or "Retry-After" in response.headers:
                return response
            await response.aclose()
            # Those that met once should not meet again.
            await asyncio.sleep(random.uniform(0.5, 1.5) * pause)  # noqa: S311  no secret
        return await self._delivered(request)

    async def aclose(self) -> None:
        """Close the transport below."""
        await self.transport.aclose()

    async def _delivered(self, request: httpx.Request) -> httpx.Response:
        while True:
            try:
                return await self.transport.handle_async_request(request)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if PREFECT_CLIENT_MAX_RETRIES.value() == 0:
                    raise
                await asyncio.sleep(self.away)


def be_patient(client: PrefectClient) -> None:
    """Let the client repeat what the server rolled back (503) and what it never got."""
    # A transport given in the client's settings would do the same in public, but then `get_client` would no
    # longer hand this client to everything that runs in its context, and each Prefect call in a flow would
    # build a new one.
    http = client._client  # noqa: SLF001
    if not isinstance(http._transport, PatientTransport):  # noqa: SLF001
        http._transport = PatientTransport(http._transport)  # noqa: SLF001


@asynccontextmanager
async def patient_when_busy() -> AsyncIterator[None]:
    """Within it everybody who asks Prefect shares one client, which is patient with a busy server only."""
    with temporary_settings(
        {PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED: False, PREFECT_CLIENT_MAX_RETRIES: 0}
    ):
        async with AsyncClientContext.get_or_create() as shared:
            be_patient(shared.client)
            yield


def keep_events() -> None:
    """Let the events that tell the states of tasks arrive soon after an outage of the server.

    Prefect's client keeps what it could not send, and sends it again at its checkpoints, every 30 seconds;
    until then a task that ended meanwhile looks as if it ran. More attempts per event would only hold up the
    worker's own end while the server is away.
    """
    if not emit_events_to_cloud():
        EventsWorker.set_client_override(
            PrefectEventsClient, reconnection_attempts=2, checkpoint_interval=RESEND_EVENTS_SECONDS
        )
