"""What does Slack tell us that somebody wrote, pressed, filled in, marked or pinned?

Source: Slack's documentation of slash commands, interaction payloads and the Events API. What is not meant
for us is None; what cannot be read is a PayloadError.
"""

import html
import json
import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from incident.errors import MalformedPayload, PayloadError


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True)


class Written(_Told):
    """A slash command; ``address`` is where it may be answered for half an hour."""

    user: str = Field(alias="user_id", min_length=1)
    room: str = Field(alias="channel_id", default="")
    text: str = ""
    address: str = Field(alias="response_url", default="")
    trigger: str = Field(alias="trigger_id", default="")


class Pressed(_Told):
    """A button: what it says and what it is about."""

    user: str
    room: str
    says: str
    value: str
    address: str
    trigger: str


class FilledIn(_Told):
    """A form: which one, what it is about, and its fields; those that were left empty are left out."""

    user: str
    form: str
    about: str
    values: dict[str, str]


class Marked(_Told):
    """A reaction to a message, by the name that Slack has for the sign."""

    user: str
    sign: str
    room: str
    message: str


class Pinned(_Told):
    """A message was pinned."""

    user: str
    room: str
    message: str


class Greeting(_Told):
    """Slack asks if the address of the events is ours."""

    challenge: str


_MENTION = re.compile(r"<(?:[@#!])?([^<>|]*)(?:\|([^<>]*))?>")
_MEMBER = re.compile(r"<@([A-Z0-9]+)(?:\|[^<>]*)?>")


def read_command(form: Mapping[str, str]) -> Written:
    """A slash command."""
    try:
        return Written.model_validate(dict(form))
    except ValidationError:
        raise PayloadError("it is no slash command of Slack", field="user_id") from None


def read_interaction(form: Mapping[str, str]) -> Pressed | FilledIn | None:
    """A button or a form; None: something else, or a button that only opened a page."""
    told = _object(form.get("payload", "").encode())
    match told.get("type"):
        case "block_actions":
            return _pressed(told)
        case "view_submission":
            view = _inside(told, "view")
            return FilledIn(
                user=_text(told, "user", "id"),
                form=_text(view, "callback_id"),
                about=_text(view, "private_metadata"),
                values=_fields(_inside(view, "state", "values")),
            )
        case _:
            return None


def read_event(body: bytes) -> Greeting | Marked | Pinned | None:
    """A greeting, a reaction or a pin; None: something else, or about no message."""
    told = _object(body)
    if told.get("type") == "url_verification":
        return Greeting(challenge=_text(told, "challenge"))
    event = _inside(told, "event")
    user, item = _text(event, "user"), _inside(event, "item")
    match event.get("type"):
        case "reaction_added" if item.get("type") == "message":
            sign, room = _text(event, "reaction"), _text(item, "channel")
            return Marked(user=user, sign=sign, room=room, message=_text(item, "ts"))
        case "pin_added" if item.get("type") == "message":
            room = _text(event, "channel_id") or _text(item, "channel")
            return Pinned(user=user, room=room, message=_text(item, "message", "ts"))
        case _:
            return None


def readable(text: str) -> str:
    """The text of a message as people see it: links, mentions and escaped signs written out."""

    def written(found: re.Match[str]) -> str:
        address, label = found[1], found[2]
        if found[0].startswith(("<@", "<#", "<!")):
            return f"{found[0][1]}{label or address}"
        return f"{label} ({address})" if label and label != address else address

    return html.unescape(_MENTION.sub(written, text))


def members_in(text: str) -> frozenset[str]:
    """The ids of the members whom a text mentions."""
    return frozenset(_MEMBER.findall(text))


def with_names(text: str, names: Mapping[str, str]) -> str:
    """The text as people see it, with ``@`` and these names for the ids of members."""
    return readable(_MEMBER.sub(lambda found: f"@{names.get(found[1], found[1])}", text))


def _pressed(told: Mapping[str, Any]) -> Pressed | None:
    actions = told.get("actions")
    action = actions[0] if isinstance(actions, list) and actions and isinstance(actions[0], dict) else {}
    if not action or "url" in action:
        return None
    return Pressed(
        user=_text(told, "user", "id"),
        room=_text(told, "channel", "id"),
        says=_text(action, "action_id"),
        value=_text(action, "value"),
        address=_text(told, "response_url"),
        trigger=_text(told, "trigger_id"),
    )


def _fields(values: Mapping[str, Any]) -> dict[str, str]:
    """What stands in each input, by its block; of a choice the value."""
    found: dict[str, str] = {}
    for block, actions in values.items():
        for field in actions.values() if isinstance(actions, dict) else ():
            chosen = _inside(field, "selected_option") if isinstance(field, dict) else {}
            value = _text(chosen, "value") or _text(field if isinstance(field, dict) else {}, "value")
            if value:
                found[block] = value
    return found


def _object(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise MalformedPayload("it is no JSON") from None
    if not isinstance(told, dict):
        raise PayloadError("an object is expected")
    return told


def _inside(value: Mapping[str, Any], *names: str) -> dict[str, Any]:
    found: Any = value
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def _text(value: Mapping[str, Any], *names: str) -> str:
    found = _inside(value, *names[:-1]).get(names[-1]) if len(names) > 1 else value.get(names[0])
    return found.replace("\0", "") if isinstance(found, str) else ""
