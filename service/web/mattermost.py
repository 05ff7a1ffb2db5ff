"""How does Mattermost tell us what people write and press? By a slash command, and by buttons below posts.

Both are answered to whoever did it, and to nobody else. What changes is said in the room by the deeds.
"""

import logging
from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from blocks.mattermost import MattermostChat
from blocks.mattermost_answers import Written
from incident.configuration import Configuration
from incident.decisions import Via
from incident.errors import ConnectionFailure
from incident.identity import who
from ledger.rooms import incident_of_room
from service.in_force import in_force_soon
from service.web.hearing import heard_once
from service.web.providers import PROBLEMS, provider, tells_no_such_thing, told, told_json
from tasks.commands import Reply, Said, obey, stranger
from tasks.incident import matter
from tasks.speech import about_it
from tasks.surroundings import here

router = APIRouter(prefix="/mattermost", tags=["providers"])

logger = logging.getLogger(__name__)

DECIDE = "decide"
"""What a button says that is no command: it leads to the form."""


class Ephemeral(BaseModel):
    """What only they see who wrote the command (markdown)."""

    response_type: str = "ephemeral"
    text: str


@router.post("/{connection}/command", summary="A slash command", responses=PROBLEMS)
async def take_command(connection: str, request: Request) -> Ephemeral:
    """Do what somebody wrote behind `/incident`; Mattermost proves itself by the command's token."""
    configuration, block = await _chat(connection)
    written = block.command_told(await told(request))
    once = written.trigger_id and f"command {written.trigger_id}"
    answer = partial(_obeyed, connection, configuration, block, written)
    return Ephemeral(text=(await heard_once(connection, once, answer, Reply("", ok=True))).text)


async def _obeyed(
    connection: str, configuration: Configuration, block: MattermostChat, written: Written
) -> Reply:
    person = await _person(connection, configuration, block, written.user_id, written.user_name)
    if person is None:
        return await stranger(connection, written.user_id)
    room = await here().ledger.aread(incident_of_room, written.channel_id)
    return await obey(Said(written.text, person, Via.CHAT, incident=room))


@router.post("/{connection}/button", summary="A button was pressed", responses=PROBLEMS)
async def take_press(connection: str, request: Request) -> JSONResponse:
    """Do what a button in an incident's room says; it proves itself by what we gave to it."""
    configuration, block = await _chat(connection)
    pressed = block.press_told(await told_json(request))
    person = await _person(connection, configuration, block, pressed.user_id, pressed.user_name)
    if person is None:
        return _to_them(await stranger(connection, pressed.user_id))
    context = pressed.context
    said = Said(context.says, person, Via.CHAT, incident=context.value)
    return _to_them(await _where_to_decide(said) if context.says == DECIDE else await obey(said))


async def _chat(connection: str) -> tuple[Configuration, MattermostChat]:
    configuration = await in_force_soon(here())
    block = await provider(connection, configuration)
    if not isinstance(block, MattermostChat):
        raise tells_no_such_thing(connection, block)
    return configuration, block


async def _where_to_decide(said: Said) -> Reply:
    """The link to the open question, for this person."""
    about = await matter(said.incident or "")
    if about.story.open_decision is None:
        return about_it(said, about, "status")
    address = here().links.decide(said.person, about.story.key, here().now())
    return about_it(said, about, "decide_here", decide_url=address)


async def _person(
    connection: str, configuration: Configuration, block: MattermostChat, user: str, name: str
) -> str | None:
    """Who it is, by their id under `known_as:`, their mail address, or the user name of a contact."""
    email = await _email(block, user)
    for handle in filter(None, (user, name, f"@{name}" if name else "")):
        if person := who(configuration, connection, handle, email=email):
            return person
    return None


async def _email(block: MattermostChat, user: str) -> str:
    try:
        return (await block.member(user)).email
    except ConnectionFailure as failure:
        logger.warning("who a member is cannot be asked: %s", failure)
        return ""


def _to_them(reply: Reply) -> JSONResponse:
    return JSONResponse({"ephemeral_text": reply.text})
