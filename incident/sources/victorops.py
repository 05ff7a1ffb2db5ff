"""What is sent to the REST endpoint of Splunk On-Call (VictorOps)?

`entity_id` names the condition and `message_type` tells at once how severe it is and whether it is over.
What a sender adds beyond the documented fields are its labels.
"""

import re
from datetime import datetime
from typing import Any

from incident.alert import Alert, AlertStatus, read_severity
from incident.sources import reading, shapes

SOURCE = "victorops"

_STATUSES = {
    "recovery": AlertStatus.RESOLVED,
    "ok": AlertStatus.RESOLVED,
    "acknowledgement": AlertStatus.ACKNOWLEDGED,
    "acknowledged": AlertStatus.ACKNOWLEDGED,
    "ack": AlertStatus.ACKNOWLEDGED,
    "info": AlertStatus.INFO,
}

_DOCUMENTED = {
    "message_type",
    "entity_id",
    "entity_display_name",
    "entity_state",
    "state_message",
    "state_start_time",
    "timestamp",
    "monitoring_tool",
    "monitor_name",
    "ack_msg",
    "ack_author",
    "alert_url",
}

_NO_NAME = "no entity display name"
"""What ElastAlert calls every entity, unless its rule says otherwise."""

_OPAQUE = re.compile(r"\d+|[0-9a-f-]{32,}")
"""A key that tells people nothing: the number of a ticket, a hash, a UUID."""


def parse(payload: Any) -> tuple[Alert, ...]:
    """The alert of one message.

    Raises:
        PayloadError: the message is no object.
    """
    message = reading.message(payload, "an object with message_type and entity_id")
    return (_alert(message),)


def _alert(message: dict[str, Any]) -> Alert:
    native = reading.first_text(message.get("message_type"), message.get("entity_state"))
    status = reading.status(native, _STATUSES)
    entity, said = reading.text(message.get("entity_id")), reading.text(message.get("state_message"))
    name = reading.text(message.get("entity_display_name"))
    name = "" if name.lower() == _NO_NAME else name
    starts_at, ends_at = _times(message, status)
    return Alert(
        source=SOURCE,
        fingerprint=reading.fingerprint(entity, SOURCE, name or said),
        status=status,
        title=name or _title(entity, said) or reading.unnamed("message without a name"),
        description=reading.first_text(said, message.get("ack_msg")),
        severity=read_severity(native),
        severity_native=native or None,
        labels=_labels(message),
        starts_at=starts_at,
        ends_at=ends_at,
        url=reading.link(message.get("alert_url"), *_annotations(message, "u")),
    )


def _title(entity: str, said: str) -> str:
    """What stands for the name of an entity: its key, unless the message is plainer than that."""
    first_line = next((line.strip() for line in said.splitlines() if re.search(r"\w", line)), "")
    if _OPAQUE.fullmatch(entity.lower()):
        return first_line or entity
    return entity or first_line


def _times(message: dict[str, Any], status: AlertStatus) -> tuple[datetime | None, datetime | None]:
    """When the state began, else when the message was sent; that of an acknowledgement is no start."""
    names = ["state_start_time"] if status is AlertStatus.ACKNOWLEDGED else ["state_start_time", "timestamp"]
    return shapes.span(status, reading.first_moment(*map(message.get, names)))


def _labels(message: dict[str, Any]) -> dict[str, str]:
    own = {name: value for name, value in message.items() if name.lower() not in _DOCUMENTED}
    return reading.texts({name: value for name, value in own.items() if not _is_annotation(name)})


def _is_annotation(name: str) -> bool:
    return name.startswith("vo_annotate.")


def _annotations(message: dict[str, Any], kind: str) -> list[Any]:
    """What hangs at the message for people: addresses are of kind `u`."""
    return [value for name, value in message.items() if name.startswith(f"vo_annotate.{kind}.")]
