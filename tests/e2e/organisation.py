"""Which organisation do the end-to-end tests play in? One with a service for each incident of a test.

The kind of a service says how its people are paged: `steady` waits long for an answer, `climbing` a second,
`mail` pages through a channel that cannot tell a repeated page from a new one.
"""

import json
from pathlib import Path
from typing import Any

KINDS = ("steady", "climbing", "mail")
SERVICES_PER_KIND, STORMY_SERVICES = 40, 60
STORMY = "storm"
"""The services of the storm: its incidents stay open."""
PEOPLE = ("alice", "bob", "carol", "dora")
ERIN = "erin@example.com"
SUBSCRIBERS = "subscribers@example.com"

COMMAND_FILE = "nagios.cmd"
"""Where, in the folder of the system, Nagios is told of acknowledgements."""

ASSESS_MAJOR_WITHIN = "4s"
"""The deadline of a question whose deadline is what a test waits for; the others never come."""


def configuration(relay_port: int, folder: Path) -> dict[str, Any]:
    """The configuration, with the settings that can be plain."""
    services = {f"{kind}-{n}": _service(kind) for kind in KINDS for n in range(SERVICES_PER_KIND)}
    services |= {f"{STORMY}-{n}": _service(("steady", "mail")[n % 2]) for n in range(STORMY_SERVICES)}
    return {
        "organisation": {"name": "Example Shop"},
        "people": {
            **{
                name: {
                    "name": name.title(),
                    "email": f"{name}@example.com",
                    "contacts": [{"via": "phones", "to": name}],
                }
                for name in PEOPLE
            },
            "erin": {"name": "Erin", "contacts": [{"via": "relay", "to": ERIN}]},
        },
        "policies": {
            "steady": _policy(("alice", "2m"), ("bob", "2m")),
            "climbing": _policy(("alice", "1s"), ("bob", "1s"), ("carol", "2m")),
            "mail": _policy(("erin", "2m")),
            "engineers": _policy(("carol", "2m")),
            "communications": _policy(("dora", "2m")),
        },
        "services": services,
        "sources": {
            "generic": {"dialect": "generic"},
            "nagios": {"dialect": "nagios", "acknowledge_at": "nagios"},
        },
        "routes": [{"labels": {"host": name}, "service": name} for name in services],
        "default_service": "steady-0",
        "deadlines": {"major": {"assess": ASSESS_MAJOR_WITHIN, "resolve": "1h", "next_update": "1h"}},
        "connections": {
            "phones": {
                "type": "signed-webhook",
                "url": {"env": "E2E_PHONES"},
                "secret": {"env": "E2E_SECRET"},
            },
            "relay": {
                "type": "smtp-mail",
                "host": "127.0.0.1",
                "port": relay_port,
                "tls": "none",
                "from_address": "incidents@example.com",
            },
            "nagios": {"type": "nagios-command-file", "path": str(folder / COMMAND_FILE)},
        },
        "use": {"mail": "phones"},
        "audience": {"internal": ["everybody@example.com"], "external": [SUBSCRIBERS]},
    }


def write_configuration(folder: Path, relay_port: int) -> Path:
    """The configuration as a file; JSON is YAML, too."""
    file = folder / "incident.yaml"
    file.write_text(json.dumps(configuration(relay_port, folder), indent=1))
    return file


def _policy(*levels: tuple[str, str]) -> dict[str, Any]:
    return {"levels": [{"targets": [{"person": person}], "wait": wait} for person, wait in levels]}


def _service(kind: str) -> dict[str, Any]:
    engage = [
        {"policy": "engineers", "role": "tech_lead"},
        {"policy": "communications", "role": "communications_manager"},
    ]
    return {"title": kind.title(), "policy": kind, "engage": engage}
