"""What does Icinga 2 say, in a notification command's JSON or in its API's event stream?

Or through Icinga Notifications, whose webhook describes an object, its incident and an event of it, and whose
own events hold all of that in one. The severity is the state there: crit while it lasts, ok when it is over.
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
    named, event = (_part(message, name) for name in ("object", "event"))
    severity = reading.first_text(_part(message, "incident").get("severity"), event.get("severity"))
    tags = named.get("tags")
    if not (isinstance(tags, dict) and tags.get("host") and severity):
        return message
    kind = reading.text(event.get("type")).replace("-", "")
    return {
        "type": "custom" if kind in _MUTED else kind,
        "host": tags.get("host"),
        "service": tags.get("service"),
        "state": severity,
        "output": event.get("message"),
        "author": event.get("username"),
        "timestamp": event.get("time"),
        "url": named.get("url"),
    }


def _part(message: dict[str, Any], name: str) -> dict[str, Any]:
    """An object of the message; without it the message itself."""
    part = message.get(name)
    return part if isinstance(part, dict) else message
