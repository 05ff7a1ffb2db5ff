"""What did PagerDuty say in its webhooks of version 2 (and 1), which some still send?

A message carries several events, each with the whole incident. Version 1 keeps the incident under `data`,
calls the event its type and the moments `created_on`, and knows the title as the subject of the trigger.
"""

from typing import Any

from incident.alert import Alert, AlertStatus, read_severity
from incident.sources import reading

SOURCE = "pagerduty_webhook_v2"

_STATUSES = {
    "incident.trigger": AlertStatus.FIRING,
    "incident.unacknowledge": AlertStatus.FIRING,
    "incident.acknowledge": AlertStatus.ACKNOWLEDGED,
    "incident.resolve": AlertStatus.RESOLVED,
}


def parse(payload: Any) -> tuple[Alert, ...]:
    """The alerts of one message, in its order; a message that is no list of events is read as one of them.

    Raises:
        PayloadError: the message is no object.
    """
    body = reading.message(payload, "an object with messages")
    messages = body.get("messages")
    return tuple(map(_alert, messages if isinstance(messages, list) else [body]))


def _alert(message: Any) -> Alert:
    incident = reading.mapping(
        reading.inside(message, "incident") or reading.inside(message, "data", "incident")
    )
    status = _status(message, incident)
    title = _title(incident)
    names = (reading.inside(incident, "service", name) for name in ("name", "summary"))
    service = reading.first_text(*names)
    native = reading.first_text(reading.inside(incident, "priority", "summary"), incident.get("urgency"))
    given = reading.first_text(incident.get("incident_key"), incident.get("id"))
    changed = reading.first_text(incident.get("last_status_change_at"), incident.get("last_status_change_on"))
    return Alert(
        source=SOURCE,
        fingerprint=reading.fingerprint(given, SOURCE, title, service),
        status=status,
        title=title
        or (given or reading.unnamed("event without an incident") if status is AlertStatus.FIRING else ""),
        description=reading.text(incident.get("description")),
        severity=read_severity(native),
        severity_native=native or None,
        service=service or None,
        labels={"service": service} if service else {},
        starts_at=reading.moment(reading.first_text(incident.get("created_at"), incident.get("created_on"))),
        ends_at=reading.moment(changed) if status is AlertStatus.RESOLVED else None,
        url=reading.link(incident.get("html_url"), incident.get("trigger_details_html_url")),
    )


def _status(message: Any, incident: dict[str, Any]) -> AlertStatus:
    """What the event means; an event without a name leaves the word to the incident's own status."""
    said = reading.first_text(reading.inside(message, "event"), reading.inside(message, "type")).lower()
    if said.startswith("incident."):
        return _STATUSES.get(said, AlertStatus.INFO)
    return reading.status(incident.get("status"))


def _title(incident: dict[str, Any]) -> str:
    subject, description = (
        reading.inside(incident, "trigger_summary_data", name) for name in ("subject", "description")
    )
    return reading.first_text(
        incident.get("title"), subject, description, incident.get("summary"), incident.get("description")
    )
