"""What does the documentation of the compatible doors show? A body of each, and every answer."""

from typing import Any

WRONG = "The body cannot be read; it is kept as rejected."
LARGE = "The body has more than 1 MiB."
LATER = "Too much at once; come again after `Retry-After` seconds."
AWAY = "The ledger cannot be read or written; come again after `Retry-After` seconds."

ALERTMANAGER_POST: dict[str, Any] = {
    "required": True,
    "description": "The alerts that hold or have ended.",
    "content": {
        "application/json": {
            "schema": {"type": "array", "items": {"type": "object"}},
            "example": [
                {
                    "labels": {"alertname": "HighErrorRate", "service": "checkout", "severity": "critical"},
                    "annotations": {"summary": "Half of all payments fail"},
                    "startsAt": "2026-11-23T03:10:00Z",
                    "endsAt": "2026-11-23T03:14:00Z",
                    "generatorURL": "https://prometheus.example.com/graph",
                }
            ],
        }
    },
}


def problems(schema: dict[str, Any], **others: str) -> dict[int | str, dict[str, Any]]:
    """The answers that every compatible door may give, with the vendor's shape; others by their status."""
    said = {400: WRONG, 413: LARGE, 429: LATER, 503: AWAY}
    said |= {int(status.removeprefix("_")): text for status, text in others.items()}
    content = {"application/json": {"schema": schema}}
    return {status: {"description": said[status], "content": content} for status in sorted(said)}


ALERTMANAGER_PROBLEMS = problems({"type": "string"}, _401="The token is that of no source.")
