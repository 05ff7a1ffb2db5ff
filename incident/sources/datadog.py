"""What does Datadog say in a webhook, whose body every team writes from Datadog's variables?

So fields are found by name: the variable's own (`alert_transition` for `$ALERT_TRANSITION`) and the usual
others. All values are texts; a variable that has no value says `null`. A recovery has another `event_id`.
"""

import re
from typing import Any
from urllib.parse import unquote

from incident.alert import Alert, AlertSeverity, AlertStatus, read_severity
from incident.sources import reading, shapes

SOURCE = "datadog"

_SECTIONS = ("metadata", "monitor", "event", "alert")
"""Into which teams sort the fields; of two that say the same, the last one counts."""

_UNFILLED = re.compile(r"null|none|n/a|\$[A-Z_]+(\[[^\]]*\])?", re.ASCII)
_STATES = "triggered|recovered|warn|no data|renotify|test|monitor|p[1-5]"
_PREFIX = re.compile(rf"\[(?P<said>(?:re-)?(?:{_STATES})\b[^\]]*)\]\s*", re.IGNORECASE)
_IN_BRACES = re.compile(r"\bon \{([^}]*)\}")
_TIMES = ("date", "dateposix", "datehappened", "lastupdated", "lastupdatedposix", "timestamp")
_TITLES = ("alerttitle", "eventtitle", "title", "alertname", "monitorname", "monitortitle", "name", "summary")
_TEXTS = ("textonlymsg", "body", "eventmsg", "eventmessage", "message", "msg", "text", "alertstatus")
_MONITOR = re.compile(r"monitors[#/](\d+)")
_GROUP = re.compile(r"[?&]group=([^&)\s]+)")
_EVENT_PRIORITIES = ("normal", "low")
"""`$PRIORITY` says one of these of every event; the urgency of a monitor is `$ALERT_PRIORITY`."""

_STATUS_OF_WORD = {
    "renotify": AlertStatus.FIRING,
    "recovered": AlertStatus.RESOLVED,
    "success": AlertStatus.RESOLVED,
    "no data": AlertStatus.INFO,
}


def parse(payload: Any) -> tuple[Alert, ...]:
    """The alert of one message.

    Raises:
        PayloadError: the message is no object, nor a list of objects.
    """
    return tuple(_alert(_filled(message)) for message in shapes.messages(payload))


def _filled(message: dict[str, Any]) -> dict[str, Any]:
    """The fields by plain name, without the variables that Datadog had no value for.

    What stands in a section is found with and without its name: the `id` in `alert` is `alert_id`.
    """
    sections = [value for name in _SECTIONS if isinstance(value := message.get(name), dict)]
    return {
        name: value
        for part in (*sections, shapes.unfolded(message, *_SECTIONS))
        for name, value in shapes.by_plain_name(part).items()
        if (said := reading.text(value)) and not _UNFILLED.fullmatch(said)
    }


def _alert(event: dict[str, Any]) -> Alert:
    said, title = _title(event)
    transition = _transition(event, said)
    native = _native(event, said)
    group = _group(event)
    labels = _labels(event, group) | (shapes.TEST_LABEL if "test" in said else {})
    at = reading.moment(_first(event, *_TIMES))
    status = _STATUS_OF_WORD.get(transition) or reading.status(transition)
    return Alert(
        source=SOURCE,
        fingerprint=_fingerprint(event, title, group),
        status=status,
        title=title or reading.unnamed("Datadog alert without a title"),
        description=_first(event, *_TEXTS).strip("% \n"),
        severity=_severity(native, transition),
        severity_native=native or None,
        service=labels.get("service") or None,
        labels=labels,
        starts_at=at,  # of the recovery too: Datadog does not tell when the trouble began
        ends_at=at if status is AlertStatus.RESOLVED else None,
        url=reading.link(*(event.get(name) for name in ("link", "url", "alerturl", "eventurl"))),
    )


def _first(event: dict[str, Any], *names: str) -> str:
    return reading.first_text(*map(event.get, names))


def _native(event: dict[str, Any], said: list[str]) -> str:
    """The urgency of the monitor, which its title says too, else of the kind of alert, else of the event."""
    urgency, importance = _first(event, "priority"), ""
    if urgency.lower() in _EVENT_PRIORITIES:
        urgency, importance = "", urgency
    in_title = next((word.upper() for word in said if re.fullmatch(r"p\d", word)), "")
    given = _first(event, "alertpriority", "severity")
    return reading.first_text(given, urgency, in_title, event.get("alerttype"), importance)


def _title(event: dict[str, Any]) -> tuple[list[str], str]:
    """What the brackets before a title say, in small letters, and the title without them."""
    written = _first(event, *_TITLES)
    said, end = [], 0
    while found := _PREFIX.match(written, end, shapes.LONGEST_HEAD):
        said.append(_plain(found["said"]))
        end = found.end()
    return said, written[end:] or written


def _plain(word: str) -> str:
    said = word.lower().partition(" on ")[0].removeprefix("re-").strip()
    return "recovered" if said.startswith("recovered ") else said  # it may say from what


def _transition(event: dict[str, Any], said: list[str]) -> str:
    """Datadog's word for what changed; the title says it too, and the kind of alert for want of both."""
    given = _first(event, "alerttransition", "transition", "status", "state")
    spoken = [word for word in said if word not in {"test", "monitor"} and not re.fullmatch(r"p\d", word)]
    return _plain(given) or next(iter(spoken), _plain(_first(event, "alerttype")))


def _severity(native: str, transition: str) -> AlertSeverity:
    read = read_severity(native)
    return AlertSeverity.WARNING if transition == "warn" and read is AlertSeverity.UNKNOWN else read


def _group(event: dict[str, Any]) -> str:
    """The part of the monitor that it is about (`host:web1,role:db`), in an order of its own."""
    given = shapes.joined(
        next((event[name] for name in ("alertscope", "scopes", "scope") if name in event), None)
    )
    title = _IN_BRACES.search(_first(event, "eventtitle", "title")[: shapes.LONGEST_HEAD])
    link = _GROUP.search(_texts_with_links(event))
    said = given or (link and unquote(link[1])) or (title and title[1]) or ""
    return ",".join(sorted(filter(None, (part.strip() for part in said.split(",")))))


def _texts_with_links(event: dict[str, Any]) -> str:
    names = ("link", "url", "body", "eventmsg", "eventmessage", "message", "msg")
    return " ".join(_first(event, name) for name in names)


def _fingerprint(event: dict[str, Any], title: str, group: str) -> str:
    """Datadog's key, else monitor and group. The key of a cycle is another one each time that it fires."""
    link = _MONITOR.search(_texts_with_links(event))
    monitor = _first(event, "alertid", "monitorid") or (link[1] if link else "")
    named = f"monitor {monitor} {group}".strip() if monitor else ""
    cycle = "" if named and group else _first(event, "alertcyclekey")
    key = reading.first_text(_first(event, "aggregkey", "aggregationkey"), cycle, named)
    return reading.fingerprint(key, SOURCE, title, group, event.get("hostname"))


def _labels(event: dict[str, Any], group: str) -> dict[str, str]:
    tags = next((event[name] for name in ("tags", "eventtags") if name in event), None)
    fixed = shapes.labels(
        tags=tags, group=group, host=_first(event, "hostname", "host"), metric=event.get("alertmetric")
    )
    return shapes.tags(group) | shapes.tags(tags) | fixed
