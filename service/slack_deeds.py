"""What does it mean for us that somebody filled in a form in Slack, or marked or pinned a message?

What it asks for is in the ledger when these functions return; `docs/chat.md` says what works where.
"""

import json
import logging
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from blocks.slack_events import FilledIn, Marked, Pinned
from blocks.slack_pager import SlackPager
from incident.decisions import Via
from incident.errors import (
    AnswerError,
    ConnectionFailure,
    LedgerUnavailable,
    NotFoundError,
    PayloadError,
    Rejected,
)
from ledger.paged_by import pages_of_message
from ledger.rooms import incident_of_room
from ledger.said import keep_said
from service.slack_form import FORM, errors_of, fields_of, told
from service.slack_hearing import Hearing
from tasks.commands import Said, obey, stranger
from tasks.filling_in import fill_in
from tasks.surroundings import here

ACKNOWLEDGING = frozenset({"white_check_mark", "heavy_check_mark"})
KEEPING = frozenset({"pushpin", "round_pushpin"})

logger = logging.getLogger(__name__)


class _About(BaseModel):
    model_config = ConfigDict(frozen=True)

    incident: str
    decision: str


async def hear_form(hearing: Hearing, filled: FilledIn) -> dict[str, Any]:
    """Take the answer of a form; returns what Slack shows: problems below inputs, or what it came to."""
    if filled.form != FORM:
        return {}
    try:
        about = _About.model_validate(json.loads(filled.about))
    except (ValueError, ValidationError):
        raise PayloadError("the form does not say what it is about", field="private_metadata") from None
    person = await hearing.person(filled.user)
    if person is None:
        return told((await stranger(hearing.name, filled.user)).text, about.incident)
    said = Said(f"{about.decision} {json.dumps(filled.values, ensure_ascii=False)}", person, Via.CHAT)
    try:
        reply = await fill_in(said, about.incident, about.decision, dict(filled.values))
    except AnswerError as error:
        return errors_of(error.problems, fields_of(about.decision))
    except NotFoundError as error:
        return told(str(error), about.incident)
    return told(reply.text, about.incident)


async def hear_sign(hearing: Hearing, marked: Marked) -> None:
    """A check mark beside a page acknowledges it; a pin beside a message of a room keeps that."""
    if marked.sign in ACKNOWLEDGING:
        await _acknowledge(hearing, marked)
    elif marked.sign in KEEPING:
        await hear_pin(hearing, Pinned(user=marked.user, room=marked.room, message=marked.message))


async def hear_pin(hearing: Hearing, pinned: Pinned) -> None:
    """Keep a message of an incident's room on its timeline, with its author and its time.

    Raises:
        LedgerUnavailable: it cannot be read or kept at this moment; Slack tells it again.
    """
    key = await here().ledger.aread(incident_of_room, pinned.room)
    if key is None or not pinned.message:
        return
    try:
        found = await hearing.app.message(pinned.room, pinned.message)
    except Rejected as refusal:
        logger.warning("a message that was pinned for %s cannot be read: %s", key, refusal)
        return
    except ConnectionFailure as failure:
        raise LedgerUnavailable(f"the message cannot be read now: {failure}") from None
    if found is None or not found.user or not found.text.strip():
        return  # what we or other programs say is on the timeline already, or is no word of a person
    author = await hearing.person(found.user) or (await hearing.member(found.user)).name
    text, message = await hearing.readable(found.text), f"{hearing.name}/{pinned.room}/{pinned.message}"
    await here().ledger.awrite(keep_said, key, text, author, found.at, via=Via.CHAT, message=message)


async def _acknowledge(hearing: Hearing, marked: Marked) -> None:
    message, person = f"{marked.room}/{marked.message}", await hearing.person(marked.user)
    pagers = hearing.configuration.connections_of(SlackPager.get_block_type_slug())
    pages = await here().ledger.aread(pages_of_message, pagers, message) if person else ()
    for page in pages:
        await obey(Said("ack", person or "", Via.CHAT, page=page))
