"""When does a phase begin and end? Every phase is a task of its own name, and its times are kept."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from incident.errors import ConfigurationError, ConnectionFailure, InHand, Rejected, RetryLater
from incident.lifecycle import Phase
from incident.timeline import Kind
from ledger.incidents import enter_phase, leave_phase
from ledger.repairs import Failed, owe
from tasks.fault_points import fault_point
from tasks.incident import remember
from tasks.surroundings import here


@asynccontextmanager
async def phase(incident: str, which: Phase) -> AsyncIterator[None]:
    """Keep the times of a phase."""
    surroundings = here()
    await surroundings.ledger.awrite(enter_phase, incident, which, surroundings.now())
    await fault_point(incident, f"begun:{which}")
    yield
    await surroundings.ledger.awrite(leave_phase, incident, which, surroundings.now())
    await fault_point(incident, f"ended:{which}")


@asynccontextmanager
async def carrying_on(incident_id: int, what: str) -> AsyncIterator[None]:
    """A tool that fails does not stop the incident: it is noted, and the story goes on."""
    try:
        yield
    except (ConnectionFailure, ConfigurationError) as failure:
        await remember(incident_id, Kind.PROBLEM, f"{what} did not work: {failure}")


@asynccontextmanager
async def owing(incident_id: int, name: str) -> AsyncIterator[None]:
    """What a tool does not do is noted and owed: the story goes on, and the watchdog tries again.

    `name` is that of the effect. What was refused, or cannot be configured, is tried when somebody asks.
    """
    try:
        yield
    except (ConnectionFailure, ConfigurationError) as failure:
        failed = Failed(
            problem=str(failure),
            for_good=isinstance(failure, Rejected | ConfigurationError),
            in_hand=isinstance(failure, InHand),
            after=failure.after if isinstance(failure, RetryLater) else None,
        )
        await here().ledger.awrite(owe, incident_id, name, failed, here().now())
