"""What does a Matrix homeserver answer? JSON, and with a refusal an `errcode` that says why.

Source: the Client-Server API of the Matrix specification. Error codes are words of the specification, never a
text of ours or a secret, so that they may be shown.
"""

import re
from http import HTTPStatus
from typing import Any

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from blocks.wire import Answer
from incident.errors import Rejected

EXPLAINED = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.CONFLICT,
    }
)
"""Refusals whose code is worth reading."""

NOT_HEARD = EXPLAINED | {HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT}
"""The same of a ping: the homeserver could not reach us."""

Refusal = tuple[int, str]
"""Status and code."""

NOT_FOUND: Refusal = (HTTPStatus.NOT_FOUND, "M_NOT_FOUND")
UNSEEN = frozenset[Refusal]({NOT_FOUND, (HTTPStatus.FORBIDDEN, "M_FORBIDDEN")})
TAKEN = frozenset[Refusal]({(HTTPStatus.BAD_REQUEST, "M_ROOM_IN_USE"), (HTTPStatus.CONFLICT, "M_UNKNOWN")})
"""Said to the second who asks for an alias: later, and (by Synapse) at the same moment."""

_CODE = re.compile(r"M_[A-Z_]{1,60}")


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
    content: dict[str, Any] = {}


class Message(Event):
    """What somebody said: one that was taken back has an empty content."""

    type: str
    origin_server_ts: int


class Pinged(BaseModel):
    """How long a homeserver took to reach us, in milliseconds."""

    duration_ms: int


class Related(BaseModel):
    """What was said or done about an event, latest first."""

    chunk: list[Event]


class Myself(BaseModel):
    """The user whom a token belongs to."""

    user_id: str


class Found(BaseModel):
    """A room."""

    room_id: str


class Member(BaseModel):
    """What somebody is to a room."""

    membership: str


class _Explained(BaseModel):
    errcode: str = ""


def refusal(answer: Answer) -> Refusal | None:
    """What kind of refusal an answer is; None: it is none. The code is empty where it does not say."""
    if answer.status < HTTPStatus.BAD_REQUEST:
        return None
    try:
        code = _Explained.model_validate_json(answer.content).errcode
    except ValidationError:
        code = ""
    return answer.status, code if _CODE.fullmatch(code) else ""


def accepted(answer: Answer) -> Answer:
    """The same answer, if it is no refusal; else Rejected, with its code."""
    refused = refusal(answer)
    if refused is None:
        return answer
    status, code = refused
    phrase = f"HTTP {status} {httpx.codes.get_reason_phrase(status)}"
    raise Rejected(f"{phrase}: Matrix answers {code}" if code else phrase)
