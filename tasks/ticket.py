"""How does the tracker's ticket keep up with its incident? Links, states, comments, and its end."""

from typing import cast

from blocks.catalogue import Purpose
from blocks.interfaces import Ticket, TicketFields, TicketState, Tracker
from incident.lifecycle import Status
from ledger.effects import result_of
from tasks.incident import Matter, matter
from tasks.once import once
from tasks.phase import carrying_on, owing
from tasks.surroundings import here


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


async def link_all(incident: str) -> None:
    """Put the incident's page, its room and its call on the ticket, those that are there."""
    for place in ("page", "call", "room"):
        await link(await matter(incident), place)


async def link(about: Matter, place: str) -> None:
    """Put one link on the ticket; a room or call that is missing, or built in, has none."""
    ticket = await ticket_of(about)
    url = here().links.incident(about.story.key)
    if place != "page":
        url = (await here().ledger.aread(result_of, about.id, place) or {}).get("url", "")
    if ticket is None or not url:
        return
    name, title = f"ticket/link/{place}", about.text("ticket/link.line", place=place)
    async with owing(about.id, name):
        tracker = await tracker_of(about)
        await once(
            about.id,
            name,
            tracker.repeat_of(tracker.link),
            lambda: tracker.link(about.key_of(name), ticket, title, url),
        )


async def move(about: Matter, to: TicketState) -> None:
    """Bring the ticket into another state."""
    if ticket := await ticket_of(about):
        name = f"ticket/{to.replace(' ', '-')}"
        async with owing(about.id, name):
            tracker = await tracker_of(about)
            await once(about.id, name, tracker.repeat_of(tracker.move), lambda: tracker.move(ticket, to))


async def comment(about: Matter, occasion: str, text: str) -> None:
    """Write something below the ticket, once per occasion."""
    if ticket := await ticket_of(about):
        name = f"ticket/comment/{occasion}"
        async with carrying_on(about.id, "commenting on the ticket"):
            tracker = await tracker_of(about)
            await once(
                about.id,
                name,
                tracker.repeat_of(tracker.comment),
                lambda: tracker.comment(about.key_of(name), ticket, text),
            )


async def update(about: Matter, occasion: str, text: str) -> None:
    """Write the fields as they are now, with a comment, once per occasion."""
    if ticket := await ticket_of(about):
        async with carrying_on(about.id, "updating the ticket"):
            await _write(about, f"ticket/update/{occasion}", ticket, text)


async def tell_the_end(about: Matter) -> None:
    """Write the last fields, and how it ended."""
    if ticket := await ticket_of(about):
        async with owing(about.id, "ticket/final"):
            await _write(about, "ticket/final", ticket, await _last_words(about))


async def close_ticket(about: Matter) -> None:
    """Close the ticket."""
    ticket = await ticket_of(about)
    if ticket is None:
        return
    ended_well = about.story.status in (Status.RESOLVED, Status.CLOSED)
    words = about.text("ticket/closed.txt") if ended_well else await _last_words(about)
    async with owing(about.id, "ticket/close"):
        tracker = await tracker_of(about)
        await once(
            about.id, "ticket/close", tracker.repeat_of(tracker.close), lambda: tracker.close(ticket, words)
        )


async def ticket_of(about: Matter) -> str | None:
    """The ticket's id; None while there is none."""
    ticket = await here().ledger.aread(result_of, about.id, "ticket")
    return Ticket.model_validate(ticket).id if ticket else None


async def tracker_of(about: Matter) -> Tracker:
    """The tracker in use."""
    return cast(Tracker, await about.serving(Purpose.TRACKER))


async def _write(about: Matter, name: str, ticket: str, text: str) -> None:
    tracker = await tracker_of(about)
    await once(
        about.id,
        name,
        tracker.repeat_of(tracker.update),
        lambda: tracker.update(ticket, fields(about), text),
    )


async def _last_words(about: Matter) -> str:
    """How it ended, in a comment."""
    match about.story.status:
        case Status.DISMISSED:
            return about.text("ticket/dismissed.txt")
        case Status.MERGED:
            other = await matter(about.story.merged_into or "")
            url = here().links.incident(other.story.key)
            return about.text("ticket/merged.txt", other=other.story, other_url=url)
        case _:
            return about.text("ticket/resolved.txt")
