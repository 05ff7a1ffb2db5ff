"""What does Sentry's integration platform say about issues, issue alerts and metric alerts?

An issue alert never recovers; an issue does when somebody resolves it, and a metric alert by itself.
Comments, installations, builds and what the helper Seer does are no alerts; an alert about Seer is
information about its issue. The body tells the kind, as the header `Sentry-Hook-Resource` does.
"""

from typing import Any

from incident.alert import Alert, AlertStatus, read_severity
from incident.sources import reading, sentry_legacy_plugin, shapes

SOURCE = "sentry"

_STATUS_OF_ACTION = {
    "resolved": AlertStatus.RESOLVED,
    "assigned": AlertStatus.INFO,
    "ignored": AlertStatus.INFO,
    "archived": AlertStatus.INFO,
}
_NO_ALERTS = ("comment", "comment_id", "installation", "run_id", "buildId", "seer", "preprodArtifactId")


def parse(payload: Any) -> tuple[Alert, ...]:
    """The alert of one message, or none.

    Raises:
        PayloadError: the message is no object, nor a list of objects.
    """
    return tuple(alert for message in shapes.messages(payload) for alert in _alerts(message))


def _alerts(message: dict[str, Any]) -> tuple[Alert, ...]:
    data = reading.mapping(message.get("data"))
    match data:
        case {"metric_alert": alert}:
            return (_metric_alert(message, data, reading.mapping(alert)),)
        case {"event": event} | {"error": event}:
            return (_event(data, reading.mapping(event)),)
        case {"issue": issue}:
            return (_issue(message, data, reading.mapping(issue)),)
        case _ if any(name in data for name in _NO_ALERTS):
            return ()
        case _ if "event" in message or "triggering_rules" in message:
            return sentry_legacy_plugin.parse(message)
        case _:
            return (_issue(message, data, data),)


def _metric_alert(message: dict[str, Any], data: dict[str, Any], alert: dict[str, Any]) -> Alert:
    native = reading.text(message.get("action"))
    status = _status(native)
    rule = reading.mapping(alert.get("alert_rule"))
    projects = alert.get("projects") or rule.get("projects")
    title = reading.first_text(
        alert.get("title"), rule.get("name"), data.get("description_title"), data.get("description_text")
    )
    starts = [reading.moment(alert.get(f"date_{word}")) for word in ("started", "detected", "created")]
    return Alert(
        source=SOURCE,
        fingerprint=_fingerprint("metric-alert", alert.get("id"), title, rule.get("id"), projects),
        status=status,
        title=title or reading.unnamed("Sentry metric alert without a title"),
        description=reading.text(data.get("description_text")),
        severity=read_severity(native),
        severity_native=native or None,
        labels=shapes.labels(
            alert_rule=rule.get("name"),
            project=shapes.joined(projects),
            environment=rule.get("environment"),
        ),
        starts_at=next(filter(None, starts), None),
        ends_at=reading.moment(alert.get("date_closed")) if status is AlertStatus.RESOLVED else None,
        url=reading.link(data.get("web_url"), alert.get("web_url")),
    )


def _event(data: dict[str, Any], event: dict[str, Any]) -> Alert:
    rule = shapes.labels(rule=data.get("triggered_rule"))
    return sentry_legacy_plugin.event_alert(event, SOURCE, _project(event.get("project")) | rule)


def _issue(message: dict[str, Any], data: dict[str, Any], issue: dict[str, Any]) -> Alert:
    native = reading.text(issue.get("level"))
    title = reading.first_text(
        issue.get("title"),
        reading.inside(issue, "metadata", "title"),
        issue.get("culprit"),
        issue.get("shortId"),
    )
    labels = _project(issue.get("project")) | shapes.labels(level=native, culprit=issue.get("culprit"))
    return Alert(
        source=SOURCE,
        fingerprint=_fingerprint("issue", issue.get("id"), title, labels.get("project")),
        status=_issue_status(message, data, issue),
        title=title or reading.unnamed("Sentry issue without a title"),
        description=reading.text(reading.inside(issue, "metadata", "value")),
        severity=read_severity(native),
        severity_native=native or None,
        labels=labels,
        starts_at=reading.moment(issue.get("firstSeen")),
        url=reading.link(issue.get("web_url"), issue.get("permalink"), data.get("web_url")),
    )


def _issue_status(message: dict[str, Any], data: dict[str, Any], issue: dict[str, Any]) -> AlertStatus:
    """What was done to the issue; an alert about an activity is only "triggered", then the issue tells it."""
    if reading.text(reading.inside(data, "activity", "type")).startswith("seer_"):
        return AlertStatus.INFO
    done = reading.text(message.get("action"))
    return _status(done if done not in {"", "triggered"} else reading.text(issue.get("status")))


def _status(action: str) -> AlertStatus:
    return _STATUS_OF_ACTION.get(action.lower(), AlertStatus.FIRING)


def _project(project: Any) -> dict[str, str]:
    named = project if isinstance(project, dict) else {}
    return shapes.labels(
        project=reading.first_text(named.get("slug"), named.get("name"), named.get("id"))
        if named
        else project
    )


def _fingerprint(kind: str, number: Any, *otherwise: Any) -> str:
    named = reading.text(number)
    return reading.fingerprint(named and f"sentry-{kind}-{named}", SOURCE, kind, *otherwise)
