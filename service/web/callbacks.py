"""What does a provider say of a page that it took? What became of it, and which key or button was pressed.

The token in the address is for one notification over one connection; what the connection can prove besides
(the signature of Twilio) it proves, too.
"""

import asyncio
import logging
from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from blocks.telling import TakesKeys, TakesPresses, TellsDelivery
from incident.decisions import Via
from incident.delivery import Delivery
from incident.errors import ConfidenceError, NotFoundError
from incident.story import PageState
from ledger.became import became
from ledger.owed import find_notification
from service.in_force import in_force_soon
from service.web.providers import PROBLEMS, answered, provider, tells_no_such_thing, told, told_json
from tasks.commands import Said, obey
from tasks.incident import matter
from tasks.links import Grant, May
from tasks.surroundings import here
from templates.plain import plain

router = APIRouter(tags=["providers"])

logger = logging.getLogger(__name__)

KEYS = ("1", "2")
"""Acknowledge, and pass on: `incident.command_words` knows them."""

RECORDED_WITHIN, LOOK_AGAIN = timedelta(seconds=3), timedelta(milliseconds=100)
"""A report may be here before it is written that the provider took the page."""


async def take_delivery(connection: str, token: str, request: Request) -> Response:
    """Take what became of a page; what is no news changes nothing."""
    block = await provider(connection, await in_force_soon(here()))
    if not isinstance(block, TellsDelivery):
        raise tells_no_such_thing(connection, block)
    delivery = block.delivery_told(await told(request))
    grant = await _granted(token, connection)
    if delivery is not None:
        logger.info("%s says of notification %s: %s", connection, grant.notification, delivery.detail)
        await _write_down(grant.notification, delivery)
    return PlainTextResponse("")


@router.post(
    "/callbacks/{connection}/{token}/keys", summary="A key was pressed in a call", responses=PROBLEMS
)
async def take_key(connection: str, token: str, request: Request) -> Response:
    """Acknowledge, pass on, or say again what the keys do; what it came to is spoken.

    Told twice, a key does what it does once: a page is passed on from its own level only.
    """
    block = await provider(connection, await in_force_soon(here()))
    if not isinstance(block, TakesKeys):
        raise tells_no_such_thing(connection, block)
    key = block.key_told(await told(request))
    grant = await _granted(token, connection)
    about = await matter(grant.incident)
    language = about.language_of(grant.person)
    if key not in KEYS:
        again_at = f"{here().links.base_url}/callbacks/{connection}/{token}"
        return answered(block.say_back(about.text("page/keys.line", language=language), language, again_at))
    reply = await obey(Said(key, grant.person, Via.PHONE, page=grant.page))
    return answered(block.say_back(plain(reply.text, links=False), language))


@router.post("/callbacks/{connection}/{token}/button", summary="A button was pressed", responses=PROBLEMS)
async def take_press(connection: str, token: str, request: Request) -> Response:
    """Acknowledge or pass on for the person who was paged; what it came to is shown to them."""
    block = await provider(connection, await in_force_soon(here()))
    if not isinstance(block, TakesPresses):
        raise tells_no_such_thing(connection, block)
    said = block.press_told(await told_json(request))
    grant = await _granted(token, connection)
    reply = await obey(Said(said, grant.person, Via.CHAT, page=grant.page))
    return answered(block.press_back(reply.text))


for method in (router.get, router.post):
    path = "/callbacks/{connection}/{token}/delivery"
    method(path, summary="What became of a page", responses=PROBLEMS)(take_delivery)


async def _granted(token: str, connection: str) -> Grant:
    """What the token is for.

    Raises:
        ConfidenceError: nothing, or another connection; or its page is another one here.
    """
    grant = here().links.read(token, here().now(), May.CALL_BACK)
    try:
        found = await here().ledger.aread(find_notification, grant.notification)
    except NotFoundError:
        raise ConfidenceError("this address is for a page that is not known here") from None
    known = (found.page.id, found.notification.person, found.incident.key, found.notification.via)
    if known != (grant.page, grant.person, grant.incident, connection):
        raise ConfidenceError("this address is for a page that is not known here")
    return grant


async def _write_down(notification: int, delivery: Delivery) -> None:
    """For every page that the message named, once it is written that it was sent."""
    ends = asyncio.get_running_loop().time() + RECORDED_WITHIN.total_seconds()
    row = (await here().ledger.aread(find_notification, notification)).notification
    while row.state is PageState.OWED and asyncio.get_running_loop().time() < ends:
        await asyncio.sleep(LOOK_AGAIN.total_seconds())
        row = (await here().ledger.aread(find_notification, notification)).notification
    for each in row.names or (notification,):
        await here().ledger.awrite(became, each, delivery, here().now())
