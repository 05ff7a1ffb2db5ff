"""What does it mean for us that somebody wrote a slash command in Slack, or pressed a button?

What it asks for is in the ledger when these functions return; `docs/chat.md` says what works where.
"""

from typing import Any

from blocks.slack_app import markdown
from blocks.slack_events import Pressed, Written
from incident.command_words import Verb
from incident.commands import Help, Status, Unclear, incident_named, understand
from incident.decisions import Via
from incident.errors import ConfidenceError, NotFoundError
from ledger.pages import find_page
from ledger.rooms import incident_of_room
from service.slack_asking import offer_form
from service.slack_hearing import Hearing
from tasks.background import later
from tasks.commands import Reply, Said, obey, stranger
from tasks.links import Grant, May
from tasks.speech import in_general
from tasks.surroundings import here

DECIDE = "decide"
FORM_WORDS = frozenset({DECIDE, "assess", "form", "decidi", "valuta", "modulo"})
FORM_VERBS = frozenset({Verb.SEV, Verb.RESOLVE, Verb.UPDATE})
"""Without their words these open the form that has a field for them."""
PRESSED = frozenset({"ack", "pass", "status", DECIDE})


async def hear_written(hearing: Hearing, written: Written) -> dict[str, Any]:
    """Obey a slash command; returns what Slack shows."""
    person = await hearing.person(written.user)
    if person is None:
        return message(await stranger(hearing.name, written.user))
    room = await here().ledger.aread(incident_of_room, written.room)
    said = Said(await hearing.readable(written.text), person, Via.CHAT, incident=room)
    if _wants_form(said.text):
        reply = await offer_form(hearing, said, written.trigger, written.address)
        return message(reply) if reply else {}
    reply = await obey(said)
    tells_the_room = room is not None and not isinstance(understand(said.text), Help | Status)
    return message(reply, to_all=reply.ok and tells_the_room)


async def hear_pressed(hearing: Hearing, pressed: Pressed) -> None:
    """Obey a button; what it came to is told below the message."""
    if pressed.says not in PRESSED:
        return
    person = await hearing.person(pressed.user)
    grant = await _grant(hearing, pressed.value)
    if isinstance(grant, Reply):
        reply: Reply | None = grant
    elif person := person or (grant.person if grant else None):
        incident, page = (grant.incident, grant.page) if grant else (pressed.value, None)
        said = Said(pressed.says, person, Via.CHAT, incident=incident, page=page)
        asks = pressed.says == DECIDE
        reply = await (offer_form(hearing, said, pressed.trigger, pressed.address) if asks else obey(said))
    else:
        reply = await stranger(hearing.name, pressed.user)
    if reply:
        _answer(hearing, pressed, message(reply, to_all=reply.ok and pressed.says != Verb.STATUS))


def message(reply: Reply, *, to_all: bool = False) -> dict[str, Any]:
    """A reply as Slack shows it: to everybody in the channel, or to whoever asked."""
    seen = "in_channel" if to_all else "ephemeral"
    return {"response_type": seen, "text": reply.text, "blocks": [markdown(reply.text)]}


def _wants_form(text: str) -> bool:
    command = understand(text)
    if not isinstance(command, Unclear):
        return False
    return command.word.casefold() in FORM_WORDS or (
        command.word == command.nearest and command.nearest in FORM_VERBS
    )


async def _grant(hearing: Hearing, value: str) -> Grant | Reply | None:
    """Which page a button is below, by the token of its link; None: it names an incident, if anything."""
    if incident_named(value) == value:
        return None
    try:
        grant = here().links.read(value, here().now(), May.ACKNOWLEDGE)
        owed = await here().ledger.aread(find_page, grant.page)
    except (ConfidenceError, NotFoundError) as error:
        return in_general(hearing.configuration, "impossible", ok=False, problem=str(error))
    if (owed.page.person, owed.incident.key) != (grant.person, grant.incident):
        problem = "this button is for a page that is not known here"
        return in_general(hearing.configuration, "impossible", ok=False, problem=problem)
    return grant


def _answer(hearing: Hearing, pressed: Pressed, answer: dict[str, Any]) -> None:
    told = {**answer, "replace_original": False}
    later(f"answering a button in Slack, {hearing.name}", hearing.app.tell_back(pressed.address, told))
