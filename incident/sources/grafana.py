"""What does Grafana say in the webhook of its unified alerting (version 8 and later)?

It descends from Alertmanager: one message carries a group, each alert with a status of its own. The test
button sends a relative `generatorURL`. A message of the legacy alerting is understood too: the same server
sends it until it is migrated.
"""

import re
from typing import Any

from incident.alert import Alert, AlertStatus, read_severity
from incident.sources import grafana_legacy, reading, shapes
from incident.sources.alertmanager import label_fingerprint

SOURCE = "grafana"

_GROUP_TITLES = ("title", "text")
"""A body of the team's own may be one text, as chats want it."""

_STATE = re.compile(r"^\[[^\]]*\]\s*")


def parse(payload: Any) -> tuple[Alert, ...]:
    """The alerts of one message, in its order.

    Raises:
        PayloadError: the message is no object, nor a list of objects.
    """
    return tuple(alert for message in shapes.messages(payload) for alert in _alerts(message))


def _alerts(group: dict[str, Any]) -> tuple[Alert, ...]:
    match group:
        case {"alerts": list(alerts)}:
            return tuple(_alert(reading.mapping(alert), group) for alert in alerts)
        case {"ruleId": _} | {"ruleName": _} | {"evalMatches": _} if "alerts" not in group:
            return grafana_legacy.parse(group)
        case _:  # the group alone is worth an alert
            return (_alert(reading.mapping(group.get("alerts")), group),)


def _alert(alert: dict[str, Any], group: dict[str, Any]) -> Alert:
    labels = reading.texts(group.get("commonLabels")) | reading.texts(alert.get("labels"))
    notes = reading.texts(group.get("commonAnnotations")) | reading.texts(alert.get("annotations"))
    status = _status(alert, group)
    native = reading.first_text(labels.get("severity"), notes.get("severity"))
    title = reading.first_text(
        notes.get("summary"), notes.get("title"), labels.get("alertname"), *map(group.get, _GROUP_TITLES)
    )
    return Alert(
        source=SOURCE,
        fingerprint=_fingerprint(alert, group, labels),
        status=status,
        title=title or reading.unnamed("Grafana alert without a name"),
        description=_description(alert, notes, group),
        severity=read_severity(native),
        severity_native=native or None,
        service=labels.get("service") or None,
        labels=labels | (shapes.TEST_LABEL if _is_test(labels) else {}),
        starts_at=reading.moment(alert.get("startsAt")),
        ends_at=reading.moment(alert.get("endsAt")) if status is AlertStatus.RESOLVED else None,
        url=_url(alert, group),
    )


def _is_test(labels: dict[str, str]) -> bool:
    return labels.get("alertname") == "TestAlert" and labels.get("instance") == "Grafana"


def _status(alert: dict[str, Any], group: dict[str, Any]) -> AlertStatus:
    """The alert's own word; without one, an alert with an end is over, else the group speaks for it."""
    if word := reading.text(alert.get("status")):
        return grafana_legacy.status(word)
    if reading.moment(alert.get("endsAt")):
        return AlertStatus.RESOLVED
    return grafana_legacy.status(reading.first_text(group.get("status"), group.get("state")))


def _fingerprint(alert: dict[str, Any], group: dict[str, Any], labels: dict[str, str]) -> str:
    if labels and not reading.text(alert.get("fingerprint")):
        return label_fingerprint(labels)
    also = [alert.get("annotations"), alert.get("generatorURL"), group.get("groupKey")]
    if not any(also):  # its title, without the state and the number of alerts before it
        also = [_STATE.sub("", reading.first_text(*map(group.get, _GROUP_TITLES)))]
    return reading.fingerprint(alert.get("fingerprint"), SOURCE, *also)


def _description(alert: dict[str, Any], notes: dict[str, str], group: dict[str, Any]) -> str:
    said = reading.first_text(notes.get("description"), notes.get("message"), alert.get("valueString"))
    return shapes.paragraphs(said, shapes.left_out(group.get("truncatedAlerts"), "Grafana"))


def _url(alert: dict[str, Any], group: dict[str, Any]) -> str | None:
    base = group.get("externalURL")
    own = shapes.joined_link(base, alert.get("generatorURL")) if alert.get("generatorURL") else None
    return own or reading.link(alert.get("panelURL"), alert.get("dashboardURL"), base)
