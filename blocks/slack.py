"""Where do people work on an incident in Slack? In a channel of its own.

Source: Slack's Web API documentation. What is there already is no error: a channel by its name, a member, a
pin. A message has no idempotency key there, so only posting may double.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, Field, SecretStr
from typing_extensions import override

from blocks.interfaces import Button, Chat, Post, Room
from blocks.slack_api import Slack
from blocks.slack_app import TEXT_LENGTH, SlackApp, markdown
from incident.errors import Rejected

NAME_LENGTH, TOPIC_LENGTH, STATUS_LENGTH = 80, 250, 100
"""Characters that Slack takes."""

_NOT_IN_A_NAME = re.compile(r"[^a-z0-9_-]+")
_STATUS = ("status_text", "status_emoji", "status_expiration")
_BUSY = ":rotating_light:"


class _Channel(BaseModel):
    id: str
    name: str = ""


class _More(BaseModel):
    next_cursor: str = ""


class _Listed(BaseModel):
    channels: list[_Channel] = []
    response_metadata: _More = _More()


class SlackChat(SlackApp, Chat):
    """A public channel per incident, with topic, pins, files and the manager's status."""

    _block_type_name: ClassVar[str | None] = "Slack chat"
    _block_type_slug: ClassVar[str | None] = "slack-chat"
    _description: ClassVar[str | None] = (
        "A Slack channel per incident. People's statuses can only be set with a user token of an admin."
    )
    safe: ClassVar[frozenset[str]] = frozenset(
        {"create_room", "set_topic", "invite", "pin", "set_status", "restore_status", "archive"}
    )

    admin_token: Annotated[
        SecretStr | None,
        Field(
            title="Admin's user token",
            description="xoxp-... with users.profile:write; left out: statuses stay as they are.",
        ),
    ] = None

    @override
    async def create_room(self, key: str, name: str, topic: str) -> Room:
        slack = self._slack(self.create_room)
        wanted = _NOT_IN_A_NAME.sub("-", name.lower()).strip("-")[:NAME_LENGTH]
        made = await slack.do("conversations.create", {"name": wanted}, fine={"name_taken"})
        channel = made.text("channel", "id") if made.ok else await self._named(slack, wanted)
        if topic:
            await slack.do("conversations.setTopic", {"channel": channel, "topic": topic[:TOPIC_LENGTH]})
        return Room(id=channel, url=f"https://slack.com/app_redirect?channel={channel}")

    @override
    async def set_topic(self, room: str, topic: str) -> None:
        told = {"channel": room, "topic": topic[:TOPIC_LENGTH]}
        await self._slack(self.set_topic).do("conversations.setTopic", told)

    @override
    async def post(self, key: str, room: str, text: str, thread: str = "") -> Post:
        told = {"channel": room, "markdown_text": text[:TEXT_LENGTH], "unfurl_links": False}
        if thread:
            told["thread_ts"] = thread
        said = await self._slack(self.post).do("chat.postMessage", told)
        return Post(id=said.text("ts"))

    @override
    async def offer(self, key: str, room: str, text: str, buttons: Sequence[Button]) -> Post:
        pressed = self._pressed(buttons)
        blocks = [markdown(text), *([{"type": "actions", "elements": pressed}] if pressed else [])]
        told = {"channel": room, "text": text[:TEXT_LENGTH], "blocks": blocks, "unfurl_links": False}
        return Post(id=(await self._slack(self.offer).do("chat.postMessage", told)).text("ts"))

    @override
    async def upload(self, key: str, room: str, name: str, content: bytes) -> Post:
        slack = self._slack(self.upload)
        place = await slack.fill_in(
            "files.getUploadURLExternal", {"filename": name, "length": str(len(content))}
        )
        await self._exchange(self.upload).send("POST", place.text("upload_url"), content=content)
        file = {"id": place.text("file_id"), "title": name}
        await slack.do("files.completeUploadExternal", {"files": [file], "channel_id": room})
        return Post(id=file["id"])

    @override
    async def invite(self, room: str, address: str) -> None:
        slack = self._slack(self.invite)
        user = (await self._user(slack, address))["id"]
        fine = {"already_in_channel", "cant_invite_self"}
        await slack.do("conversations.invite", {"channel": room, "users": user}, fine=fine)

    @override
    async def pin(self, room: str, post: str) -> None:
        told = {"channel": room, "timestamp": post}
        await self._slack(self.pin).do("pins.add", told, fine={"already_pinned"})

    @override
    async def set_status(self, address: str, text: str) -> str:
        if self.admin_token is None:
            return ""
        user = await self._user(self._slack(self.set_status), address)
        profile = user.get("profile") or {}
        status = {"status_text": text[:STATUS_LENGTH], "status_emoji": _BUSY, "status_expiration": 0}
        await self._show(self.set_status, self.admin_token, user["id"], status)
        return json.dumps({name: profile.get(name) for name in _STATUS})

    @override
    async def restore_status(self, address: str, before: str) -> None:
        if self.admin_token is None or not before:
            return
        user = await self._user(self._slack(self.restore_status), address)
        known = json.loads(before)
        status = {
            "status_text": known.get("status_text") or "",
            "status_emoji": known.get("status_emoji") or "",
            "status_expiration": known.get("status_expiration") or 0,
        }
        await self._show(self.restore_status, self.admin_token, user["id"], status)

    @override
    async def archive(self, room: str) -> None:
        await self._slack(self.archive).do(
            "conversations.archive", {"channel": room}, fine={"already_archived"}
        )

    async def _named(self, slack: Slack, name: str) -> str:
        """The channel that an earlier call made."""
        cursor = ""
        while True:
            asked = {"limit": 1000, "types": "public_channel", "cursor": cursor}
            page = (await slack.read("conversations.list", **asked)).read_as(_Listed)
            found = next((each.id for each in page.channels if each.name == name), None)
            if found:
                return found
            cursor = page.response_metadata.next_cursor
            if not cursor:
                raise Rejected(f"the name {name} is taken by a channel that this app cannot see")

    async def _show(self, method: Any, token: SecretStr, user: str, status: Mapping[str, Any]) -> None:
        told = {"user": user, "profile": dict(status)}
        await self._slack(method, token).do("users.profile.set", told)
