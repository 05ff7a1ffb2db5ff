"""What did people do in Matrix? What a homeserver pushes, as far as it can be meant for us.

Source: the Application Service API, and the events of the Matrix specification. What was edited is not said
again, what was taken back has no content, and a notice is a program's, to which no program answers.
"""

import json
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from incident.errors import PayloadError

ACKNOWLEDGING = frozenset({"\N{THUMBS UP SIGN}", "\N{WHITE HEAVY CHECK MARK}", "\N{HEAVY CHECK MARK}"})
"""The signs that take what a page is about."""

_TONES = {ord(tone): None for tone in "🏻🏼🏽🏾🏿\N{VARIATION SELECTOR-16}\N{VARIATION SELECTOR-15}"}
"""What makes another sign of the same emoji: the colour of a thumb, and how it is drawn."""


class Happened(BaseModel):
    """Something that somebody did in a room."""

    model_config = ConfigDict(frozen=True)

    id: str
    room: str
    sender: str
    at: datetime


class Spoken(Happened):
    """A text; ``about`` is the message that it answers, or whose ``thread`` it is in."""

    text: str
    about: str = ""
    thread: str = ""


class Reacted(Happened):
    """A sign beside a message."""

    about: str
    sign: str


class Pinned(Happened):
    """Messages that were pinned, and were not before."""

    messages: tuple[str, ...]


Deed = Spoken | Reacted | Pinned


class _Pushed(BaseModel):
    """An event as every homeserver sends it; `state_key` is there if it is state of the room."""

    type: str
    event_id: str
    room_id: str
    sender: str
    origin_server_ts: int
    content: dict[str, Any]
    unsigned: dict[str, Any] = {}

    def common(self) -> dict[str, Any]:
        at = datetime.fromtimestamp(self.origin_server_ts / 1000, UTC)
        return {"id": self.event_id, "room": self.room_id, "sender": self.sender, "at": at}


class _Transaction(BaseModel):
    events: list[Any] = Field(max_length=10_000)


class _Relation(BaseModel):
    rel_type: str = ""
    event_id: str = ""
    key: str = ""
    in_reply_to: dict[str, Any] = Field(default={}, alias="m.in_reply_to")


class _Text(BaseModel):
    msgtype: str
    body: str
    relation: _Relation = Field(default_factory=_Relation, alias="m.relates_to")


class _Sign(BaseModel):
    relation: _Relation = Field(alias="m.relates_to")


class _Pins(BaseModel):
    pinned: tuple[str, ...] = ()


def read(body: bytes) -> tuple[Deed, ...]:
    """What people did, in the order of a transaction.

    What is of another kind, or odd, is left out: refused, it would come again for ever, and hold up the rest.

    Raises:
        PayloadError: it is no transaction.
    """
    try:
        # Not by pydantic, which refuses the whole text for an event that is nested deeply.
        transaction = _Transaction.model_validate(json.loads(body))
    except (ValueError, RecursionError):
        raise PayloadError("a transaction is an object with a list of events") from None
    return tuple(deed for event in transaction.events if (deed := _understood(event)))


def _understood(event: Any) -> Deed | None:
    try:
        pushed = _Pushed.model_validate(event)
        match pushed.type:
            case "m.room.message":
                return _spoken(pushed)
            case "m.reaction":
                return _reacted(pushed)
            case "m.room.pinned_events":
                return _pinned(pushed)
            case _:
                return None
    except (ValueError, OverflowError, OSError):  # of a field that is missing, or an instant that is none
        return None


def _spoken(pushed: _Pushed) -> Spoken | None:
    said = _Text.model_validate(pushed.content)
    if said.msgtype != "m.text" or said.relation.rel_type == "m.replace":
        return None
    answered = str(said.relation.in_reply_to.get("event_id", ""))
    thread = said.relation.event_id if said.relation.rel_type == "m.thread" else ""
    text = without_quotation(said.body) if answered else said.body
    return Spoken(**pushed.common(), text=text.strip(), about=thread or answered, thread=thread)


def _reacted(pushed: _Pushed) -> Reacted | None:
    relation = _Sign.model_validate(pushed.content).relation
    if relation.rel_type != "m.annotation" or not relation.event_id:
        return None
    return Reacted(**pushed.common(), about=relation.event_id, sign=_plain(relation.key))


def _pinned(pushed: _Pushed) -> Pinned | None:
    now = _Pins.model_validate(pushed.content).pinned
    before = _Pins.model_validate(pushed.unsigned.get("prev_content") or {}).pinned
    new = tuple(message for message in now if message not in before)
    return Pinned(**pushed.common(), messages=new) if new else None


def acknowledges(content: dict[str, Any]) -> bool:
    """Is this the content of a reaction that takes what a page is about?"""
    try:
        return _plain(_Sign.model_validate(content).relation.key) in ACKNOWLEDGING
    except ValidationError:
        return False


def _plain(sign: str) -> str:
    return sign.translate(_TONES)


def without_quotation(body: str) -> str:
    """An answer without the text it answers, which older clients put above it."""
    lines = body.split("\n")
    while lines and lines[0].startswith("> "):
        lines.pop(0)
    return "\n".join(lines)
