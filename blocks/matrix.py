"""Where do people work on an incident in Matrix? In a room of its own.

Source: the Client-Server API of the Matrix specification. A room is found again by its alias, which a server
gives away only once; a message has a transaction id made from its key. So nothing is there twice.
"""

import json
import mimetypes
import re
from typing import Annotated, Any, ClassVar
from urllib.parse import quote

from pydantic import Field, SecretStr
from typing_extensions import override

from blocks.interfaces import Chat, Post, Room
from blocks.matrix_answers import Levels, Pins, Presence, Uploaded
from blocks.matrix_api import MEDIA, home
from blocks.matrix_service import WithService
from blocks.matrix_text import below, message, plain
from incident.errors import Rejected

TOPIC_LENGTH, STATUS_LENGTH = 2_000, 200
"""Characters; the specification limits only the size of an event."""

READ_ONLY = 100
"""The power that it takes to say something in a closed room: that of whoever made it."""

_LEVELS = {
    "events": {
        "m.room.pinned_events": 0,
        **dict.fromkeys(("m.room.power_levels", "m.room.history_visibility", "m.room.tombstone"), 100),
    }
}
"""Everybody in the room may pin, which puts a message on the timeline; the rest is as in any private room."""

_ANY_FILE = "application/octet-stream"
_NOT_IN_AN_ALIAS = re.compile(r"[^a-z0-9._=-]+")


class MatrixChat(WithService, Chat):
    """A private room per incident, with topic, threads, pins, files and the manager's status."""

    _block_type_name: ClassVar[str | None] = "Matrix chat"
    _block_type_slug: ClassVar[str | None] = "matrix-chat"
    _description: ClassVar[str | None] = (
        "A room per incident on any Matrix server. With an application service that people belong to it also "
        "shows their status, and hears what they say there."
    )

    web_client: Annotated[
        str,
        Field(
            title="Web client",
            description="Links open in this Element, such as https://element.example.com; else by matrix.to.",
            pattern=r"^(https?://.*)?$",
        ),
    ] = ""
    prefix: Annotated[
        str, Field(title="Prefix", description="Of the rooms' aliases, if two installations share a server.")
    ] = ""

    @override
    async def create_room(self, key: str, name: str, topic: str) -> Room:
        server = self._server(self.create_room)
        me = await server.myself()
        alias = f"#{_NOT_IN_AN_ALIAS.sub('-', f'{self.prefix}{key}'.lower())}:{home(me)}"
        topic = plain(topic)[:TOPIC_LENGTH]
        room = await server.find(alias, me)
        if room:
            await server.put_state(room, "m.room.topic", {"topic": topic})
        else:
            made = {"name": plain(name), "topic": topic, "power_level_content_override": _LEVELS}
            room = await server.make(alias, made)
        return Room(id=room, url=self._link(alias))

    @override
    async def set_topic(self, room: str, topic: str) -> None:
        told = {"topic": plain(topic)[:TOPIC_LENGTH]}
        await self._server(self.set_topic).put_state(room, "m.room.topic", told)

    @override
    async def post(self, key: str, room: str, text: str, thread: str = "") -> Post:
        content = message(text) | (below(thread) if thread else {})
        return Post(id=await self._server(self.post).say(room, key, content))

    @override
    async def upload(self, key: str, room: str, name: str, content: bytes) -> Post:
        """As an attachment that no server looks into."""
        server = self._server(self.upload)
        kind = {"Content-Type": _ANY_FILE}
        named = {"filename": plain(name)}
        stored = await server.ask("POST", "upload", base=MEDIA, params=named, content=content, headers=kind)
        file = {
            "msgtype": "m.file",
            "body": plain(name),
            "filename": plain(name),
            "url": stored.read_as(Uploaded).content_uri,
            "info": {"mimetype": mimetypes.guess_type(name)[0] or _ANY_FILE, "size": len(content)},
        }
        return Post(id=await server.say(room, key, file))

    @override
    async def invite(self, room: str, address: str) -> None:
        server = self._server(self.invite)
        await server.invite(room, await self._user(server, address))

    @override
    async def pin(self, room: str, post: str) -> None:
        server = self._server(self.pin)
        known = await server.state(Pins, room, "m.room.pinned_events") or Pins()
        if post not in known.pinned:
            await server.put_state(room, "m.room.pinned_events", {"pinned": [*known.pinned, post]})

    @override
    async def set_status(self, address: str, text: str) -> str:
        if self.as_token is None:
            return ""
        shown = plain(text)[:STATUS_LENGTH]
        before = await self._show(self.set_status, self.as_token, address, shown)
        # A repeated call sees the text of the first one, which must not come back when the incident is over.
        return json.dumps({"status_msg": "" if before == shown else before})

    @override
    async def restore_status(self, address: str, before: str) -> None:
        if self.as_token is None or not before:
            return
        text = json.loads(before).get("status_msg") or ""
        await self._show(self.restore_status, self.as_token, address, text)

    @override
    async def archive(self, room: str) -> None:
        server = self._server(self.archive)
        levels = await server.state(Levels, room, "m.room.power_levels")
        if levels is None:
            raise Rejected("the room's power levels cannot be seen: is this user in it?")
        await server.put_state(room, "m.room.power_levels", levels.all_at_least(READ_ONLY))

    async def _show(self, method: Any, token: SecretStr, address: str, text: str) -> str:
        """Replace what a person says about themselves; returns what it was."""
        server = self._server(method, token)
        user = await self._user(server, address)
        status, acting = ("presence", user, "status"), {"user_id": user}
        now = (await server.ask("GET", *status, params=acting)).read_as(Presence)
        # Nobody looks as if they were there who is not; "offline" would take the text away.
        told = {"presence": "online" if now.presence == "online" else "unavailable", "status_msg": text}
        await server.ask("PUT", *status, params=acting, json=told)
        return now.status_msg or ""

    def _link(self, alias: str) -> str:
        if self.web_client:
            return f"{self.web_client.rstrip('/')}/#/room/{alias}"
        return f"https://matrix.to/#/{quote(alias, safe='')}"
