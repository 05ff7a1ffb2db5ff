"""What does the documentation of the doors about schedules show? A body of each kind, and every answer."""

from typing import Any

_TIMES = {"start": "2027-03-01T09:00", "end": "2027-03-03T09:00"}
_OVERRIDES: dict[str, dict[str, Any]] = {
    "replace": {"kind": "replace", "user": "alice", "with": "bob", **_TIMES},
    "add": {"kind": "add", "user": "bob", **_TIMES},
    "remove": {"kind": "remove", "user": "alice", **_TIMES},
    "cover": {"kind": "cover", "users": ["alice", "bob"], "priority": 1, **_TIMES},
    "fixed": {"kind": "fixed", "shifts": [{"users": ["alice"], **_TIMES}], **_TIMES},
    "like": {"kind": "like", "schedule": "holidays", **_TIMES},
}


def _body(description: str, examples: dict[str, Any], *, required: bool = True) -> dict[str, Any]:
    shown = {name: {"value": value} for name, value in examples.items()}
    content = {"application/json": {"schema": {"type": "object"}, "examples": shown}}
    return {"required": required, "description": description, "content": content}


OVERRIDE = _body(
    "A schedule, an override in the words of incident.yaml, and why. Times without an offset are local to "
    "the schedule. docs/oncall.md explains each kind.",
    {
        kind: {"schedule": "payments", "override": override, "reason": "dentist"}
        for kind, override in _OVERRIDES.items()
    },
)
OFFER = _body(
    "A shift of yours: any time in it, or from when to when.",
    {
        "a whole shift": {
            "schedule": "payments",
            "shift": "2027-03-01T12:00",
            "to": "bob",
            "reason": "a wedding",
        },
        "a part, to anybody": {"schedule": "payments", **_TIMES, "expires_at": "2027-02-28T18:00"},
    },
)
SAID = _body("What you say with it, if anything.", {"say": {"say": "gladly"}}, required=False)

PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: {"description": "The body is no JSON in UTF-8."},
    401: {"description": "The personal token is missing or not ours."},
    403: {"description": "The token is for something else."},
    404: {"description": "There is no such schedule, person, override or swap."},
    409: {"description": "It contradicts what is there, or somebody was faster; the sentence says who."},
    410: {"description": "The token has expired."},
    413: {"description": "The body has more than 64 KiB."},
    422: {"description": "A field is wrong, or a local time is skipped or repeated: what to write instead."},
    503: {"description": "The ledger cannot be read or written; come again after `Retry-After` seconds."},
}
