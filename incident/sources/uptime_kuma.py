"""What does Uptime Kuma say in its webhook?

A message holds a heartbeat and its monitor. A warning about a certificate has neither, only a sentence; so
has the test button, whose sentence ends with Testing. Times are UTC without saying so.
"""

import re
from datetime import datetime
from typing import Any

from incident.alert import Alert, AlertStatus
from incident.sources import reading, shapes

SOURCE = "uptime_kuma"

_STATUSES = {
    "0": AlertStatus.FIRING,
    "1": AlertStatus.RESOLVED,
    "2": AlertStatus.INFO,  # pending: down once, not yet often enough
    "3": AlertStatus.INFO,  # under maintenance
}

_DAYS = re.compile(r"(?<!\d)-?\d+(?= days?\b)")


def parse(payload: Any) -> tuple[Alert, ...]:
    """The alert of one message; the test button has none.

    Raises:
        PayloadError: the message is no object.
    """
    message = reading.message(payload, "an object with heartbeat and monitor")
    beat, monitor = (reading.mapping(message.get(name)) for name in ("heartbeat", "monitor"))
    said = reading.text(message.get("msg"))
    if not beat and said.endswith("Testing"):
        return ()
    if not beat and not monitor:
        return (_sentence(said),)
    return (_alert(beat, monitor, said),)


def _alert(beat: dict[str, Any], monitor: dict[str, Any], said: str) -> Alert:
    status = _status(beat, said)
    title = reading.first_text(monitor.get("name"), monitor.get("pathName"), said)
    where = _where(monitor)
    given = reading.key("uptime-kuma-monitor", beat.get("monitorID"), monitor.get("id"))
    starts_at, ends_at = shapes.span(status, reading.moment(beat.get("time")) or _local_time(beat))
    return Alert(
        source=SOURCE,
        fingerprint=reading.fingerprint(given, SOURCE, title, where),
        status=status,
        title=title or reading.unnamed("monitor without a name"),
        description=reading.first_text(beat.get("msg"), said),
        labels=reading.texts({"type": monitor.get("type"), "tags": _tags(monitor.get("tags"))}),
        starts_at=starts_at,
        ends_at=ends_at,
        url=where,
    )


def _status(beat: dict[str, Any], said: str) -> AlertStatus:
    """The number's meaning; without a number that is known, the sentence still shows a recovery."""
    recovered = "Up]" in said
    in_doubt = AlertStatus.RESOLVED if recovered else AlertStatus.FIRING
    return _STATUSES.get(reading.text(beat.get("status")), in_doubt)


def _local_time(beat: dict[str, Any]) -> datetime | None:
    """The same time in the zone of the server, for what has lost its `time`."""
    local, offset = reading.text(beat.get("localDateTime")), reading.text(beat.get("timezoneOffset"))
    return reading.moment(local + offset) if offset else None


def _where(monitor: dict[str, Any]) -> str | None:
    """What is watched; monitors of hosts keep the meaningless address `https://` beside the host."""
    host, port = reading.text(monitor.get("hostname")), reading.text(monitor.get("port"))
    url = reading.text(monitor.get("url"))
    return reading.address(
        url if url not in {"http://", "https://"} else "", f"{host}:{port}" if port else host
    )


def _tags(tags: Any) -> Any:
    """The names of a monitor's tags, with their values where they have one."""
    if not isinstance(tags, list):
        return tags
    return [_tag(tag) if isinstance(tag, dict) else tag for tag in tags]


def _tag(tag: dict[str, Any]) -> str:
    return ":".join(filter(None, (reading.text(tag.get("name")), reading.text(tag.get("value")))))


def _sentence(said: str) -> Alert:
    """A warning without a monitor; the days that are left count down in it and name no other condition.

    Other numbers do: they are part of a name or an address.
    """
    return Alert(
        source=SOURCE,
        fingerprint=reading.fingerprint(None, SOURCE, _DAYS.sub("", said)),
        status=AlertStatus.FIRING,
        title=said or reading.unnamed("message without a text"),
    )
