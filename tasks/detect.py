"""Phase 1: register the incident in the tracker."""

from typing import cast

from prefect import task

from blocks.catalogue import Purpose
from blocks.interfaces import Ticket, TicketFields, Tracker
from incident.lifecycle import Phase
from incident.timeline import Kind
from tasks.artifacts import Transition, reached
from tasks.incident import Matter, matter, remember
from tasks.once import RETRY_DELAYS, once, worth_retrying
from tasks.phase import carrying_on, phase


@task(name="1 detect", task_run_name="1 detect · {incident}", persist_result=True)
async def detect(incident: str) -> None:
    """The incident is open since the alert was accepted; here it gets its ticket."""
    async with phase(incident, Phase.DETECT):
        about = await matter(incident)
        async with carrying_on(about.id, "the ticket"):
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
    about = await matter(incident)
    tracker = cast(Tracker, await about.serving(Purpose.TRACKER))
    ticket, _ = await once(
        about.id, "ticket", tracker.repeat_of(tracker.create), lambda: tracker.create(fields(about))
    )
    await remember(about.id, Kind.CHANNEL, f"registered as {Ticket.model_validate(ticket).id}")


def fields(about: Matter) -> TicketFields:
    """What the tracker is told."""
    return TicketFields(
        key=about.story.key,
        summary=about.text("ticket/summary.line"),
        description=about.text("ticket/description.txt"),
        service=about.story.service,
        products=about.story.products,
        severity=about.story.severity,
    )
