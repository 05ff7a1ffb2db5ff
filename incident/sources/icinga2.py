"""What does Icinga 2 say, in a notification command's JSON or in its API's event stream?

Or through Icinga Notifications, whose webhook describes an object, its incident and an event of it. The
incident's severity is the state there: crit while it lasts, ok when it is over.
"""

from typing import Any

from incident.alert import Alert
from incident.sources import plugin_checks, reading, shapes

SOURCE = "icinga2"

_MUTED = ("mute", "unmute")


def parse(payload: Any) -> tuple[Alert, ...]:
    """The alert of one notification.

    Raises:
        PayloadError: the message is no object, nor a list of objects.
    """
    return plugin_checks.parse([_told(message) for message in shapes.messages(payload)], SOURCE)


def _told(message: dict[str, Any]) -> dict[str, Any]:
    """A message as a notification command would write it."""
    tags, event = reading.inside(message, "object", "tags"), message.get("event")
    if not isinstance(tags, dict) or not isinstance(event, dict):
        return message
    kind = reading.text(event.get("type")).replace("-", "")
    return {
        "type": "custom" if kind in _MUTED else kind,
        "host": tags.get("host"),
        "service": tags.get("service"),
        "state": reading.inside(message, "incident", "severity") or event.get("severity"),
        "output": event.get("message"),
        "author": event.get("username"),
        "timestamp": event.get("time"),
        "url": reading.inside(message, "object", "url"),
    }
