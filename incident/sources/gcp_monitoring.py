"""What does Google Cloud Monitoring say in a webhook, or through a Pub/Sub push?

One message is one incident, whose number stays until it is closed. Times of 0 mean none.
"""

import base64
import binascii
from typing import Any

from incident.alert import Alert, AlertStatus, read_severity
from incident.sources import reading, shapes

SOURCE = "gcp_monitoring"


def parse(payload: Any) -> tuple[Alert, ...]:
    """The alert of one message.

    Raises:
        PayloadError: the message is no object, nor a list of objects.
    """
    return tuple(_alert(_delivered(message)) for message in shapes.messages(payload))


def _delivered(message: dict[str, Any]) -> dict[str, Any]:
    """The message itself; Pub/Sub wraps it in base64."""
    wrapped = reading.inside(message, "message", "data")
    if not isinstance(wrapped, str):
        return message
    try:
        return (
            reading.mapping(shapes.embedded(base64.b64decode(wrapped).decode("utf-8", "replace"))) or message
        )
    except (binascii.Error, ValueError):  # ValueError: other letters than those of ASCII
        return message


def _alert(message: dict[str, Any]) -> Alert:
    incident = reading.mapping(message.get("incident")) or message
    status = reading.status(incident.get("state"))
    native = _severity(incident)
    policy = reading.text(incident.get("policy_name"))
    condition = reading.first_text(
        incident.get("condition_name"), reading.inside(incident, "condition", "displayName")
    )
    labels = _labels(incident) | shapes.labels(
        policy=policy, condition=condition, resource=_resource_name(incident)
    )
    number = reading.text(incident.get("incident_id"))
    return Alert(
        source=SOURCE,
        fingerprint=reading.fingerprint(number, SOURCE, policy, condition, incident.get("resource_name")),
        status=status,
        title=_title(incident, condition, policy)
        or reading.unnamed("Google Cloud incident without a summary"),
        description=_description(incident),
        severity=read_severity(native),
        severity_native=native or None,
        service=labels.get("service") or None,
        labels=labels | (shapes.TEST_LABEL if message.get("version") == "test" else {}),
        starts_at=reading.moment(incident.get("started_at")),
        ends_at=reading.moment(incident.get("ended_at")) if status is AlertStatus.RESOLVED else None,
        url=reading.link(incident.get("url")),
    )


def _title(incident: dict[str, Any], condition: str, policy: str) -> str:
    document = incident.get("documentation")  # a text in the message of the test button
    subject = document.get("subject") if isinstance(document, dict) else None
    return reading.first_text(incident.get("summary"), subject, condition, policy)


def _resource_name(incident: dict[str, Any]) -> str:
    names = ("resource_name", "resource_display_name", "resource_id")
    return reading.first_text(*map(incident.get, names))


def _severity(incident: dict[str, Any]) -> str:
    """The policy's severity; a user label of that name has been the way to give one before there was any."""
    given = reading.text(incident.get("severity"))
    chosen = reading.text(reading.inside(incident, "policy_user_labels", "severity"))
    return chosen if given.lower() in {"", "no severity"} else given


def _labels(incident: dict[str, Any]) -> dict[str, str]:
    """What describes the resource and the metric, and above it what the team has written itself."""
    project = incident.get("scoping_project_id")
    found = shapes.labels(project=project, metric=reading.inside(incident, "metric", "type"))
    for path in (
        ("metric", "labels"),
        ("resource", "labels"),
        ("metadata", "user_labels"),
        ("policy_user_labels",),
    ):
        found |= shapes.tags(reading.inside(incident, *path))
    return found


def _description(incident: dict[str, Any]) -> str:
    document = incident.get("documentation")
    said = document.get("content") if isinstance(document, dict) else document
    observed, limit = (reading.text(incident.get(name)) for name in ("observed_value", "threshold_value"))
    measured = f"Observed {observed}, threshold {limit}." if observed and limit else ""
    return shapes.paragraphs(said, measured)
