"""What does Zabbix say in a webhook, whose fields every media type names in its own way?

So fields are found by the macro that usually fills them: `event_name`, `EVENT.NAME`, `eventName` and the
`name` of an object `event` are one. A macro that Zabbix could not fill stays as `{EVENT.NAME}` or `*UNKNOWN*`
and counts as missing. Streamed events are understood too.
"""

import re
from datetime import datetime
from typing import Any

from incident.alert import Alert, AlertStatus, read_severity
from incident.sources import reading, shapes

SOURCE = "zabbix"

_UNFILLED = re.compile(r"((\{\$?[A-Z][^{}\s]*\}|\*UNKNOWN\*)\s*)+")
"""Nothing but macros: `{DATE} {TIME}`, and `{$ZABBIX.URL}` where nobody has defined it."""

_PARTS = ("event", "trigger", "host", "item")
_DOTTED_DATE = re.compile(r"(\d{4})\.(\d\d)\.(\d\d)")
_FRONT_PAGE = re.compile(r"https?://[^/?#]+(/zabbix)?/?", re.IGNORECASE)
_DISCOVERIES = ("1", "2")
"""The sources (EVENT.SOURCE) of discovery and autoregistration, which find hosts and no problems."""

_SEVERITIES = ("Not classified", "Information", "Warning", "Average", "High", "Disaster")
_TRIGGER_ID = re.compile(r"triggerids?(?:%5B%5D|\[\])?=(\d+)")
_SUBJECT = re.compile(
    r"\W*(?:service \".*?\" )?(problem|ok|resolved|recovery|updated problem)( (in|at|started at) .*?)?: ",
    re.IGNORECASE,
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
_NAMES = ("eventname", "triggername", "trigger", "problemname", "problem", "name")
_SUBJECTS = ("alertsubject", "subject", "title")
_MESSAGES = ("message", "alertmessage")
_STATES = ("eventstatus", "eventvalue", "triggervalue", "triggerstatus", "status", "state")
"""Values come first: Zabbix's API has a status of a trigger, too, which says whether it is switched on."""

_TAGS = ("eventtagsjson", "eventtags", "tags", "triggertags", "labels")
_LINKS = ("link", "url", "eventurl", "triggerurl", "alerturl")
_RECOVERY = (
    "eventrecoverytimestamp",
    "eventrecoverydatetime",
    "eventrecoverydate",
    "eventrecoveryid",
)
"""Macros that are filled when the problem is over, and only then."""


def parse(payload: Any) -> tuple[Alert, ...]:
    """The alert of one message; the test button has none, as long as nobody fills its macros by hand.

    Raises:
        PayloadError: the message is no object, nor a list of objects.
    """
    messages = [_fields(message) for message in shapes.messages(payload)]
    return tuple(_alert(_filled(fields)) for fields in messages if not _is_test(fields))


def _fields(message: dict[str, Any]) -> dict[str, Any]:
    """The fields by plain name, completed by the lines of Zabbix's own message."""
    fields = shapes.by_plain_name(shapes.unfolded(message, *_PARTS))
    return _lines(reading.first_text(fields.get("alertmessage"), fields.get("message"))) | fields


def _filled(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if not _is_unfilled(value)}


def _is_unfilled(value: Any) -> bool:
    return isinstance(value, str) and _UNFILLED.fullmatch(value.strip()) is not None


def _is_test(fields: dict[str, Any]) -> bool:
    """The event's number is not filled, which every real event has; nor is anything else that tells of it."""
    number = reading.first_text(fields.get("eventid"), fields.get("id"))
    told = (fields[name] for name in (*_NAMES, *_SUBJECTS, *_MESSAGES, *_STATES) if fields.get(name))
    return "{EVENT.ID}" in number and all(map(_is_unfilled, told))


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
    named = _first(event, *_NAMES)
    return reading.first_text(named, subject, _first(event, *_MESSAGES))


def _subject(event: dict[str, Any]) -> tuple[str, str]:
    """The state that a subject begins or ends with, and the subject without it."""
    written = _first(event, *_SUBJECTS)
    if head := _SUBJECT.match(written, 0, shapes.LONGEST_HEAD):
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
    if _first(event, "eventsource") in _DISCOVERIES:
        return AlertStatus.INFO
    word = _first(event, *_STATES)
    if not word and "clock" in event:
        word = _first(event, "value")
    word = word or _subject(event)[0] or _first(event, "eventtype") or _recovery(event)
    status = AlertStatus.RESOLVED if word == "0" else reading.status(word)
    return AlertStatus.ACKNOWLEDGED if status is AlertStatus.FIRING and _acknowledged(event) else status


def _recovery(event: dict[str, Any]) -> str:
    """What the macros of a recovery say by being filled; a number or a time of 0 is none."""
    said = any(_first(event, name) not in {"", "0"} for name in _RECOVERY)
    return "resolved" if said or _first(event, "eventrecoveryvalue") else ""


def _acknowledged(event: dict[str, Any]) -> bool:
    done = _first(event, "eventupdateaction", "updateaction").lower()
    if done:
        return "acknowledged" in re.findall(r"\w+", done)
    return _first(event, "eventackstatus", "eventack", "ackstatus", "acknowledged").lower() in _YES


def _fingerprint(event: dict[str, Any], title: str, host: str) -> str:
    """Trigger and host. An event has one number until it is over, but the next problem has another."""
    written = " ".join(_first(event, name) for name in _LINKS)
    found = _TRIGGER_ID.search(written)
    if trigger := _first(event, "triggerid") or (found[1] if found else ""):
        return reading.fingerprint(f"zabbix-trigger-{trigger}" + (f"@{host}" if host else ""))
    number = _first(event, "peventid", "eventid", "problemid", "originalproblemid", "alertuid", "id")
    return reading.fingerprint(number and f"zabbix-event-{number}", SOURCE, host, title)


def _tags(event: dict[str, Any]) -> Any:
    given = next((event[name] for name in _TAGS if event.get(name)), None)
    return shapes.embedded(given) or given


def _moment(event: dict[str, Any], stamps: tuple[str, ...], date: str, time: str) -> datetime | None:
    """A time since 1970, else date and time; Zabbix writes 2026.11.23, and no zone: UTC is meant."""
    written = [*map(event.get, stamps), f"{_first(event, date)} {_first(event, time)}"]
    dashed = (_DOTTED_DATE.sub(r"\1-\2-\3", each) if isinstance(each, str) else each for each in written)
    return reading.first_moment(*dashed)


def _started(event: dict[str, Any], status: AlertStatus) -> datetime | None:
    stamps = ("eventtimestamp", "eventdatetime", "starttime", "startedat")
    began = _moment(event, stamps, "eventdate", "eventtime")
    return began if began or status is AlertStatus.RESOLVED else _told(event)


def _ended(event: dict[str, Any]) -> datetime | None:
    stamps = ("eventrecoverytimestamp", "eventrecoverydatetime", "endtime", "endedat")
    return _moment(event, stamps, "eventrecoverydate", "eventrecoverytime") or _told(event)


def _told(event: dict[str, Any]) -> datetime | None:
    return _moment(event, ("clock", "timestamp", "datetime", "lastreceived", "time"), "date", "time")


def _url(event: dict[str, Any]) -> str | None:
    """The address that is given, else the event at Zabbix; its front page alone does not lead there."""
    given = reading.link(*map(event.get, _LINKS))
    base = _first(event, "zabbixurl", "zbxurl")
    if given and not _FRONT_PAGE.fullmatch(given):
        return given
    base, trigger, number = given or base, _first(event, "triggerid"), _first(event, "eventid", "id")
    if not (base and trigger.isdecimal() and number.isdecimal()):
        return reading.link(base)
    return reading.link(f"{base.rstrip('/')}/tr_events.php?triggerid={trigger}&eventid={number}")
