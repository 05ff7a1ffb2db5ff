"""What does a supplier's status page (Atlassian Statuspage) tell its subscribers?

Either an incident, with the impact that the supplier sees, or the new status of a component. Maintenance
that was announced is neither an outage nor the end of one.
"""

from typing import Any

from incident.alert import Alert, AlertSeverity, AlertStatus, read_severity
from incident.sources import reading, shapes

SOURCE = "statuspage_webhook"

_OVER = {"resolved", "postmortem"}
_MAINTENANCE = {"scheduled", "in_progress", "verifying", "completed"}

_COMPONENTS = {
    "operational": (AlertStatus.RESOLVED, AlertSeverity.UNKNOWN),
    "under_maintenance": (AlertStatus.INFO, AlertSeverity.INFO),
    "degraded_performance": (AlertStatus.FIRING, AlertSeverity.WARNING),
    "partial_outage": (AlertStatus.FIRING, AlertSeverity.ERROR),
    "major_outage": (AlertStatus.FIRING, AlertSeverity.CRITICAL),
}


def parse(payload: Any) -> tuple[Alert, ...]:
    """The alert of one message.

    Raises:
        PayloadError: the message is no object.
    """
    message = reading.message(payload, "an object with an incident or a component")
    if component := reading.mapping(message.get("component")):
        return (_component(component, message),)
    if update := reading.mapping(message.get("component_update")):
        return (_component({"id": update.get("component_id")}, message),)
    return (_incident(reading.mapping(message.get("incident")), message),)


def _incident(incident: dict[str, Any], message: dict[str, Any]) -> Alert:
    status, native = _status(incident), reading.text(incident.get("impact"))
    title = reading.first_text(
        incident.get("name"), reading.inside(message, "page", "status_description"), incident.get("id")
    )
    given = reading.key("statuspage-incident", incident.get("id"))
    ended = reading.first_text(incident.get("resolved_at"), incident.get("updated_at"))
    return Alert(
        source=SOURCE,
        fingerprint=reading.fingerprint(given, SOURCE, title, reading.inside(message, "page", "id")),
        status=status,
        title=title or reading.unnamed("incident without a name"),
        description=_latest(incident.get("incident_updates")),
        severity=read_severity(native),
        severity_native=native or None,
        starts_at=reading.moment(incident.get("created_at")) or reading.moment(incident.get("started_at")),
        ends_at=reading.moment(ended) if status is AlertStatus.RESOLVED else None,
        url=reading.link(incident.get("shortlink"), reading.inside(message, "page", "url")),
    )


def _status(incident: dict[str, Any]) -> AlertStatus:
    said = reading.text(incident.get("status")).lower()
    if said in _MAINTENANCE or reading.text(incident.get("impact")).lower() == "maintenance":
        return AlertStatus.INFO
    if said in _OVER or (not said and reading.moment(incident.get("resolved_at"))):
        return AlertStatus.RESOLVED
    return AlertStatus.FIRING


def _latest(updates: Any) -> str:
    """What the supplier wrote last; the newest update stands first."""
    return reading.text(reading.inside(updates[0], "body")) if isinstance(updates, list) and updates else ""


def _component(component: dict[str, Any], message: dict[str, Any]) -> Alert:
    update = reading.mapping(message.get("component_update"))
    native = reading.first_text(update.get("new_status"), component.get("status"))
    status, severity = _COMPONENTS.get(native.lower(), (AlertStatus.FIRING, AlertSeverity.UNKNOWN))
    changed = reading.moment(reading.first_text(update.get("created_at"), component.get("updated_at")))
    starts_at, ends_at = shapes.span(status, changed)
    title = reading.first_text(component.get("name"), component.get("id"))
    given = reading.key("statuspage-component", component.get("id"), update.get("component_id"))
    return Alert(
        source=SOURCE,
        fingerprint=reading.fingerprint(given, SOURCE, title, reading.inside(message, "page", "id")),
        status=status,
        title=title or reading.unnamed("component without a name"),
        description=reading.text(component.get("description")),
        severity=severity,
        severity_native=native or None,
        starts_at=starts_at,
        ends_at=ends_at,
        url=reading.link(reading.inside(message, "page", "url")),
    )
