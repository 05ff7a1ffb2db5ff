"""What is sent to Opsgenie's Alert API, by senders that only change the address?

Creating an alert carries everything. Acknowledging, closing and noting name the alert in the address and
have at most user, note and source in the body: the door knows the rest.
"""

from typing import Any

from incident.alert import Alert, AlertStatus, read_severity
from incident.sources import reading

SOURCE = "opsgenie_alert_api"

_FIELDS_OF_AN_ACTION = {"user", "note", "source"}


def parse(payload: Any) -> tuple[Alert, ...]:
    """The alert that a body creates; a body without an alert is read as closing one that it does not name.

    Raises:
        PayloadError: the body is no object.
    """
    body = reading.message(payload, "an object with a message")
    if body and set(body) <= _FIELDS_OF_AN_ACTION:
        return (parse_action(body, "", AlertStatus.RESOLVED),)
    native = reading.text(body.get("priority"))
    title, entity = reading.text(body.get("message")), reading.text(body.get("entity"))
    details = reading.texts(body.get("details"))
    return (
        Alert(
            source=SOURCE,
            fingerprint=reading.fingerprint(body.get("alias"), SOURCE, title, entity, details),
            status=AlertStatus.FIRING,
            title=title or reading.text(body.get("alias")) or reading.unnamed("alert without a message"),
            description=reading.first_text(body.get("description"), body.get("note")),
            severity=read_severity(f"p{native}" if native.isdecimal() else native),
            severity_native=native or None,
            labels=details | reading.texts({"tags": body.get("tags"), "entity": entity or None}),
            url=reading.link(body.get("source"), details.get("url")),
        ),
    )


def parse_action(payload: Any, alias: str, status: AlertStatus) -> Alert:
    """What an action says of the alert that its address names; empty fields are those of the stored alert."""
    note = reading.text(reading.inside(payload, "note"))
    return Alert(
        source=SOURCE,
        fingerprint=reading.fingerprint(alias, SOURCE, note, reading.inside(payload, "source")),
        status=status,
        title="",
        description=note,
    )
