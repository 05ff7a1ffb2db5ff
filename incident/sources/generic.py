"""What does our own JSON for alerts look like, for everything that has no dialect yet?

A body is one alert, a list of alerts, or an object with a list under `alerts`; docs/sources.md shows it. Only
`title` is required. The names that Grafana OnCall's formatted webhook has for the same fields are understood.
"""

from collections.abc import Iterable
from typing import Any

from incident.alert import Alert, AlertStatus, read_severity
from incident.errors import PayloadError
from incident.sources import reading

SOURCE = "generic"


def parse(payload: Any) -> tuple[Alert, ...]:
    """The alerts of one message, in its order.

    Raises:
        PayloadError: the message has none of the three shapes, or an alert has no title.
    """
    return tuple(_alert(alert, place) for place, alert in _alerts(payload))


def _alerts(payload: Any) -> Iterable[tuple[str, dict[str, Any]]]:
    match payload:
        case list():
            return reading.objects(payload, "")
        case {"alerts": list(alerts)}:
            return reading.objects(alerts, "alerts")
        case {"alerts": other} if other is not None:
            raise PayloadError(f"must be a list, this is {reading.kind(other)}", field="alerts")
        case dict():
            return [("", payload)]
        case _:
            wanted = "an alert, a list of alerts or an object with alerts"
            raise PayloadError(f"must be {wanted}, this is {reading.kind(payload)}", field="body")


def _alert(alert: dict[str, Any], place: str) -> Alert:
    title = reading.text(alert.get("title"))
    if not title:
        raise PayloadError(
            "is required: say in a few words what is wrong", field=f"{place}.title".lstrip(".")
        )
    status = reading.status(reading.first_text(alert.get("status"), alert.get("state"), "firing"))
    native = reading.text(alert.get("severity"))
    service = reading.text(alert.get("service"))
    labels = reading.texts(alert.get("labels"))
    given = reading.first_text(alert.get("fingerprint"), alert.get("alert_uid"))
    return Alert(
        source=SOURCE,
        fingerprint=reading.fingerprint(given, SOURCE, title, service, labels),
        status=status,
        title=title,
        description=reading.first_text(alert.get("description"), alert.get("message")),
        severity=read_severity(native),
        severity_native=native or None,
        service=service or None,
        labels=labels,
        starts_at=reading.moment(alert.get("starts_at")),
        ends_at=reading.moment(alert.get("ends_at")) if status is AlertStatus.RESOLVED else None,
        url=reading.link(alert.get("url"), alert.get("link_to_upstream_details")),
    )
