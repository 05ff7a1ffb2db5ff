"""Who plays an incident on a real Matrix server? People with clients, who wait for what they see."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import httpx

from tests.blocks.matrix_server import NAME, MatrixUser

PATIENCE_SECONDS = 90.0
PEOPLE = ("alice", "bob")

T = TypeVar("T")
_numbers = count(1)


def write_configuration(folder: Path, _relay_port: int) -> Path:
    """An organisation that has nothing but Matrix, as a file."""
    service = {
        "homeserver": {"env": "E2E_HOMESERVER"},
        "token": {"env": "E2E_AS_TOKEN"},
    }
    chat = {"as_token": {"env": "E2E_AS_TOKEN"}, "hs_token": {"env": "E2E_HS_TOKEN"}}
    people = {
        name: {
            "name": name.title(),
            "email": f"{name}@example.com",
            "contacts": [{"via": "direct", "to": f"@{name}:{NAME}"}],
        }
        for name in PEOPLE
    }
    configuration = {
        "organisation": {"name": "Example Shop"},
        "people": people,
        "policies": {"checkout": {"levels": [{"targets": [{"person": "alice"}], "wait": "10m"}]}},
        "services": {"checkout": {"title": "Checkout", "policy": "checkout"}},
        "sources": {"generic": {"dialect": "generic"}},
        "default_service": "checkout",
        "connections": {
            "ops": {"type": "matrix-chat", **service, **chat},
            "direct": {"type": "matrix-pager", **service},
        },
        "use": {"chat": "ops"},
    }
    file = folder / "incident.yaml"
    file.write_text(json.dumps(configuration, indent=1))
    return file


@dataclass
class Client:
    """What one person does and sees in Matrix."""

    user: MatrixUser

    def comes_in(self, named: str = "") -> str:
        """Accept the invitation into a room with this in its name; returns the room."""

        def invited() -> str | None:
            rooms = self.user.ask("GET", "v3/sync").get("rooms", {}).get("invite", {})
            return next((room for room, state in rooms.items() if named in _name(state)), None)

        room = soon(invited, f"{self.user.id} is invited into a room named {named!r}")
        self.user.ask("POST", f"v3/join/{quote(room)}", {})
        return room

    def says(self, room: str, text: str) -> str:
        """Say something; returns the event."""
        return self.sends(room, "m.room.message", {"msgtype": "m.text", "body": text})

    def marks(self, room: str, about: str, sign: str) -> None:
        """Put a sign beside a message."""
        relation = {"rel_type": "m.annotation", "event_id": about, "key": sign}
        self.sends(room, "m.reaction", {"m.relates_to": relation})

    def sends(self, room: str, kind: str, content: dict[str, Any]) -> str:
        """Send an event; returns its id."""
        path = f"v3/rooms/{quote(room)}/send/{kind}/{next(_numbers)}"
        return str(self.user.ask("PUT", path, content)["event_id"])

    def pins(self, room: str, event: str) -> None:
        """Pin one more message."""
        pinned = self.state(room, "m.room.pinned_events")["pinned"]
        self.user.ask(
            "PUT", f"v3/rooms/{quote(room)}/state/m.room.pinned_events/", {"pinned": [*pinned, event]}
        )

    def state(self, room: str, kind: str) -> Any:
        """A part of a room's state."""
        return self.user.ask("GET", f"v3/rooms/{quote(room)}/state/{kind}")

    def pinned(self, room: str) -> list[str]:
        """What is pinned in a room by now."""
        answer = self.user.try_to("GET", f"v3/rooms/{quote(room)}/state/m.room.pinned_events", None)
        return answer.json()["pinned"] if answer.is_success else []

    def status(self) -> str:
        """What they say about themselves."""
        return str(self.user.ask("GET", f"v3/presence/{quote(self.user.id)}/status").get("status_msg") or "")

    def commands(self, room: str, text: str) -> str:
        """Write a command; returns what is answered."""
        command = self.says(room, text)
        return soon(lambda: self._answer(room, command), f"an answer to {text}")

    def messages(self, room: str) -> list[dict[str, Any]]:
        """What was said in a room, oldest first."""
        events = self.user.ask("GET", f"v3/rooms/{quote(room)}/messages?dir=f&limit=500")["chunk"]
        return [event for event in events if event["type"] == "m.room.message"]

    def try_to_say(self, room: str) -> httpx.Response:
        """Say something in a room that may be closed."""
        path = f"v3/rooms/{quote(room)}/send/m.room.message/{next(_numbers)}"
        return self.user.try_to("PUT", path, {"msgtype": "m.text", "body": "one more thing"})

    def _answer(self, room: str, command: str) -> str | None:
        answers = (
            event["content"]["body"]
            for event in self.messages(room)
            if event["content"].get("m.relates_to", {}).get("m.in_reply_to", {}).get("event_id") == command
        )
        return next(answers, None)


def soon(look: Callable[[], T | None], what: str) -> T:
    """What is seen as soon as there is something."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not (found := look()):
        if time.monotonic() > until:
            raise TimeoutError(f"not within {PATIENCE_SECONDS:.0f} s: {what}")
        time.sleep(0.2)
    return found


def _name(state: dict[str, Any]) -> str:
    events = state["invite_state"]["events"]
    return next((event["content"].get("name", "") for event in events if event["type"] == "m.room.name"), "")
