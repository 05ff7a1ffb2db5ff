"""What is sent to PagerDuty's Events API, version 2 (and 1, whose fields are flat)?

Acknowledging and resolving carry a key and nothing else: title and severity are those of the stored alert.
Changes (builds, merges, deployments) come through the same libraries and are no alerts.
"""

from typing import Any

from incident.alert import Alert, AlertStatus, read_severity
from incident.sources import reading, shapes

SOURCE = "pagerduty_events_v2"

_WHERE = ("source", "component", "group", "class")
"""Where it is, in PagerDuty's own terms."""

_STATUSES = {"acknowledge": AlertStatus.ACKNOWLEDGED, "resolve": AlertStatus.RESOLVED}


def parse(payload: Any) -> tuple[Alert, ...]:
    """The alert of one event; a change has none.

    Raises:
        PayloadError: the event is no object.
    """
    event = reading.message(payload, "an object with event_action and payload")
    said = reading.mapping(event.get("payload"))
    if _is_change(event, said):
        return ()
    return (_alert(event, said),)


def _alert(event: dict[str, Any], said: dict[str, Any]) -> Alert:
    action = reading.first_text(event.get("event_action"), event.get("event_type")).lower()
    status = reading.status(action, _STATUSES)
    title = reading.first_text(said.get("summary"), event.get("description"))
    native = reading.text(said.get("severity"))
    given = reading.first_text(event.get("dedup_key"), event.get("incident_key"))
    details = said.get("custom_details", event.get("details"))
    labels = reading.texts(details if isinstance(details, dict) else None) | _where(said)
    starts_at, ends_at = shapes.span(status, reading.moment(said.get("timestamp")))
    return Alert(
        source=SOURCE,
        fingerprint=reading.fingerprint(given, SOURCE, title, said.get("source"), said.get("component")),
        status=status,
        title=title or (reading.unnamed("event without a summary") if status is AlertStatus.FIRING else ""),
        description=_description(said, details),
        severity=read_severity(native),
        severity_native=native or None,
        service=labels.get("service") or None,
        labels=labels,
        starts_at=starts_at,
        ends_at=ends_at,
        url=reading.link(event.get("client_url"), *_addresses(event.get("links"), event.get("contexts"))),
    )


def _addresses(*lists: Any) -> list[Any]:
    """Where the links lead, which version 1 has among its contexts."""
    return [reading.inside(link, "href") for links in lists if isinstance(links, list) for link in links]


def _is_change(event: dict[str, Any], said: dict[str, Any]) -> bool:
    """Has it what a change has, and nothing that only an alert has?"""
    alert_has = ("event_action", "event_type", "dedup_key", "incident_key")
    return bool(said) and "severity" not in said and not any(name in event for name in alert_has)


def _where(said: dict[str, Any]) -> dict[str, str]:
    return {name: value for name in _WHERE if (value := reading.text(said.get(name)))}


def _description(said: dict[str, Any], details: Any) -> str:
    """Where it is, and details that are no object."""
    lines = [f"{name}: {value}" for name, value in _where(said).items()]
    return "\n".join(filter(None, [*lines, "" if isinstance(details, dict) else reading.text(details)]))
