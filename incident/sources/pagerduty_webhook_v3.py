"""What does PagerDuty say in its webhooks of version 3?

One event about an incident, or about something of it (a note, a responder), or about a service. Only the
events that change an incident's state are more than information. `incident_key` is the key of the Events
API.
"""

from typing import Any

from incident.alert import Alert, AlertStatus, read_severity
from incident.sources import reading

SOURCE = "pagerduty_webhook_v3"

_STATUSES = {
    "incident.triggered": AlertStatus.FIRING,
    "incident.reopened": AlertStatus.FIRING,
    "incident.unacknowledged": AlertStatus.FIRING,
    "incident.acknowledged": AlertStatus.ACKNOWLEDGED,
    "incident.resolved": AlertStatus.RESOLVED,
}


def parse(payload: Any) -> tuple[Alert, ...]:
    """The alert of one message; the test of a subscription has none.

    Raises:
        PayloadError: the message is no object.
    """
    event = reading.mapping(reading.message(payload, "an object with an event").get("event"))
    if reading.text(event.get("event_type")).startswith("pagey."):
        return ()
    return (_alert(event, reading.mapping(event.get("data"))),)


def _alert(event: dict[str, Any], data: dict[str, Any]) -> Alert:
    subject = _subject(data)
    status, time = _status(event, data), reading.moment(event.get("occurred_at"))
    created = reading.moment(subject.get("created_at"))
    title = reading.first_text(subject.get("title"), subject.get("summary"))
    services = (reading.inside(part, "service", "summary") for part in (subject, data))
    service = reading.first_text(*services)
    native = reading.first_text(reading.inside(subject, "priority", "summary"), subject.get("urgency"))
    given = reading.first_text(subject.get("incident_key"), subject.get("id"))
    return Alert(
        source=SOURCE,
        fingerprint=reading.fingerprint(given, SOURCE, title, service),
        status=status,
        title=title or (reading.unnamed("event without a title") if status is AlertStatus.FIRING else ""),
        description=_description(event, data),
        severity=read_severity(native),
        severity_native=native or None,
        service=service or None,
        labels={"service": service} if service else {},
        starts_at=created or (None if status is AlertStatus.RESOLVED else time),
        ends_at=time if status is AlertStatus.RESOLVED else None,
        url=reading.link(subject.get("html_url")),
    )


def _subject(data: dict[str, Any]) -> dict[str, Any]:
    """The incident or service that the event is about; what happens to a part of it only refers to it.

    Roles come as a list of assignments, each with its incident; the values of fields stand beside theirs.
    """
    roles = data.get("incident_role_assignments")
    role = roles[0] if isinstance(roles, list) and roles else None
    owner = "service" if data.get("type") == "service_field_values" else "incident"
    return reading.mapping(data.get(owner)) or reading.mapping(reading.inside(role, "incident")) or data


def _status(event: dict[str, Any], data: dict[str, Any]) -> AlertStatus:
    """What the event means; an event without a name leaves the word to the incident's own status."""
    said = event.get("event_type")
    if isinstance(said, str) and "." in said:
        return _STATUSES.get(said.strip().lower(), AlertStatus.INFO)
    return reading.status(data.get("status"))


def _description(event: dict[str, Any], data: dict[str, Any]) -> str:
    """What happened, who did it, and the words that came with it."""
    shown = {
        "event": reading.text(event.get("event_type")),
        "by": reading.text(reading.inside(event, "agent", "summary")),
    }
    lines = [f"{name}: {value}" for name, value in shown.items() if value]
    return "\n".join(filter(None, [*lines, reading.first_text(data.get("content"), data.get("message"))]))
