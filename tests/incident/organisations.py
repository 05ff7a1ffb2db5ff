"""A small organisation for tests: two people, a rotation between them, one policy, one service."""

from copy import deepcopy
from typing import Any

from incident.configuration import Configuration

SMALL: dict[str, Any] = {
    "people": {
        "alice": {"name": "Alice", "contacts": [{"via": "console"}]},
        "bob": {"name": "Bob", "email": "bob@example.org"},
    },
    "teams": {"payments": {"members": ["alice", "bob"]}},
    "schedules": {
        "primary": {
            "timezone": "Europe/Rome",
            "layers": [
                {"users": ["alice", "bob"], "start": "2026-11-02T09:00:00", "handoff": {"unit": "week"}}
            ],
        }
    },
    "policies": {
        "checkout": {
            "levels": [{"targets": [{"schedule": "primary"}]}, {"targets": [{"person": "bob"}]}],
            "fallback": [{"team": "payments"}],
        }
    },
    "services": {"checkout": {"policy": "checkout"}},
    "default_service": "checkout",
    "connections": {"mail": {"type": "smtp-mail"}},
    "use": {"mail": "mail"},
}

SOUND = """\
people:
  alice: {name: Alice, contacts: [{via: mail, to: alice@example.com}]}
  bob: {name: Bob, contacts: [{via: hook, to: "https://example.com/bob"}]}
policies: {night: {levels: [{targets: [{person: alice}]}], fallback: [{person: bob}]}}
services: {checkout: {policy: night}}
default_service: checkout
connections:
  mail: {type: smtp-mail, host: mail.example.com, from_address: incidents@example.com}
  hook: {block: signed-webhook/ours}
"""
"""A file about which there is nothing to say: two people whom two providers wake."""


def written(**changes: Any) -> dict[str, Any]:
    """The file of the small organisation, with some of its sections replaced."""
    return deepcopy(SMALL) | changes


def organisation(**changes: Any) -> Configuration:
    """The small organisation, with some sections of its file replaced."""
    return Configuration.model_validate(written(**changes))
