"""What does UptimeRobot say in its webhook, whose fields its user has named?

Its own names (monitorFriendlyName), the same with underscores (monitor_friendly_name), as JSON or as a
form. A variable that it does not know for this event arrives as it was written, in asterisks:
`*alertDuration*`.
"""

import re
from typing import Any

from incident.alert import Alert, AlertStatus
from incident.sources import reading, shapes

SOURCE = "uptimerobot"

_STATUSES = {
    "1": AlertStatus.FIRING,
    "2": AlertStatus.RESOLVED,
    "3": AlertStatus.FIRING,
    "98": AlertStatus.INFO,  # the monitor was started; so its API counts the kinds of its log
    "99": AlertStatus.INFO,  # the monitor was paused
}
_EXPIRY = "3"
"""The type of a certificate or a domain that is about to expire: another condition than being down."""

_UNKNOWN = re.compile(r"\*\w+\*")


def parse(payload: Any) -> tuple[Alert, ...]:
    """The alert of one message.

    Raises:
        PayloadError: the message is no object.
    """
    message = reading.message(payload, "an object about a monitor")
    fields = {_name(name): value for name, value in message.items() if not _is_unknown(value)}
    return (_alert(fields),)


def _alert(fields: dict[str, Any]) -> Alert:
    """The alert of the fields by their plain names."""
    kind = reading.text(fields.get("alerttype"))
    status = _STATUSES.get(kind) or reading.status(fields.get("alerttypefriendlyname"))
    title, where = reading.text(fields.get("monitorfriendlyname")), reading.text(fields.get("monitorurl"))
    given, condition = reading.key("uptimerobot", fields.get("monitorid"), where), _condition(fields, kind)
    starts_at, ends_at = shapes.span(status, reading.moment(fields.get("alertdatetime")))
    return Alert(
        source=SOURCE,
        fingerprint=reading.fingerprint(given and given + condition, SOURCE, title, condition),
        status=status,
        title=title or where or reading.unnamed("monitor without a name"),
        description=reading.first_text(fields.get("alertdetails"), fields.get("alerttypefriendlyname")),
        labels=reading.texts({"details": fields.get("alertdetails")}),
        starts_at=starts_at,
        ends_at=ends_at,
        url=reading.address(where),
    )


def _name(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())


def _is_unknown(value: Any) -> bool:
    return isinstance(value, str) and _UNKNOWN.fullmatch(value) is not None


def _condition(fields: dict[str, Any], kind: str) -> str:
    """Being down, or what expires: the domain if its date is told and no certificate's is."""
    if kind != _EXPIRY:
        return ""
    domain = fields.get("domainexpiredate") and not fields.get("sslexpirydate")
    return "-domain-expiry" if domain else "-expiry"
