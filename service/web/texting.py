"""How does a text message of somebody come in? Their provider hands it over; the answer is one, too.

A bare `1` or `ack` answers the newest page of whoever has the number, `ACK 42` that of INC-42; every other
command of `docs/chat.md` works as well. Whoever is not under `people:` gets no answer: it would cost, and
tell a stranger that this number is worth trying.
"""

import logging
from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import Response

from blocks.telling import TakesTexts, Text
from incident.configuration import Configuration
from incident.decisions import Via
from incident.identity import who
from incident.short_texts import in_full
from ledger.newest_page import newest_page
from service.in_force import in_force_soon
from service.web.hearing import heard_once
from service.web.providers import PROBLEMS, answered, provider, tells_no_such_thing, told
from tasks.commands import Said, obey
from tasks.surroundings import here
from templates.plain import plain

router = APIRouter(tags=["providers"])

logger = logging.getLogger(__name__)


async def take_text(connection: str, request: Request) -> Response:
    """Take what somebody sent to the number of this connection, and answer by text message.

    The provider proves itself as docs/connections/ says for each; a message that comes again does nothing.
    """
    configuration = await in_force_soon(here())
    block = await provider(connection, configuration)
    if not isinstance(block, TakesTexts):
        raise tells_no_such_thing(connection, block)
    text = block.text_told(await told(request))
    obeyed = partial(_obeyed, connection, configuration, text)
    return answered(block.text_back(await heard_once(connection, text.id, obeyed, "")))


async def _obeyed(connection: str, configuration: Configuration, text: Text) -> str:
    person = who(configuration, connection, text.number, phone=text.number)
    if person is None:
        logger.warning("%s: a text message of somebody who is not under people: was not answered", connection)
        return ""
    said = in_full(text.text, configuration.organisation.incident_prefix)
    page = await here().ledger.aread(newest_page, person)
    return plain((await obey(Said(said, person, Via.PHONE, page=page))).text)


for method in (router.get, router.post):
    method("/sms/{connection}", summary="A text message came in", responses=PROBLEMS)(take_text)
