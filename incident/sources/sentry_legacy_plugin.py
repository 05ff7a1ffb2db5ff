"""What does Sentry's legacy WebHooks plugin say about an event of an issue? It never tells a recovery.

A service hook says the same with objects for the project and the issue (`group`).
"""

import re
from datetime import datetime
from typing import Any

from incident.alert import Alert, AlertStatus, read_severity
from incident.sources import reading, shapes

SOURCE = "sentry_legacy_plugin"

_ISSUE = re.compile(r"/(?:issues|group)/(\d+)")


def parse(payload: Any) -> tuple[Alert, ...]:
    """The alert of one message.

    Raises:
        PayloadError: the message is no object, nor a list of objects.
    """
    return tuple(map(_alert, shapes.messages(payload)))


def _alert(message: dict[str, Any]) -> Alert:
    event = reading.mapping(message.get("event"))
    group = reading.mapping(message.get("group"))
    named = message.get("project")
    project = reading.first_text(
        message.get("project_slug"),
        reading.first_text(named.get("slug"), named.get("name")) if isinstance(named, dict) else named,
        message.get("project_name"),
    )
    whole = event | {
        "issue_id": reading.first_text(message.get("id"), group.get("id")),
        "level": reading.first_text(message.get("level"), event.get("level"), group.get("level")),
        "title": reading.first_text(event.get("title"), message.get("message"), group.get("title")),
        "culprit": reading.first_text(message.get("culprit"), event.get("culprit")),
        "web_url": reading.first_text(message.get("url"), event.get("web_url"), group.get("url")),
    }
    rules = shapes.labels(project=project, rule=shapes.joined(message.get("triggering_rules")))
    return event_alert(whole, SOURCE, rules)


def event_alert(event: dict[str, Any], source: str, labels: dict[str, str]) -> Alert:
    """The alert that an event of an issue is; the integration platform describes events in the same way."""
    tags = shapes.tags(event.get("tags"))
    native = reading.first_text(event.get("level"), tags.get("level"))
    title = _title(event)
    environment = shapes.labels(environment=event.get("environment"))
    return Alert(
        source=source,
        fingerprint=_fingerprint(event, title, labels.get("project", "")),
        status=AlertStatus.FIRING,
        title=title or reading.unnamed("Sentry event without a title"),
        description=shapes.paragraphs(event.get("culprit"), reading.inside(event, "metadata", "value")),
        severity=read_severity(native),
        severity_native=native or None,
        service=tags.get("service") or None,
        labels=labels | environment | tags,
        starts_at=_moment(event),
        url=reading.link(event.get("web_url")),
    )


def _title(event: dict[str, Any]) -> str:
    fault = (reading.inside(event, "metadata", name) for name in ("type", "value"))
    return reading.first_text(
        event.get("title"),
        event.get("message"),
        reading.inside(event, "logentry", "formatted"),
        ": ".join(filter(None, map(reading.text, fault))),
        event.get("culprit"),
    )


def _moment(event: dict[str, Any]) -> datetime | None:
    times = (reading.moment(event.get(name)) for name in ("datetime", "timestamp", "received"))
    return next(filter(None, times), None)


def _fingerprint(event: dict[str, Any], title: str, project: str) -> str:
    """The issue's number, which addresses hold too; the event's own number is another one each time."""
    written = " ".join(reading.text(event.get(name)) for name in ("issue_url", "web_url", "url"))
    found = _ISSUE.search(written)
    number = reading.first_text(event.get("issue_id"), event.get("groupID"), found[1] if found else "")
    return reading.fingerprint(
        number and f"sentry-issue-{number}", "sentry", title, project, event.get("culprit")
    )
