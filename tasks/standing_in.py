"""What serves while a vendor's room or call is missing? The built-in one, from the first failure on."""

from typing import cast

from blocks.catalogue import Purpose
from blocks.interfaces import Chat, Repeat, Video
from incident.repairing import stand_in
from incident.timeline import Kind
from ledger.effects import result_of
from tasks.incident import Matter, remember
from tasks.once import once
from tasks.surroundings import here


async def serve_meanwhile(about: Matter, name: str) -> None:
    """Let the built-in room or call serve while the vendor's is missing: its link is shown in its place."""
    if await here().ledger.aread(result_of, about.id, name):
        return
    built_in, key, topic = stand_in(name), about.story.key, about.text("room/name.line")
    if await here().ledger.aread(result_of, about.id, built_in):
        return
    if name == "room":
        chat = cast(Chat, here().built_in(Purpose.CHAT))
        made, _ = await once(about.id, built_in, Repeat.SAFE, lambda: chat.create_room(key, topic, topic))
    else:
        video = cast(Video, here().built_in(Purpose.VIDEO))
        made, _ = await once(about.id, built_in, Repeat.SAFE, lambda: video.create_call(key, topic))
    await remember(about.id, Kind.CHANNEL, f"the built-in {name} serves meanwhile: {made['url']}")
