"""What becomes of a message that somebody pinned in an incident's room? A line of the timeline, once."""

import logging
from datetime import UTC, datetime

from blocks.matrix_answers import Message
from blocks.matrix_events import without_quotation
from incident.configuration import Configuration
from incident.decisions import Via
from incident.errors import Rejected
from ledger.said import keep_said
from service.matrix_listening import Listener
from service.matrix_people import person_of
from tasks.surroundings import here

logger = logging.getLogger(__name__)

LONGEST = 4000
"""Characters, as of a note that is written on the incident's page."""


async def keep(listener: Listener, configuration: Configuration, key: str, room: str, message: str) -> None:
    """Keep what was said with its author and its time; what we said ourselves is there already.

    Raises:
        LedgerUnavailable: it cannot be written.
        ConnectionFailure: the homeserver cannot be asked now what was said.
    """
    try:
        said = await listener.chat.said(room, message)
    except Rejected as refusal:
        logger.warning("what was pinned in the room of %s cannot be read: %s", key, refusal)
        return
    if said is None or said.sender in listener.ours or not (text := _text(said)):
        return
    author = person_of(listener, configuration, said.sender) or said.sender
    at, once = _at(said), f"{room}/{message}"
    await here().ledger.awrite(keep_said, key, text, author, at, via=Via.CHAT, message=once)


def _at(said: Message) -> datetime:
    """When it was said; servers may claim anything."""
    try:
        return datetime.fromtimestamp(said.origin_server_ts / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return here().now()


def _text(said: Message) -> str:
    """The words, or the name of a file; empty: they were taken back, or are no message."""
    body = said.content.get("body") if said.type == "m.room.message" else None
    shown = without_quotation(body).strip().replace("\0", "") if isinstance(body, str) else ""
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"
