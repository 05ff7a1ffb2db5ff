"""What does updown.io say in its webhook?

The top level is a list of events. Going down, a bad certificate, one that expires soon and a drop of
performance are conditions of their own; up, valid and renewed end the first three of them, and nothing ends
the last.
"""

from datetime import datetime
from typing import Any

from incident.alert import Alert, AlertStatus
from incident.sources import reading

SOURCE = "updown"

_CONDITIONS = {
    "check.down": ("", AlertStatus.FIRING),
    "check.up": ("", AlertStatus.RESOLVED),
    "check.ssl_invalid": ("-ssl", AlertStatus.FIRING),
    "check.ssl_valid": ("-ssl", AlertStatus.RESOLVED),
    "check.ssl_expiration": ("-ssl-expiry", AlertStatus.FIRING),
    "check.ssl_renewed": ("-ssl-expiry", AlertStatus.RESOLVED),
    "check.performance_drop": ("-performance", AlertStatus.FIRING),
}


def parse(payload: Any) -> tuple[Alert, ...]:
    """The alerts of one message, in its order; one event without a list is read too.

    Raises:
        PayloadError: the message is neither a list nor an object.
    """
    events = payload if isinstance(payload, list) else [reading.message(payload, "a list of events")]
    return tuple(_alert(event if isinstance(event, dict) else {"description": event}) for event in events)


def _alert(event: dict[str, Any]) -> Alert:
    check, downtime = (reading.mapping(event.get(name)) for name in ("check", "downtime"))
    condition, status = _CONDITIONS.get(reading.text(event.get("event")), ("", _in_doubt(check, downtime)))
    token, where, alias = (reading.text(check.get(name)) for name in ("token", "url", "alias"))
    said = reading.text(event.get("description"))
    error = reading.first_text(downtime.get("error"), reading.inside(event, "ssl", "error"))
    given = reading.key("updown", token)
    starts_at, ends_at = _times(event, downtime, status)
    return Alert(
        source=SOURCE,
        fingerprint=reading.fingerprint(given and given + condition, SOURCE, where, alias, condition),
        status=status,
        title=alias or where or said or reading.unnamed("event without a check"),
        description=said or error,
        labels=reading.texts({"url": where or None, "error": error or None}),
        starts_at=starts_at,
        ends_at=ends_at,
        url=f"https://updown.io/{token}" if token.isalnum() else reading.address(where),
    )


def _in_doubt(check: dict[str, Any], downtime: dict[str, Any]) -> AlertStatus:
    """The state of an event whose name is not known: a downtime that has ended is over, else it is firing.

    Of a check that is said not to be down it is news.
    """
    if reading.moment(downtime.get("ended_at")):
        return AlertStatus.RESOLVED
    return AlertStatus.INFO if check.get("down") is False else AlertStatus.FIRING


def _times(
    event: dict[str, Any], downtime: dict[str, Any], status: AlertStatus
) -> tuple[datetime | None, datetime | None]:
    """Start and end of the condition; without a downtime the event's own time is the one that it tells."""
    told = reading.moment(event.get("time"))
    start, end = (reading.moment(downtime.get(name)) for name in ("started_at", "ended_at"))
    if status is AlertStatus.RESOLVED:
        return start, end or told
    return start or told, None
