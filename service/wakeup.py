"""How does the worker learn of new work at once?

From the Prefect server's own event stream: every state change of a run in the worker's pool arrives within
milliseconds, whoever caused it. Events that are missed while the stream is down are covered by the worker's
poll.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from uuid import UUID

from prefect.events import Event
from prefect.events.clients import get_events_subscriber
from prefect.events.filters import EventAnyResourceFilter, EventFilter, EventNameFilter

RECONNECT_SECONDS = 1.0
FLOW_RUN = "prefect.flow-run."

# Resuming is what the UI's form and `resume_flow_run` propose; the others come from schedules, retries and
# limits.
READY = frozenset(
    f"{FLOW_RUN}{name}"
    for name in ("Scheduled", "Resuming", "Late", "AwaitingRetry", "AwaitingConcurrencySlot")
)
CANCELLING = f"{FLOW_RUN}Cancelling"


def flow_run_of(event: Event) -> UUID:
    """The flow run whose state changed."""
    return UUID(event.resource.id.removeprefix(FLOW_RUN))


def deployment_of(event: Event) -> str | None:
    """The name of the deployment that the run belongs to."""
    return _related_name(event, "deployment")


def work_queue_of(event: Event) -> str | None:
    """The name of the work queue that the run stands in."""
    return _related_name(event, "work-queue")


def _related_name(event: Event, role: str) -> str | None:
    return next((related.name for related in event.related if related.role == role), None)


async def listen(
    work_pool_id: UUID,
    *,
    told: Callable[[Event], None],
    connected: Callable[[], None],
    logger: logging.Logger | logging.LoggerAdapter[logging.Logger],
) -> None:
    """Pass on each event of the pool's runs, and connect again for as long as it takes."""
    down = False
    while True:
        pool_events = EventFilter(
            event=EventNameFilter(name=[*sorted(READY), CANCELLING]),
            any_resource=EventAnyResourceFilter(id=[f"prefect.work-pool.{work_pool_id}"]),
        )
        try:
            async with get_events_subscriber(filter=pool_events, reconnection_attempts=0) as subscriber:
                logger.info("The event stream is %s.", "back" if down else "open")
                down = False
                connected()
                async for event in subscriber:
                    told(event)
        except Exception as lost:  # noqa: BLE001  a supervisor: whatever ends the stream, connect again
            if not down:
                logger.warning("The event stream is down (%r); the poll goes on.", lost)
            down = True
        await asyncio.sleep(RECONNECT_SECONDS)
