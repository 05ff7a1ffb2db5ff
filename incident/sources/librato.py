"""What does Librato (AppOptics) say in its webhook?

`trigger_time` is the start of a violation, and the end of it in a message that carries `clear`. The
severity is not said. The link is the alert's runbook. Alerts of the first kind name one metric and its
measurements, without violations. The test button says so.
"""

from typing import Any

from incident.alert import Alert, AlertStatus
from incident.sources import reading, shapes

SOURCE = "librato"

_SHARED = ("attachments", "snapshot")


def parse(payload: Any) -> tuple[Alert, ...]:
    """The alert of one message; a picture of a chart that somebody shares through the same address has none.

    Raises:
        PayloadError: the message is no object.
    """
    message = reading.message(payload, "an object with an alert")
    alert = reading.mapping(message.get("alert"))
    if not alert and any(name in message for name in _SHARED):
        return ()
    return (_alert(alert, message),)


def _alert(alert: dict[str, Any], message: dict[str, Any]) -> Alert:
    status = AlertStatus.RESOLVED if reading.text(message.get("clear")) else AlertStatus.FIRING
    starts_at, ends_at = shapes.span(status, reading.moment(message.get("trigger_time")))
    metric = reading.inside(message, "metric", "name")
    title = reading.first_text(alert.get("name"), message.get("name"), metric)
    given = reading.key("librato", alert.get("id"))
    return Alert(
        source=SOURCE,
        fingerprint=reading.fingerprint(given, SOURCE, title, message.get("account")),
        status=status,
        title=title or reading.unnamed("alert without a name"),
        description=_description(alert, message.get("violations") or _of_the_first_kind(message, metric)),
        labels=shapes.TEST_LABEL if reading.text(message.get("triggered_by_user_test")) == "true" else {},
        starts_at=starts_at,
        ends_at=ends_at,
        url=reading.link(alert.get("runbook_url")),
    )


def _of_the_first_kind(message: dict[str, Any], metric: Any) -> dict[str, Any]:
    """The measurements of an alert that has one metric, by their source as violations are."""
    several = message.get("measurements")
    found = several if isinstance(several, list) else [message.get("measurement")]
    violations: dict[str, Any] = {}
    for one in filter(None, map(reading.mapping, found)):
        violations.setdefault(reading.text(one.get("source")), []).append({"metric": metric} | one)
    return violations


def _description(alert: dict[str, Any], violations: Any) -> str:
    """What the alert's author wrote, and each measurement that violates it."""
    lines = [reading.text(alert.get("description"))]
    for place, measured in reading.mapping(violations).items():
        for one in measured if isinstance(measured, list) else [measured]:
            metric, value = (reading.text(reading.inside(one, name)) for name in ("metric", "value"))
            lines.append(f"{place}: {metric} = {value}")
    return "\n".join(filter(None, lines))
