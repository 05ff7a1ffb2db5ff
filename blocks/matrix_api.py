"""What does a Matrix homeserver answer? JSON, and with a refusal an `errcode` that says why.

Source: the Client-Server API of the Matrix specification. Error codes are words of the specification, never a
text of ours or a secret, so that they may be shown.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from blocks.exchange import Exchange
from blocks.wire import Answer
from incident.errors import Rejected

M = TypeVar("M", bound=BaseModel)

CLIENT, RELATIONS, MEDIA = "/_matrix/client/v3", "/_matrix/client/v1", "/_matrix/media/v3"

_EXPLAINED = frozenset(
    {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}
)
"""Refusals whose code is worth reading."""
_CODE = re.compile(r"M_[A-Z_]{1,60}")
_THERE = frozenset({"join", "invite"})
_UNSEEN = frozenset({"M_NOT_FOUND", "M_FORBIDDEN"})


class Levels(BaseModel):
    """What power each deed takes in a room, and who has it."""

    model_config = ConfigDict(extra="allow")

    events: dict[str, int] = {}
    events_default: int = 0

    def all_at_least(self, power: int) -> dict[str, Any]:
        """The same, but nobody below this power may send anything."""
        events = {name: max(level, power) for name, level in self.events.items()}
        return self.model_dump() | {"events": events, "events_default": max(self.events_default, power)}


class Pins(BaseModel):
    """Which messages are pinned in a room, oldest first."""

    pinned: list[str] = []


class Presence(BaseModel):
    """Whether a person is there, and what they say about it."""

    presence: str = "offline"
    status_msg: str | None = None


class Uploaded(BaseModel):
    """Where a file is."""

    content_uri: str


class Event(BaseModel):
    """Something that was said or done."""

    event_id: str
    sender: str = ""


class Related(BaseModel):
    """What was said or done about an event."""

    chunk: list[Event]


class _Refusal(BaseModel):
    errcode: str = ""


class _Myself(BaseModel):
    user_id: str


class _Room(BaseModel):
    room_id: str


class _Member(BaseModel):
    membership: str


@dataclass(frozen=True)
class Homeserver:
    """An exchange with a homeserver."""

    exchange: Exchange
    address: str

    async def ask(self, method: str, *path: str, base: str = CLIENT, **content: Any) -> Answer:
        """One request; Rejected names the code of a refusal."""
        return _accepted(await self._send(method, path, base, content))

    async def ask_unless(
        self, fine: Collection[str], method: str, *path: str, **content: Any
    ) -> Answer | None:
        """One request; None is a refusal with a code that is fine, because it says how things are."""
        answer = await self._send(method, path, CLIENT, content)
        return None if _code(answer) in fine else _accepted(answer)

    async def state(self, model: type[M], room: str, kind: str, about: str = "") -> M | None:
        """A part of a room's state; None: it was never set, or is not for us to see."""
        path = ("rooms", room, "state", kind, *filter(None, [about]))
        answer = await self.ask_unless(_UNSEEN, "GET", *path)
        return answer.read_as(model) if answer else None

    async def put_state(self, room: str, kind: str, content: Mapping[str, Any]) -> None:
        """Replace a part of a room's state."""
        await self.ask("PUT", "rooms", room, "state", kind, json=dict(content))

    async def myself(self) -> str:
        """The id of the user whom the token belongs to."""
        return (await self.ask("GET", "account", "whoami")).read_as(_Myself).user_id

    async def create(self, alias: str, room: Mapping[str, Any]) -> str | None:
        """Make a private room with this alias; None: there is one."""
        local = alias.removeprefix("#").partition(":")[0]
        asked = {"room_alias_name": local, "preset": "private_chat", "visibility": "private", **room}
        made = await self.ask_unless({"M_ROOM_IN_USE"}, "POST", "createRoom", json=asked)
        return made.read_as(_Room).room_id if made else None

    async def find(self, alias: str) -> str | None:
        """The room with this alias; None: there is none."""
        answer = await self.ask_unless({"M_NOT_FOUND"}, "GET", "directory", "room", alias)
        return answer.read_as(_Room).room_id if answer else None

    async def named(self, alias: str) -> str:
        """The room with this alias; Rejected: there is none."""
        return (await self.ask("GET", "directory", "room", alias)).read_as(_Room).room_id

    async def is_in(self, room: str, user: str) -> bool:
        """Is this user in the room, or invited into it?"""
        member = await self.state(_Member, room, "m.room.member", user)
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
        return await self.exchange.send(method, url, telling=_EXPLAINED, **content)


def home(user: str) -> str:
    """The name of the server that a user, a room or an alias is at home on."""
    return user.partition(":")[2]


def _accepted(answer: Answer) -> Answer:
    if answer.status not in _EXPLAINED:
        return answer
    phrase = f"HTTP {answer.status} {httpx.codes.get_reason_phrase(answer.status)}"
    code = _code(answer)
    raise Rejected(f"{phrase}: Matrix answers {code}" if code else phrase)


def _code(answer: Answer) -> str:
    """Why a refusal is one; empty for a success, or if it does not say."""
    if answer.status not in _EXPLAINED:
        return ""
    try:
        code = _Refusal.model_validate_json(answer.content).errcode
    except ValidationError:
        return ""
    return code if _CODE.fullmatch(code) else ""
