"""What does Opsgenie (or Jira Service Management) say in its outgoing webhook?

One action on one alert. Creating, acknowledging and closing change what we know about the condition; notes,
tags, owners and what else people do with an alert are information.
"""

from datetime import datetime
from typing import Any

from incident.alert import Alert, AlertStatus, read_severity
from incident.sources import reading

SOURCE = "opsgenie_webhook"

_STATUSES = {
    "create": AlertStatus.FIRING,
    "unacknowledge": AlertStatus.FIRING,
    "acknowledge": AlertStatus.ACKNOWLEDGED,
    "close": AlertStatus.RESOLVED,
    "delete": AlertStatus.RESOLVED,
}


def parse(payload: Any) -> tuple[Alert, ...]:
    """The alert of one message.

    Raises:
        PayloadError: the message is no object.
    """
    message = reading.message(payload, "an object with action and alert")
    alert = reading.mapping(message.get("alert"))
    return (_alert(alert, _status(message)),)


def _alert(alert: dict[str, Any], status: AlertStatus) -> Alert:
    native = reading.text(alert.get("priority"))
    title = reading.text(alert.get("message"))
    given = reading.first_text(alert.get("alias"), alert.get("alertId"), alert.get("id"))
    labels = _labels(alert)
    return Alert(
        source=SOURCE,
        fingerprint=reading.fingerprint(given, SOURCE, title, alert.get("entity")),
        status=status,
        title=title
        or (given or reading.unnamed("alert without a message") if status is AlertStatus.FIRING else ""),
        description=reading.first_text(alert.get("description"), alert.get("note")),
        severity=read_severity(f"p{native}" if native.isdecimal() else native),
        severity_native=native or None,
        service=labels.get("service") or None,
        labels=labels,
        starts_at=reading.moment(alert.get("createdAt")),
        ends_at=_in_milliseconds(alert.get("updatedAt")) if status is AlertStatus.RESOLVED else None,
        url=reading.link(alert.get("url")) or reading.web_address(alert.get("source")),
    )


def _status(message: dict[str, Any]) -> AlertStatus:
    """What the action means; without a word for it, an alert is there."""
    action = message.get("action")
    if not isinstance(action, str):
        return AlertStatus.FIRING
    return _STATUSES.get(action.strip().lower(), AlertStatus.INFO)


def _labels(alert: dict[str, Any]) -> dict[str, str]:
    return reading.texts(alert.get("details")) | reading.texts(
        {name: alert.get(name) for name in ("tags", "entity")}
    )


def _in_milliseconds(value: Any) -> datetime | None:
    """A time without what follows the milliseconds: Opsgenie counts there what it did in one of them."""
    moment = reading.moment(value)
    return moment and moment.replace(microsecond=moment.microsecond // 1000 * 1000)
