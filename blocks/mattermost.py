"""Where do people work on an incident in Mattermost? In a channel of its own.

Source: Mattermost's API reference, v4. Everything is looked for before it is made: a channel by its name, a
post by our key among its properties; a member, a pin and a direct channel are there only once anyway.
"""

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, ClassVar

from pydantic import Field, SecretStr
from typing_extensions import override

from blocks.interfaces import Button, Chat, Post, Room
from blocks.mattermost_answers import Pressed, Written, attached, check_press, read_command, read_press
from blocks.mattermost_api import Channel, Identified, InMattermost, Mattermost, Member, Status
from blocks.telling import Told
from incident.trust.request import Forged

NAME_LENGTH, HEADER_LENGTH, STATUS_LENGTH = 64, 1024, 100
"""Characters that Mattermost takes."""

_NOT_IN_A_NAME = re.compile(r"[^a-z0-9_-]+")
_NOT_THERE = frozenset({HTTPStatus.NOT_FOUND})
_PUBLIC = "O"
_BUSY = "rotating_light"


class MattermostChat(InMattermost, Chat):
    """A public channel per incident, with header, threads, pins, files and the manager's status."""

    _block_type_name: ClassVar[str | None] = "Mattermost chat"
    _block_type_slug: ClassVar[str | None] = "mattermost-chat"
    _description: ClassVar[str | None] = (
        "A Mattermost channel per incident. People's statuses can only be set with the token of somebody who "
        "may edit other users."
    )

    team: Annotated[
        str,
        Field(title="Team", description="As in its address: https://chat.example.com/TEAM/channels/..."),
    ]
    admin_token: Annotated[
        SecretStr | None,
        Field(
            title="Admin's token",
            description="Of an account that may edit other users; left out: statuses stay as they are.",
        ),
    ] = None

    command_token: Annotated[
        SecretStr | None,
        Field(
            title="Command's token",
            description="That Mattermost made for the slash command; left out: no commands and no buttons.",
        ),
    ] = None
    answers_at: Annotated[
        str | None,
        Field(
            title="Answers at",
            description="https://incidents.example.com/mattermost/NAME, its name here; left out: no buttons.",
            pattern=r"^https?://[^?#]+[^/?#]$",
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
    async def offer(self, key: str, room: str, text: str, buttons: Sequence[Button]) -> Post:
        if self.answers_at is None or self.command_token is None:
            return await self.post(key, room, text)
        mattermost = self._mattermost(self.offer)
        pressed = attached(buttons, f"{self.answers_at}/button", self.command_token.get_secret_value())
        known = await mattermost.said(key, room)
        return Post(id=known or await mattermost.say(key, room, text, more=pressed))

    async def member(self, user: str) -> Member:
        """Who this is, by their id."""
        return (await self._mattermost(self.member).ask("users", user)).read_as(Member)

    def command_told(self, told: Told) -> Written:
        """A slash command. ConfidenceError: it has another token, or none is taken here."""
        return read_command(told, self._token_of_command())

    def press_told(self, told: Told) -> Pressed:
        """A button below a post. ConfidenceError: it is not one of ours."""
        pressed = read_press(told)
        check_press(pressed, self._token_of_command())
        return pressed

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
        channel = (await mattermost.ask("channels", room)).read_as(Channel)
        if not channel.delete_at:
            await mattermost.tell("DELETE", "channels", room)

    def _token_of_command(self) -> str:
        token = self.command_token.get_secret_value() if self.command_token else ""
        if not token:  # what is signed with nothing is signed by anybody
            raise Forged("this connection has no command_token, so it takes no commands")
        return token

    async def _show(self, mattermost: Mattermost, user: str, status: Status) -> None:
        told = status.model_dump(mode="json", exclude_defaults=True)
        await mattermost.tell(
            "PUT", "users", user, "status", "custom", told={"emoji": "", "text": "", **told}
        )
