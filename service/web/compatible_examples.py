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


def _json(description: str, example: dict[str, Any]) -> dict[str, Any]:
    content = {"application/json": {"schema": {"type": "object"}, "example": example}}
    return {"required": True, "description": description, "content": content}


PAGERDUTY_PROBLEMS = problems(
    {
        "type": "object",
        "properties": {
            "status": {"type": "string"},
            "message": {"type": "string"},
            "errors": {"type": "array", "items": {"type": "string"}},
        },
    },
    _400="The event cannot be read (then it is kept as rejected), or its key is that of no source.",
)

PAGERDUTY_EVENT = _json(
    "An event of version 2.",
    {
        "routing_key": "<the token of the source>",
        "event_action": "trigger",
        "dedup_key": "db1/replication",
        "payload": {
            "summary": "The replica of db1 is 900 seconds behind",
            "source": "db1.example.com",
            "severity": "error",
            "component": "mysql",
            "group": "shop",
            "class": "replication",
            "custom_details": {"service": "database", "lag": 900},
        },
    },
)

PAGERDUTY_EVENT_1 = _json(
    "An event of version 1.",
    {
        "service_key": "<the token of the source>",
        "event_type": "trigger",
        "incident_key": "db1/replication",
        "description": "The replica of db1 is 900 seconds behind",
        "details": {"service": "database", "lag": 900},
    },
)

PAGERDUTY_CHANGE = _json(
    "A change event.",
    {
        "routing_key": "<the token of the source>",
        "payload": {"summary": "Checkout 2026.11.3 is deployed", "source": "ci.example.com"},
    },
)

OPSGENIE_PROBLEMS = problems(
    {
        "type": "object",
        "properties": {
            "message": {"type": "string"},
            "errors": {"type": "object", "description": "With 422: what is wrong, by field."},
            "took": {"type": "number"},
            "requestId": {"type": "string"},
        },
    },
    _401="The key is that of no source.",
    _404="No alert or request is known under this name, or it is not processed yet.",
    _422="A field is wrong; the body is kept as rejected.",
)

OPSGENIE_ALERT = _json(
    "An alert.",
    {
        "message": "The replica of db1 is 900 seconds behind",
        "alias": "db1/replication",
        "description": "It usually catches up within a minute.",
        "priority": "P2",
        "entity": "db1.example.com",
        "tags": ["mysql"],
        "details": {"service": "database"},
    },
)

OPSGENIE_ACTION = {
    **_json(
        "All fields are optional, but a note needs its text.", {"user": "kim", "note": "I restarted it."}
    ),
    "required": False,
}

VICTOROPS_PROBLEMS = problems(
    {"type": "object", "properties": {"result": {"type": "string"}, "message": {"type": "string"}}},
    _401="The key is that of no source.",
    _422="The message is no object; it is kept as rejected.",
)

VICTOROPS_MESSAGE = _json(
    "A message.",
    {
        "message_type": "CRITICAL",
        "entity_id": "db1/replication",
        "entity_display_name": "The replica of db1 is 900 seconds behind",
        "state_message": "It usually catches up within a minute.",
    },
)
