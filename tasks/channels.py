"""Phase 2: a room, a call, a topic, the people in it, and the manager's status."""

from typing import cast

from prefect import task

from blocks.catalogue import Purpose
from blocks.interfaces import Button, Chat, Room
from incident.lifecycle import Phase
from incident.timeline import Kind
from ledger.effects import result_of
from tasks.call import open_call
from tasks.incident import Matter, matter, remember
from tasks.once import RETRY_DELAYS, once, worth_retrying
from tasks.phase import owing, phase
from tasks.standing_in import serve_meanwhile
from tasks.surroundings import here
from tasks.ticket import link_all
from templates.words import words

FIRST = "opened"
"""The occasion of what is said first in a room."""


@task(name="2 set up team channels", task_run_name="2 set up team channels · {incident}", persist_result=True)
async def set_up_channels(incident: str) -> None:
    """Open the room and the call, and bring in whoever is on the incident already."""
    async with phase(incident, Phase.CHANNELS):
        about = await matter(incident)
        for name, open_it in (("call", open_call), ("room", open_room)):
            async with owing(about.id, name):
                await open_it(incident)
            await serve_meanwhile(about, name)
        await introduce(incident)
        for person in (await matter(incident)).story.people():
            await invite(incident, person)
        await link_all(incident)


@task(
    name="open the room",
    task_run_name="open the room",
    retries=len(RETRY_DELAYS),
    retry_delay_seconds=RETRY_DELAYS,
    retry_condition_fn=worth_retrying,
)
async def open_room(incident: str) -> None:
    """Create the room."""
    await make_room(await matter(incident))


async def make_room(about: Matter) -> None:
    """Create the room, unless it is there."""
    chat, key = await _chat(about), about.story.key
    name, topic = about.text("room/name.line"), about.text("room/topic.line")
    room, _ = await once(
        about.id, "room", chat.repeat_of(chat.create_room), lambda: chat.create_room(key, name, topic)
    )
    await remember(about.id, Kind.CHANNEL, f"the room is {Room.model_validate(room).url}")


async def introduce(incident: str) -> None:
    """Say in the room what this is about, pin it, and put the links into the topic."""
    about = await matter(incident)
    async with owing(about.id, "say/opened"):
        await say(about, "opened", about.text("room/opened.md"))
    async with owing(about.id, "pin/opened"):
        await pin(about, "opened")
    await set_topic(incident, "opened")


async def pin(about: Matter, occasion: str) -> None:
    """Pin what was said on an occasion, if it was."""
    post, room = await here().ledger.aread(result_of, about.id, f"say/{occasion}"), await room_of(about)
    if post and room:
        chat, name = await _chat(about), f"pin/{occasion}"
        await once(about.id, name, chat.repeat_of(chat.pin), lambda: chat.pin(room, str(post["id"])))


async def set_topic(incident: str, occasion: str) -> None:
    """Put severity, status and links into the room's topic; once per occasion."""
    about, name = await matter(incident), f"topic/{occasion}"
    if room := await room_of(about):
        async with owing(about.id, name):
            chat, topic = await _chat(about), about.text("room/topic.line")
            await once(about.id, name, chat.repeat_of(chat.set_topic), lambda: chat.set_topic(room, topic))


async def say(about: Matter, occasion: str, text: str) -> str | None:
    """Say something in the room, once per occasion; returns the post's id, None while there is no room.

    The first text has buttons, where the chat has them.
    """
    room = await room_of(about)
    if room is None:
        return None
    chat, name = await _chat(about), f"say/{occasion}"
    key, buttons = about.key_of(name), _buttons(about) if occasion == FIRST else ()
    post, _ = await once(
        about.id,
        name,
        chat.repeat_of(chat.post),
        lambda: chat.offer(key, room, text, buttons) if buttons else chat.post(key, room, text),
    )
    return str(post["id"])


def _buttons(about: Matter) -> tuple[Button, ...]:
    """What can be pressed below the first text of a room, in the language of the incident."""
    labels, key = words(about.story.language)["buttons"], about.story.key
    return tuple(Button(label=labels[says], says=says, value=key) for says in ("ack", "decide", "status"))


async def invite(incident: str, person: str) -> None:
    """Bring a person into the room; while there is none, making it will invite whoever is there."""
    about, name = await matter(incident), f"invite/{person}"
    if room := await room_of(about):
        address = address_of(about, person)
        async with owing(about.id, name):
            chat = await _chat(about)
            await once(about.id, name, chat.repeat_of(chat.invite), lambda: chat.invite(room, address))


async def show_busy(incident: str, person: str) -> None:
    """The manager's status and the room's topic show who is busy with which incident."""
    await set_status(await matter(incident), person)
    await set_topic(incident, f"manager-{person}")


async def set_status(about: Matter, person: str) -> None:
    """Show which incident a person is busy with."""
    address, text, name = address_of(about, person), about.text("room/status.line"), f"status/{person}"
    async with owing(about.id, name):
        chat = await _chat(about)
        await once(about.id, name, chat.repeat_of(chat.set_status), lambda: chat.set_status(address, text))


async def restore_status(about: Matter, person: str) -> None:
    """Put the status of somebody who was manager back as it was."""
    before = await here().ledger.aread(result_of, about.id, f"status/{person}")
    if before is None:
        return
    address, name = address_of(about, person), f"status-back/{person}"
    async with owing(about.id, name):
        chat = await _chat(about)
        await once(
            about.id,
            name,
            chat.repeat_of(chat.restore_status),
            lambda: chat.restore_status(address, str(before)),
        )


async def upload(about: Matter, name: str, text: str) -> None:
    """Put a text into the room as a file, once per name."""
    if room := await room_of(about):
        chat, effect = await _chat(about), f"upload/{name}"
        key, content = about.key_of(effect), text.encode()
        await once(
            about.id, effect, chat.repeat_of(chat.upload), lambda: chat.upload(key, room, name, content)
        )


async def archive_room(about: Matter) -> None:
    """Close the room for writing."""
    if room := await room_of(about):
        async with owing(about.id, "archive"):
            chat = await _chat(about)
            await once(about.id, "archive", chat.repeat_of(chat.archive), lambda: chat.archive(room))


async def room_of(about: Matter) -> str | None:
    """The room's id; None while there is none."""
    room = await here().ledger.aread(result_of, about.id, "room")
    return str(room["id"]) if room else None


def address_of(about: Matter, person: str) -> str:
    """What the chat knows a person as: their mail address, else their name here."""
    known = about.configuration.people.get(person)
    return (known.email if known else "") or person


async def _chat(about: Matter) -> Chat:
    return cast(Chat, await about.serving(Purpose.CHAT))
