"""Phase 2: a room, a call, a topic, the people in it, and the manager's status."""

from typing import cast

from prefect import task

from blocks.catalogue import Purpose
from blocks.interfaces import Call, Chat, Room, Video
from incident.lifecycle import Phase
from incident.timeline import Kind
from ledger.effects import result_of
from tasks.incident import Matter, matter, remember
from tasks.once import RETRY_DELAYS, once, worth_retrying
from tasks.phase import carrying_on, phase
from tasks.surroundings import here


@task(name="2 set up team channels", task_run_name="2 set up team channels · {incident}", persist_result=True)
async def set_up_channels(incident: str) -> None:
    """Open the room and the call, and bring in whoever is on the incident already."""
    async with phase(incident, Phase.CHANNELS):
        about = await matter(incident)
        for name, open_it in (("the room", open_room), ("the call", open_call)):
            async with carrying_on(about.id, name):
                await open_it(incident)
        async with carrying_on(about.id, "announcing the incident in its room"):
            await introduce(incident)
        for person in (await matter(incident)).story.people():
            await invite(incident, person)


@task(
    name="open the room",
    task_run_name="open the room",
    retries=len(RETRY_DELAYS),
    retry_delay_seconds=RETRY_DELAYS,
    retry_condition_fn=worth_retrying,
)
async def open_room(incident: str) -> None:
    """Create the room."""
    about = await matter(incident)
    chat = await _chat(about)
    name, topic = about.text("room/name.line"), about.text("room/topic.line")
    room, _ = await once(
        about.id, "room", chat.repeat_of(chat.create_room), lambda: chat.create_room(incident, name, topic)
    )
    await remember(about.id, Kind.CHANNEL, f"the room is {Room.model_validate(room).url}")


@task(
    name="open the call",
    task_run_name="open the call",
    retries=len(RETRY_DELAYS),
    retry_delay_seconds=RETRY_DELAYS,
    retry_condition_fn=worth_retrying,
)
async def open_call(incident: str) -> None:
    """Create the video call."""
    about = await matter(incident)
    video = cast(Video, await about.serving(Purpose.VIDEO))
    topic = about.text("room/name.line")
    call, _ = await once(
        about.id, "call", video.repeat_of(video.create_call), lambda: video.create_call(incident, topic)
    )
    await remember(about.id, Kind.CHANNEL, f"the call is {Call.model_validate(call).url}")


async def introduce(incident: str) -> None:
    """Say in the room what this is about, pin it, and put the links into the topic."""
    about = await matter(incident)
    post = await say(about, "opened", about.text("room/opened.md"))
    room = await room_of(about)
    if room and post:
        chat = await _chat(about)
        await once(about.id, "pin/opened", chat.repeat_of(chat.pin), lambda: chat.pin(room, post))
    await set_topic(incident, "opened")


async def set_topic(incident: str, occasion: str) -> None:
    """Put severity, status and links into the room's topic; once per occasion."""
    about = await matter(incident)
    if room := await room_of(about):
        chat, topic = await _chat(about), about.text("room/topic.line")
        await once(
            about.id, f"topic/{occasion}", chat.repeat_of(chat.set_topic), lambda: chat.set_topic(room, topic)
        )


async def say(about: Matter, occasion: str, text: str) -> str | None:
    """Say something in the room, once per occasion; returns the post's id, None while there is no room."""
    room = await room_of(about)
    if room is None:
        return None
    chat, name = await _chat(about), f"say/{occasion}"
    key = about.key_of(name)
    post, _ = await once(about.id, name, chat.repeat_of(chat.post), lambda: chat.post(key, room, text))
    return str(post["id"])


async def invite(incident: str, person: str) -> None:
    """Bring a person into the room; while there is none.

    Opening it will invite whoever is on the incident.
    """
    about = await matter(incident)
    if room := await room_of(about):
        chat, address = await _chat(about), address_of(about, person)
        async with carrying_on(about.id, f"inviting {person}"):
            await once(
                about.id, f"invite/{person}", chat.repeat_of(chat.invite), lambda: chat.invite(room, address)
            )


async def show_busy(incident: str, person: str) -> None:
    """The manager's status shows which incident they are busy with."""
    about = await matter(incident)
    chat, address, text = await _chat(about), address_of(about, person), about.text("room/status.line")
    async with carrying_on(about.id, f"the status of {person}"):
        await once(
            about.id,
            f"status/{person}",
            chat.repeat_of(chat.set_status),
            lambda: chat.set_status(address, text),
        )
    async with carrying_on(about.id, "the topic"):
        await set_topic(incident, f"manager-{person}")


async def restore_status(about: Matter, person: str) -> None:
    """Put the status of somebody who was manager back as it was."""
    before = await here().ledger.aread(result_of, about.id, f"status/{person}")
    if before is None:
        return
    chat, address = await _chat(about), address_of(about, person)
    async with carrying_on(about.id, f"putting back the status of {person}"):
        await once(
            about.id,
            f"status-back/{person}",
            chat.repeat_of(chat.restore_status),
            lambda: chat.restore_status(address, str(before)),
        )


async def archive_room(about: Matter) -> None:
    """Close the room for writing."""
    if room := await room_of(about):
        chat = await _chat(about)
        async with carrying_on(about.id, "archiving the room"):
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
