"""What does the documentation of the alert doors show? A body of each dialect, and every answer."""

from typing import Any

ALERTMANAGER: dict[str, Any] = {
    "version": "4",
    "groupKey": '{}:{alertname="HighErrorRate"}',
    "status": "firing",
    "receiver": "incidents",
    "groupLabels": {"alertname": "HighErrorRate"},
    "commonLabels": {"alertname": "HighErrorRate", "service": "checkout", "severity": "critical"},
    "commonAnnotations": {"summary": "Half of all payments fail"},
    "externalURL": "https://alertmanager.example.com",
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "HighErrorRate", "service": "checkout", "severity": "critical"},
            "annotations": {"summary": "Half of all payments fail"},
            "startsAt": "2026-11-23T03:10:00Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "https://prometheus.example.com/graph",
            "fingerprint": "9c2f7d9b8f9f1c1e",
        }
    ],
}
GENERIC: dict[str, Any] = {
    "fingerprint": "backup-db1",
    "status": "firing",
    "title": "The nightly backup of db1 did not finish",
    "description": "It usually takes 20 minutes.",
    "severity": "error",
    "service": "database",
    "labels": {"host": "db1"},
    "starts_at": "2026-11-23T03:00:00Z",
    "url": "https://backups.example.com/db1",
}

BODY: dict[str, Any] = {
    "required": True,
    "description": "What a source of this dialect sends; docs/sources.md describes every field.",
    "content": {
        "application/json": {
            "schema": {"anyOf": [{"type": "object"}, {"type": "array", "items": {"type": "object"}}]},
            "examples": {
                "alertmanager": {"summary": "POST /alerts/alertmanager", "value": ALERTMANAGER},
                "generic": {"summary": "POST /alerts/generic", "value": GENERIC},
            },
        }
    },
}

PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: {"description": "The body is no JSON in UTF-8; it is kept as rejected."},
    401: {"description": "The token is missing or wrong, or the source has none."},
    404: {"description": "There is no such source; the answer lists the known ones."},
    413: {"description": "The body has more than 1 MiB."},
    415: {"description": "The body is compressed."},
    422: {"description": "Another shape; `field` names the first wrong place. The body is kept as rejected."},
    503: {"description": "The ledger cannot be read or written; come again after `Retry-After` seconds."},
}
