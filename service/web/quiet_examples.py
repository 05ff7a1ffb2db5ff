"""What does the documentation of the doors about silences and maintenance show? A body of each kind."""

from typing import Any


def _body(description: str, examples: dict[str, Any]) -> dict[str, Any]:
    shown = {name: {"value": value} for name, value in examples.items()}
    content = {"application/json": {"schema": {"type": "object"}, "examples": shown}}
    return {"required": True, "description": description, "content": content}


SILENCE = _body(
    "Matchers and an end, or the key of an incident and an end; always with a comment. docs/silences.md.",
    {
        "alerts": {"matchers": ['host=~"db.*"', "env in (prod, eu)"], "for": "2h", "comment": "new disks"},
        "later": {
            "matchers": ['alertname="Backup"'],
            "start": "2027-03-01T22:00",
            "end": "2027-03-02T02:00",
            "comment": "restore test",
            "key": "7d8a4a9e-6f39-4a2c-9f4e-0d9b7a0b9f10",
        },
        "an incident": {"incident": "INC-1", "for": "30m", "comment": "the supplier is at it"},
    },
)
ENDS = _body("Another end, with an offset.", {"end": {"end": "2027-03-01T12:00:00Z"}})
MAINTENANCE = _body(
    "A window in the words of incident.yaml.",
    {
        "once": {
            "window": {
                "comment": "new disks",
                "services": ["checkout"],
                "timezone": "Europe/Rome",
                "start": "2027-03-01T22:00",
                "for": "3h",
            }
        },
        "every second Tuesday of a month": {
            "window": {
                "comment": "patches",
                "matchers": ['env="staging"'],
                "timezone": "Europe/Rome",
                "start": "2027-03-02T22:00",
                "end": "2027-03-02T23:30",
                "repeat": "FREQ=MONTHLY;BYDAY=2TU",
            }
        },
    },
)
