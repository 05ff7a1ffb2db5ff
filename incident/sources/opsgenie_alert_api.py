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
    labels = _team(body.get("responders"), body.get("teams")) | details
    return (
        Alert(
            source=SOURCE,
            fingerprint=reading.fingerprint(body.get("alias"), SOURCE, title, entity, details),
            status=AlertStatus.FIRING,
            title=title or reading.text(body.get("alias")) or reading.unnamed("alert without a message"),
            description=reading.first_text(body.get("description"), body.get("note")),
            severity=read_severity(f"p{native}" if native.isdecimal() else native),
            severity_native=native or None,
            service=details.get("service") or None,
            labels=labels | reading.texts({"tags": body.get("tags"), "entity": entity or None}),
            url=reading.link(body.get("source"), details.get("url")),
        ),
    )


def _team(*responders: Any) -> dict[str, str]:
    """The first team that the sender wants to respond; people and schedules are ours to choose."""
    named = [each for some in responders if isinstance(some, list) for each in some]
    teams = (each for each in named if reading.text(reading.inside(each, "type")).lower() in {"", "team"})
    team = next(filter(None, (reading.text(reading.inside(each, "name")) for each in teams)), "")
    return {"team": team} if team else {}


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
