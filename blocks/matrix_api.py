"""How is a Matrix homeserver asked? By the Client-Server API of the Matrix specification."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any, TypeVar
from urllib.parse import quote

from pydantic import BaseModel

from blocks.exchange import Exchange
from blocks.matrix_answers import (
    EXPLAINED,
    NOT_FOUND,
    TAKEN,
    UNSEEN,
    Event,
    Found,
    Member,
    Myself,
    Refusal,
    accepted,
    refusal,
)
from blocks.wire import Answer
from incident.errors import RetryLater

M = TypeVar("M", bound=BaseModel)

CLIENT, CLIENT_V1, MEDIA = "/_matrix/client/v3", "/_matrix/client/v1", "/_matrix/media/v3"

_THERE = frozenset({"join", "invite"})
_SOON = timedelta(seconds=2)


@dataclass(frozen=True)
class Homeserver:
    """An exchange with a homeserver."""

    exchange: Exchange
    address: str

    async def ask(self, method: str, *path: str, base: str = CLIENT, **content: Any) -> Answer:
        """One request; Rejected names the code of a refusal."""
        return accepted(await self._send(method, path, base, content))

    async def ask_unless(
        self, fine: Collection[Refusal | None], method: str, *path: str, **content: Any
    ) -> Answer | None:
        """One request; None is a refusal that is fine, because it says how things are."""
        answer = await self._send(method, path, CLIENT, content)
        return None if refusal(answer) in fine else accepted(answer)

    async def state(self, model: type[M], room: str, kind: str, about: str = "") -> M | None:
        """A part of a room's state; None: it was never set, or is not for us to see."""
        path = ("rooms", room, "state", kind, *filter(None, [about]))
        answer = await self.ask_unless(UNSEEN, "GET", *path)
        return answer.read_as(model) if answer else None

    async def put_state(self, room: str, kind: str, content: Mapping[str, Any]) -> None:
        """Replace a part of a room's state."""
        await self.ask("PUT", "rooms", room, "state", kind, json=dict(content))

    async def myself(self) -> str:
        """The id of the user whom the token belongs to."""
        return (await self.ask("GET", "account", "whoami")).read_as(Myself).user_id

    async def find(self, alias: str, me: str) -> str | None:
        """The room with this alias, if there is one.

        Raises:
            RetryLater: we are not in it, because it is only just being made, or somebody else has the alias.
        """
        answer = await self.ask_unless({NOT_FOUND}, "GET", "directory", "room", alias)
        if answer is None:
            return None
        room = answer.read_as(Found).room_id
        if not await self.is_in(room, me):
            why = "it is just being made, or somebody else's"
            raise RetryLater(f"the alias is that of a room that this user is not in: {why}", after=_SOON)
        return room

    async def make(self, alias: str, room: Mapping[str, Any]) -> str:
        """Make a private room with this alias; RetryLater if another process does it at the same moment."""
        local = alias.removeprefix("#").partition(":")[0]
        asked = {"room_alias_name": local, "preset": "private_chat", "visibility": "private", **room}
        made = await self.ask_unless(TAKEN, "POST", "createRoom", json=asked)
        if made is None:
            raise RetryLater("the room has just been made by another process", after=_SOON)
        return made.read_as(Found).room_id

    async def is_in(self, room: str, user: str) -> bool:
        """Is this user in the room, or invited into it?"""
        member = await self.state(Member, room, "m.room.member", user)
        return member is not None and member.membership in _THERE

    async def invite(self, room: str, user: str) -> None:
        """Bring somebody in who is not there."""
        if not await self.is_in(room, user):
            await self.ask("POST", "rooms", room, "invite", json={"user_id": user})

    async def say(self, room: str, key: str, content: Mapping[str, Any]) -> str:
        """Send a message, once for each key; returns the event's id."""
        # A key has slashes and people's names in it, and some proxies decode paths.
        transaction = sha256(key.encode("utf-8", "replace")).hexdigest()[:32]
        path = ("rooms", room, "send", "m.room.message", transaction)
        return (await self.ask("PUT", *path, json=dict(content))).read_as(Event).event_id

    async def _send(
        self, method: str, path: tuple[str, ...], base: str, content: Mapping[str, Any]
    ) -> Answer:
        url = "/".join([self.address.rstrip("/") + base, *(quote(part, safe="") for part in path)])
        return await self.exchange.send(method, url, **{"telling": EXPLAINED, **content})


def home(user: str) -> str:
    """The name of the server that a user, a room or an alias is at home on."""
    return user.partition(":")[2]
