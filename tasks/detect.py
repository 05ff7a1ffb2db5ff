"""Phase 1: register the incident in the tracker."""

from prefect import task

from blocks.interfaces import Ticket
from incident.lifecycle import Phase
from incident.timeline import Kind
from tasks.artifacts import Transition, reached
from tasks.incident import Matter, matter, remember
from tasks.once import RETRY_DELAYS, once, worth_retrying
from tasks.phase import owing, phase
from tasks.ticket import fields, tracker_of


@task(name="1 detect", task_run_name="1 detect · {incident}", persist_result=True)
async def detect(incident: str) -> None:
    """The incident is open since the alert was accepted; here it gets its ticket."""
    async with phase(incident, Phase.DETECT):
        about = await matter(incident)
        async with owing(about.id, "ticket"):
            await create_ticket(incident)
        await reached(incident, Transition.OPENED)


@task(
    name="create the ticket",
    task_run_name="create the ticket",
    retries=len(RETRY_DELAYS),
    retry_delay_seconds=RETRY_DELAYS,
    retry_condition_fn=worth_retrying,
)
async def create_ticket(incident: str) -> None:
    """Create the ticket."""
    await register(await matter(incident))


async def register(about: Matter) -> None:
    """Create the ticket, unless it is there."""
    tracker = await tracker_of(about)
    ticket, _ = await once(
        about.id, "ticket", tracker.repeat_of(tracker.create), lambda: tracker.create(fields(about))
    )
    await remember(about.id, Kind.CHANNEL, f"registered as {Ticket.model_validate(ticket).id}")
