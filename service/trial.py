"""Does a connection work? What its kind must do is done once, for real, and undone where it can be."""

from collections.abc import AsyncIterator
from datetime import datetime

from blocks.interfaces import (
    Channel,
    Chat,
    Connection,
    RotationSource,
    StatusPage,
    TicketFields,
    Tracker,
    Video,
)
from blocks.matrix_service import WithService
from incident.errors import ConfigurationError
from incident.severity import Severity

TITLE = "Test of incident response"


async def attempt(block: Connection, to: str, text: str, now: datetime) -> AsyncIterator[str]:
    """Try a connection; says what was done, step by step.

    ``to`` is whom a message goes to, or the schedule that is asked about.

    Raises:
        ConfigurationError: it needs ``to`` and has none.
        ConnectionFailure: a step failed.
    """
    key = f"trial-{now:%Y%m%d%H%M%S}"
    if isinstance(block, Channel):
        receipt = await block.send(_wanted(to, "whom the test message goes to"), key, TITLE, text)
        yield f"a test message to {to} was taken: {receipt.detail or receipt.provider_id}"
        if ending := await block.ended(receipt.provider_id):
            yield f"it has ended: {ending.detail}"
    if isinstance(block, RotationSource):
        people = await block.on_call(_wanted(to, "which schedule is asked about"))
        yield f"on call on {to} now: {', '.join(people) or 'nobody'}"
    if isinstance(block, Chat):
        room = await block.create_room(key, f"incident-{key}", TITLE)
        yield f"made the room {room.url}"
        await block.post(f"{key}/say", room.id, text)
        await block.archive(room.id)
        yield "said something in it, and archived it"
    if isinstance(block, WithService) and block.hs_token:
        yield f"the homeserver reached this system within {await block.ping()} ms"
    if isinstance(block, Video):
        call = await block.create_call(key, TITLE)
        await block.end_call(call.id)
        yield f"made the call {call.url} and ended it"
    if isinstance(block, Tracker):
        ticket = await block.create(_ticket(key, text))
        await block.close(ticket.id, text)
        yield f"created the ticket {ticket.url} and closed it"
    if isinstance(block, StatusPage):
        parts = ", ".join(part.name for part in await block.components())
        yield f"read the page, and published nothing; it shows: {parts or 'no components'}"


def _wanted(to: str, what: str) -> str:
    if not to:
        raise ConfigurationError([f"say with --to {what}"])
    return to


def _ticket(key: str, text: str) -> TicketFields:
    return TicketFields(key=key, summary=TITLE, description=text, service="test", severity=Severity.MINOR)
