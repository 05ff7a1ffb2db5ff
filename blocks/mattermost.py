"""Where do people work on an incident in Mattermost? In a channel of its own; direct messages page them.

Source: Mattermost's API reference, v4. Everything is looked for before it is made: a channel by its name, a
post by our key among its properties; a member, a pin and a direct channel are there only once anyway.
"""

import re
from http import HTTPStatus
from typing import Annotated, Any, ClassVar

from pydantic import Field, SecretStr
from typing_extensions import override

from blocks.exchange import HttpConnection
from blocks.interfaces import Channel, Chat, PageMessage, Post, Receipt, Repeat, Room
from blocks.mattermost_api import Channel as MattermostChannel
from blocks.mattermost_api import Identified, Mattermost, Status

NAME_LENGTH, HEADER_LENGTH, STATUS_LENGTH = 64, 1024, 100
"""Characters that Mattermost takes."""

_NOT_IN_A_NAME = re.compile(r"[^a-z0-9_-]+")
_NOT_THERE = frozenset({HTTPStatus.NOT_FOUND})
_PUBLIC = "O"
_BUSY = "rotating_light"


class _InMattermost(HttpConnection):
    repeat: ClassVar[Repeat] = Repeat.SAFE

    server: Annotated[
        str, Field(title="Server", description="https://chat.example.com", pattern=r"^https?://[^/?#]+/?$")
    ]
    token: Annotated[
        SecretStr, Field(title="Bot's token", description="The access token of a bot account.", min_length=1)
    ]

    def _mattermost(self, method: Any, token: SecretStr | None = None) -> Mattermost:
        value = (token or self.token).get_secret_value()
        return Mattermost(self._exchange(method, {"Authorization": f"Bearer {value}"}), self.server)


class MattermostChat(_InMattermost, Chat):
    """A public channel per incident, with header, threads, pins, files and the manager's status."""

    _block_type_name: ClassVar[str | None] = "Mattermost chat"
    _block_type_slug: ClassVar[str | None] = "mattermost-chat"
    _description: ClassVar[str | None] = (
        "A Mattermost channel per incident. People's statuses can only be set with the token of somebody who "
        "may edit other users."
    )

    team: Annotated[
        str,
        Field(title="Team", description="As in its address: https://chat.example.com/<team>/channels/..."),
    ]
    admin_token: Annotated[
        SecretStr | None,
        Field(
            title="Admin's token",
            description="Of an account that may edit other users; left out: statuses stay as they are.",
        ),
    ] = None

    @override
    async def create_room(self, key: str, name: str, topic: str) -> Room:
        mattermost = self._mattermost(self.create_room)
        wanted = _NOT_IN_A_NAME.sub("-", name.lower())[:NAME_LENGTH].strip("-_")
        known = await mattermost.ask(
            "teams", "name", self.team, "channels", "name", wanted, telling=_NOT_THERE
        )
        if known.status == HTTPStatus.NOT_FOUND:
            team = (await mattermost.ask("teams", "name", self.team)).read_as(Identified)
            channel = {
                "team_id": team.id,
                "name": wanted,
                "display_name": name[:NAME_LENGTH],
                "header": topic[:HEADER_LENGTH],
                "type": _PUBLIC,
            }
            known = await mattermost.tell("POST", "channels", told=channel)
        found = known.read_as(Identified)
        return Room(id=found.id, url=f"{self.server.rstrip('/')}/{self.team}/channels/{wanted}")

    @override
    async def set_topic(self, room: str, topic: str) -> None:
        header = {"header": topic[:HEADER_LENGTH]}
        await self._mattermost(self.set_topic).tell("PUT", "channels", room, "patch", told=header)

    @override
    async def post(self, key: str, room: str, text: str, thread: str = "") -> Post:
        mattermost = self._mattermost(self.post)
        known = await mattermost.said(key, room)
        return Post(id=known or await mattermost.say(key, room, text, thread))

    @override
    async def upload(self, key: str, room: str, name: str, content: bytes) -> Post:
        mattermost = self._mattermost(self.upload)
        known = await mattermost.said(key, room)
        if known:
            return Post(id=known)
        files = await mattermost.put(key, room, name, content)
        return Post(id=await mattermost.say(key, room, "", files=files))

    @override
    async def invite(self, room: str, address: str) -> None:
        mattermost = self._mattermost(self.invite)
        user = await mattermost.user(address)
        await mattermost.tell("POST", "channels", room, "members", told={"user_id": user.id})

    @override
    async def pin(self, room: str, post: str) -> None:
        await self._mattermost(self.pin).tell("POST", "posts", post, "pin")

    @override
    async def set_status(self, address: str, text: str) -> str:
        if self.admin_token is None:
            return ""
        mattermost = self._mattermost(self.set_status, self.admin_token)
        user = await mattermost.user(address)
        ours, before = Status(emoji=_BUSY, text=text[:STATUS_LENGTH]), user.status()
        await self._show(mattermost, user.id, ours)
        # Ours is there already when the call is repeated: then what was before it is not known any more.
        return Status().model_dump_json() if before.text == ours.text else before.model_dump_json()

    @override
    async def restore_status(self, address: str, before: str) -> None:
        if self.admin_token is None or not before:
            return
        mattermost = self._mattermost(self.restore_status, self.admin_token)
        user = await mattermost.user(address)
        status = Status.model_validate_json(before)
        if status.is_shown(self._clock.now()):
            await self._show(mattermost, user.id, status)
        else:
            await mattermost.tell("DELETE", "users", user.id, "status", "custom")

    @override
    async def archive(self, room: str) -> None:
        mattermost = self._mattermost(self.archive)
        channel = (await mattermost.ask("channels", room)).read_as(MattermostChannel)
        if not channel.delete_at:
            await mattermost.tell("DELETE", "channels", room)

    async def _show(self, mattermost: Mattermost, user: str, status: Status) -> None:
        told = status.model_dump(mode="json", exclude_defaults=True)
        await mattermost.tell(
            "PUT", "users", user, "status", "custom", told={"emoji": "", "text": "", **told}
        )


class MattermostPager(_InMattermost, Channel):
    """Pages a person by a direct message."""

    _block_type_name: ClassVar[str | None] = "Mattermost direct message"
    _block_type_slug: ClassVar[str | None] = "mattermost-pager"
    _description: ClassVar[str | None] = (
        "Pages by a direct message with a link that acknowledges; the contact's `to` is a mail address or a "
        "user name. A phone on silent stays silent: give a second contact that rings."
    )

    @override
    async def deliver(self, to: str, message: PageMessage) -> Receipt:
        return await self._tell(self.deliver, to, message.key, message.subject, message.text)

    @override
    async def send(self, to: str, key: str, subject: str, text: str, html: str = "") -> Receipt:
        return await self._tell(self.send, to, key, subject, text)

    async def _tell(self, method: Any, to: str, key: str, subject: str, text: str) -> Receipt:
        mattermost = self._mattermost(method)
        bot = (await mattermost.ask("users", "me")).read_as(Identified)
        user = await mattermost.user(to)
        direct = await mattermost.tell("POST", "channels", "direct", told=[bot.id, user.id])
        channel = direct.read_as(Identified).id
        known = await mattermost.said(key, channel)
        return Receipt(provider_id=known or await mattermost.say(key, channel, f"**{subject}**\n\n{text}"))
