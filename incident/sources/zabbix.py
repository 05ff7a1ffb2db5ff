"""What does Zabbix say in a webhook, whose fields every media type names in its own way?

So fields are found by the macro that usually fills them: `event_name`, `EVENT.NAME` and `eventName` are one.
A macro that Zabbix could not fill stays as `{EVENT.NAME}` or `*UNKNOWN*` and counts as missing. Streamed
events are understood too.
"""

import re
from datetime import datetime
from typing import Any

from incident.alert import Alert, AlertStatus, read_severity
from incident.sources import reading, shapes

SOURCE = "zabbix"

_UNFILLED = re.compile(r"\{[A-Z][A-Z0-9.]*\}|\*UNKNOWN\*")
_SEVERITIES = ("Not classified", "Information", "Warning", "Average", "High", "Disaster")
_TRIGGER_ID = re.compile(r"triggerids?(?:%5B%5D|\[\])?=(\d+)")
_SUBJECT = re.compile(
    r"(problem|ok|resolved|recovery|updated problem)( (in|at|started at) .*?)?: ", re.IGNORECASE
)
_LINES = (
    "problemname",
    "host",
    "severity",
    "originalproblemid",
    "trigger",
    "triggerstatus",
    "triggerseverity",
)
_YES = ("1", "yes", "true")


def parse(payload: Any) -> tuple[Alert, ...]:
    """The alert of one message.

    Raises:
        PayloadError: the message is no object, nor a list of objects.
    """
    return tuple(_alert(_filled(message)) for message in shapes.messages(payload))


def _filled(message: dict[str, Any]) -> dict[str, Any]:
    """The fields by plain name, completed by the lines of Zabbix's own message, without unfilled macros."""
    fields = shapes.by_plain_name(message)
    fields = _lines(reading.first_text(fields.get("alertmessage"), fields.get("message"))) | fields
    return {name: value for name, value in fields.items() if not _UNFILLED.fullmatch(reading.text(value))}


def _lines(message: str) -> dict[str, Any]:
    """What the message says that Zabbix proposes, such as `Severity: High`."""
    parts = [line.partition(":") for line in message.splitlines()]
    said = shapes.by_plain_name({name: value.strip() for name, _, value in parts})
    return {name: said[name] for name in _LINES if said.get(name)}


def _first(event: dict[str, Any], *names: str) -> str:
    """The first field that says something; of an object or of the first of a list, its name."""
    return reading.first_text(*(_named(event.get(name)) for name in names))


def _named(value: Any) -> Any:
    one = value[0] if isinstance(value, list) and value else value
    return reading.first_text(one.get("host"), one.get("name")) if isinstance(one, dict) else one


def _alert(event: dict[str, Any]) -> Alert:
    native = _severity(event)
    title, host = _title(event), _first(event, "hostname", "host", "hosthost", "hosts", "hostvisiblename")
    status = _status(event)
    labels = _labels(event, host)
    return Alert(
        source=SOURCE,
        fingerprint=_fingerprint(event, title, host),
        status=status,
        title=title or reading.unnamed("Zabbix problem without a name"),
        description=_first(
            event, "alertmessage", "message", "eventopdata", "triggerdescription", "description"
        ),
        severity=read_severity(native),
        severity_native=native or None,
        service=labels.get("service") or None,
        labels=labels,
        starts_at=_started(event, status),
        ends_at=_ended(event) if status is AlertStatus.RESOLVED else None,
        url=_url(event),
    )


def _labels(event: dict[str, Any], host: str) -> dict[str, str]:
    return shapes.tags(_tags(event)) | shapes.labels(
        host=host,
        item=_first(event, "item", "itemname"),
        address=_first(event, "hostip", "hostconn", "ip"),
        hostgroups=_first(event, "hostgroup", "triggerhostgroupname", "hostgroups", "groups"),
    )


def _title(event: dict[str, Any]) -> str:
    _, subject = _subject(event)
    named = _first(event, "eventname", "triggername", "trigger", "problemname", "problem", "name")
    return reading.first_text(named, subject, _first(event, "message", "alertmessage"))


def _subject(event: dict[str, Any]) -> tuple[str, str]:
    """The state that a subject begins or ends with, and the subject without it."""
    written = _first(event, "alertsubject", "subject", "title")
    if head := _SUBJECT.match(written):
        return head[1], written[head.end() :]
    name, _, word = written.rpartition(": ")
    return (word, name) if name and word.lower() in {"problem", "ok"} else ("", written)


def _severity(event: dict[str, Any]) -> str:
    """Zabbix's word; where only the number came, the word for it (it can be renamed, the number cannot)."""
    names = (
        "eventseverity",
        "triggerseverity",
        "severity",
        "eventnseverity",
        "nseverity",
        "triggernseverity",
    )
    said = _first(event, *names)
    return _SEVERITIES[int(said)] if said in set("012345") else said


def _status(event: dict[str, Any]) -> AlertStatus:
    """The state; while it is a problem, an acknowledgement counts."""
    word = _first(event, "eventstatus", "triggerstatus", "status", "state", "eventvalue", "triggervalue")
    if not word and "clock" in event:
        word = _first(event, "value")
    word = word or _subject(event)[0]
    status = AlertStatus.RESOLVED if word == "0" else reading.status(word)
    return AlertStatus.ACKNOWLEDGED if status is AlertStatus.FIRING and _acknowledged(event) else status


def _acknowledged(event: dict[str, Any]) -> bool:
    done = _first(event, "eventupdateaction", "updateaction").lower()
    if done:
        return "acknowledged" in re.findall(r"\w+", done)
    return _first(event, "eventackstatus", "ackstatus", "acknowledged").lower() in _YES


def _fingerprint(event: dict[str, Any], title: str, host: str) -> str:
    """Trigger and host. An event has one number until it is over, but the next problem has another."""
    written = " ".join(_first(event, name) for name in ("link", "url", "eventurl", "triggerurl"))
    found = _TRIGGER_ID.search(written)
    if trigger := _first(event, "triggerid") or (found[1] if found else ""):
        return reading.fingerprint(f"zabbix-trigger-{trigger}" + (f"@{host}" if host else ""))
    number = _first(event, "peventid", "eventid", "problemid", "originalproblemid", "id")
    return reading.fingerprint(number and f"zabbix-event-{number}", SOURCE, host, title)


def _tags(event: dict[str, Any]) -> Any:
    given = next((event[name] for name in ("eventtagsjson", "eventtags", "tags") if event.get(name)), None)
    return shapes.embedded(given) or given


def _moment(event: dict[str, Any], stamps: tuple[str, ...], date: str, time: str) -> datetime | None:
    """A time since 1970, else date and time apart; Zabbix writes 2026.11.23, and no zone: UTC is meant."""
    apart = f"{_first(event, date).replace('.', '-')} {_first(event, time)}"
    return next(filter(None, map(reading.moment, [*map(event.get, stamps), apart])), None)


def _started(event: dict[str, Any], status: AlertStatus) -> datetime | None:
    stamps = ("eventtimestamp", "starttime", "startedat")
    began = _moment(event, stamps, "eventdate", "eventtime")
    return began if began or status is AlertStatus.RESOLVED else _told(event)


def _ended(event: dict[str, Any]) -> datetime | None:
    stamps = ("eventrecoverytimestamp", "endtime", "endedat")
    return _moment(event, stamps, "eventrecoverydate", "eventrecoverytime") or _told(event)


def _told(event: dict[str, Any]) -> datetime | None:
    return _moment(event, ("clock", "timestamp", "time", "datetime", "lastreceived"), "date", "time")


def _url(event: dict[str, Any]) -> str | None:
    given = reading.link(*map(event.get, ("link", "url", "eventurl", "triggerurl")))
    base, trigger, number = (_first(event, name) for name in ("zabbixurl", "triggerid", "eventid"))
    built = f"{base.rstrip('/')}/tr_events.php?triggerid={trigger}&eventid={number}"
    return given or reading.link(built if trigger.isdecimal() and number.isdecimal() else base)
