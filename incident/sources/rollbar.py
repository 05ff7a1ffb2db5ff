"""What does Rollbar say in its webhook?

Every event is about an item, the group of equal occurrences; the number of its level is the monitor's word
for the severity. Deployments and the test button are no alerts.
"""

from typing import Any

from incident.alert import Alert, AlertSeverity, AlertStatus, read_severity
from incident.sources import reading

SOURCE = "rollbar"

_NO_ALERTS = {"test", "deploy"}

_LEVELS = {
    "10": AlertSeverity.INFO,
    "20": AlertSeverity.INFO,
    "30": AlertSeverity.WARNING,
    "40": AlertSeverity.ERROR,
    "50": AlertSeverity.CRITICAL,
}


def parse(payload: Any) -> tuple[Alert, ...]:
    """The alert of one message.

    Raises:
        PayloadError: the message is no object.
    """
    message = reading.message(payload, "an object with event_name and data")
    event = reading.text(message.get("event_name"))
    item = reading.mapping(reading.inside(message, "data", "item"))
    if event in _NO_ALERTS and not item:
        return ()
    return (_alert(message, event, item),)


def _alert(message: dict[str, Any], event: str, item: dict[str, Any]) -> Alert:
    occurrence = _occurrence(message, item)
    title = reading.text(item.get("title")) or _what_happened(occurrence)
    level = reading.first_text(item.get("level"), occurrence.get("level"))
    environment = reading.first_text(item.get("environment"), occurrence.get("environment"))
    given = reading.key("rollbar-item", item.get("id"), occurrence.get("item_id"))
    started = item.get("first_occurrence_timestamp")
    return Alert(
        source=SOURCE,
        fingerprint=reading.fingerprint(given, SOURCE, title, environment),
        status=AlertStatus.RESOLVED if event == "resolved_item" else AlertStatus.FIRING,
        title=title or reading.unnamed("item without a title"),
        description=_description(message, event, item),
        severity=_LEVELS.get(level) or read_severity(level),
        severity_native=level or None,
        labels=reading.texts({"environment": environment or None}),
        starts_at=reading.moment(started),
        url=reading.link(item.get("url"), reading.inside(message, "data", "url")),
    )


def _occurrence(message: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
    """The latest occurrence, which stands beside the item or in it."""
    return reading.mapping(reading.inside(message, "data", "occurrence")) or reading.mapping(
        item.get("last_occurrence")
    )


def _what_happened(occurrence: dict[str, Any]) -> str:
    """What an occurrence says of itself: an exception, the first of several, or a message."""
    body = reading.mapping(occurrence.get("body"))
    chain = body.get("trace_chain")
    trace = body.get("trace") or (chain[0] if isinstance(chain, list) and chain else None)
    fault = (reading.text(reading.inside(trace, "exception", name)) for name in ("class", "message"))
    return ": ".join(filter(None, fault)) or reading.text(reading.inside(body, "message", "body"))


def _description(message: dict[str, Any], event: str, item: dict[str, Any]) -> str:
    window = reading.text(reading.inside(message, "data", "trigger", "window_size_description"))
    shown = {
        "event": event,
        "occurrences": reading.text(item.get("total_occurrences")),
        "threshold": reading.text(reading.inside(message, "data", "trigger", "threshold")),
        "window": window,
    }
    return "\n".join(f"{name}: {value}" for name, value in shown.items() if value)
