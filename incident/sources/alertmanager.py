"""What does Alertmanager say in its webhook, versions 3 and 4?

One message carries a group of alerts, each with a status of its own; the group says firing while any of them
fires. `0001-01-01T00:00:00Z` means that there is no end. Version 3 and some senders leave out the fingerprint
or the status of an alert. Alerts beyond the receiver's `max_alerts` are counted, not named.
"""

from typing import Any

from incident.alert import Alert, AlertStatus, read_severity
from incident.errors import PayloadError
from incident.sources import reading

SOURCE = "alertmanager"


def parse(payload: Any) -> tuple[Alert, ...]:
    """The alerts of one message, in its order.

    Raises:
        PayloadError: the message is no object with a list of objects under `alerts`.
    """
    if not isinstance(payload, dict):
        raise PayloadError(f"must be an object with alerts, this is {reading.kind(payload)}", field="body")
    alerts = payload.get("alerts")
    if not isinstance(alerts, list):
        wrong = "is missing" if "alerts" not in payload else f"must be a list, this is {reading.kind(alerts)}"
        raise PayloadError(wrong, field="alerts")
    return tuple(_alert(alert, payload) for _, alert in reading.objects(alerts, "alerts"))


def _alert(alert: dict[str, Any], group: dict[str, Any]) -> Alert:
    labels = reading.texts(group.get("commonLabels")) | reading.texts(alert.get("labels"))
    notes = reading.texts(group.get("commonAnnotations")) | reading.texts(alert.get("annotations"))
    status = _status(alert, group)
    native = reading.first_text(labels.get("severity"), notes.get("severity"))
    title = reading.first_text(
        notes.get("summary"), notes.get("title"), labels.get("alertname"), notes.get("message")
    )
    return Alert(
        source=SOURCE,
        fingerprint=_fingerprint(alert, group, labels),
        status=status,
        title=title or reading.unnamed("alert without a name"),
        description=_description(notes, group),
        severity=read_severity(native),
        severity_native=native or None,
        service=labels.get("service") or None,
        labels=labels,
        starts_at=reading.moment(alert.get("startsAt")),
        ends_at=reading.moment(alert.get("endsAt")) if status is AlertStatus.RESOLVED else None,
        url=reading.link(alert.get("generatorURL"), group.get("externalURL")),
    )


def _status(alert: dict[str, Any], group: dict[str, Any]) -> AlertStatus:
    """The alert's own word; without one, an alert with an end is over, since only those are given one."""
    if word := reading.text(alert.get("status")):
        return reading.status(word)
    if reading.moment(alert.get("endsAt")):
        return AlertStatus.RESOLVED
    return reading.status(group.get("status"))


def _fingerprint(alert: dict[str, Any], group: dict[str, Any], labels: dict[str, str]) -> str:
    if labels and not reading.text(alert.get("fingerprint")):
        return label_fingerprint(labels)
    also = (alert.get("annotations"), alert.get("generatorURL"), group.get("groupKey"))
    return reading.fingerprint(alert.get("fingerprint"), SOURCE, *also)


def label_fingerprint(labels: dict[str, str]) -> str:
    """The fingerprint that Alertmanager itself gives to these labels: FNV-1a over sorted names and values.

    So the same condition keeps its name when Alertmanager is upgraded from a version that did not send it.
    """
    state = 0xCBF29CE484222325
    for name, value in sorted(labels.items()):
        for byte in name.encode() + b"\xff" + value.encode() + b"\xff":
            state = (state ^ byte) * 0x100000001B3 % 2**64
    return f"{state:016x}"


def _description(notes: dict[str, str], group: dict[str, Any]) -> str:
    said = reading.first_text(notes.get("description"), notes.get("message"))
    unnamed = reading.text(group.get("truncatedAlerts"))
    if unnamed.isdecimal() and unnamed.strip("0"):
        return f"{said}\n\nAlertmanager left {unnamed} more alerts of this group out of its message.".strip()
    return said
