"""What does Mattermost tell us that somebody wrote or pressed, and is it Mattermost who says so?

Source: Mattermost's documentation of custom slash commands and of interactive messages. A command brings the
token that Mattermost made for it. A press proves nothing by itself, but brings back the context that we gave
to the button, which no client is shown: ours holds a proof that is made with that token.
"""

import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from blocks.interfaces import Button
from blocks.telling import Answer, Told
from incident.errors import PayloadError
from incident.trust.request import Forged
from incident.trust.tokens import is_one_of


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Written(_Value):
    """A slash command: who wrote it where; ``trigger_id`` is another one each time."""

    user_id: str
    user_name: str = ""
    channel_id: str = ""
    text: str = ""
    trigger_id: str = ""


class Context(_Value):
    """What we gave to a button: what it says, about what, and the proof that it was us."""

    says: str
    value: str = ""
    proof: str = ""


class Pressed(_Value):
    """A button was pressed."""

    user_id: str
    user_name: str = ""
    channel_id: str = ""
    context: Context


def read_command(told: Told, token: str) -> Written:
    """A slash command.

    Raises:
        Forged: it has another token.
        PayloadError: it is none.
    """
    if not is_one_of(told.fields.get("token", ""), (token,)):
        raise Forged("the token of the command is wrong")
    try:
        return Written.model_validate(told.fields)
    except ValidationError:
        raise PayloadError("it is no slash command of Mattermost", field="user_id") from None


def read_press(told: Told) -> Pressed:
    """A button; PayloadError: it is none. What its context proves is to be checked."""
    try:
        return Pressed.model_validate_json(told.body)
    except ValidationError:
        raise PayloadError("it is no button of Mattermost", field="context") from None


def check_press(pressed: Pressed, token: str) -> None:
    """Nothing, if its context is one of ours; else Forged."""
    context = pressed.context
    if not is_one_of(context.proof, (proof(context.says, context.value, token),)):
        raise Forged("the button is not one of ours, or the token of the command was changed since")


def proof(says: str, value: str, token: str) -> str:
    """What only we and Mattermost can know of a button."""
    return hmac.new(token.encode(), json.dumps([says, value]).encode(), hashlib.sha256).hexdigest()


def attached(buttons: Sequence[Button], address: str, token: str = "") -> dict[str, Any]:
    """The properties of a post below which these can be pressed; with a token they prove themselves."""
    actions = [
        {
            "id": button.says,
            "type": "button",
            "name": button.label,
            "integration": {"url": address, "context": _context(button, token)},
        }
        for button in buttons
    ]
    return {"attachments": [{"fallback": "", "actions": actions}]} if actions else {}


def only_to_them(text: str) -> Answer:
    """What is shown to whoever pressed a button, and to nobody else (markdown)."""
    return Answer(json.dumps({"ephemeral_text": text}), "application/json")


def _context(button: Button, token: str) -> dict[str, str]:
    if not token:
        return {"says": button.says}
    return {"says": button.says, "value": button.value, "proof": proof(button.says, button.value, token)}
