"""How is a foreign message taken apart, when no part of it can be taken for granted?

Every reader answers for what is there and is empty for the rest, so that one odd field never loses an alert.
"""

import json
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from incident.alert import AlertStatus
from incident.errors import PayloadError
from incident.sources import reading

TEST_LABEL = {"test": "true"}
"""Marks what a monitor's test button sent, so that a route or a silence can tell it from an emergency."""


LONGEST_HEAD = 1000
"""Characters of a title or subject in which what stands before its words is looked for."""

_JUDGEMENTS = frozenset(("state", "status", "severity"))


def messages(payload: Any) -> list[dict[str, Any]]:
    """The messages of a body: one object, or a list of them from a sender that collects.

    Raises:
        PayloadError: it is neither.
    """
    match payload:
        case dict():
            return [payload]
        case list():
            return [message for _, message in reading.objects(payload, "")]
        case _:
            raise PayloadError(f"must be an object, this is {reading.kind(payload)}", field="body")


def embedded(value: Any) -> Any:
    """The JSON value that a text holds, or None."""
    try:
        return json.loads(value) if isinstance(value, str) else None
    except (ValueError, RecursionError):
        return None


def by_plain_name(message: dict[str, Any]) -> dict[str, Any]:
    """The fields by their letters and digits alone: `HOST.NAME`, `host_name` and `hostName` are one field."""
    return {re.sub(r"[^a-z0-9]", "", reading.text(name).lower()): value for name, value in message.items()}


def unfolded(message: dict[str, Any], *parts: str) -> dict[str, Any]:
    """The fields of these objects within a message beside its own: the `name` in `host` is `host_name`.

    What a part says of its own state counts only if the message itself says nothing of the kind.
    """
    found = {part: inner for part in parts if isinstance(inner := message.get(part), dict)}
    told = _JUDGEMENTS.intersection(message)
    return {
        f"{part}_{name}": value
        for part, inner in found.items()
        for name, value in inner.items()
        if name not in told
    } | message


def joined(value: Any) -> str:
    """The text of a field; a list as its texts with commas between."""
    return ", ".join(filter(None, map(reading.text, _items(value))))


def labels(**values: Any) -> dict[str, str]:
    """Labels of those fields that say something; a list is written as JSON, as it is everywhere."""
    return {name: said for name, value in values.items() if value != [] and (said := reading.text(value))}


def tags(value: Any) -> dict[str, str]:
    """Tags in every spelling that is met: an object, pairs, objects of name and value, or `a:b, c:d`.

    A name that comes twice keeps both values; a tag without a value is none.
    """
    found: dict[str, list[str]] = {}
    for name, content in _pairs(value):
        if (said := reading.text(content)) and (called := reading.text(name)):
            found.setdefault(called, []).append(said)
    return {name: ", ".join(dict.fromkeys(values)) for name, values in found.items()}


def _pairs(value: Any) -> Iterable[tuple[Any, Any]]:
    if isinstance(value, dict):
        return value.items()
    items = value.split(",") if isinstance(value, str) else _items(value)
    return [pair for pair in map(_pair, items) if pair]


def _pair(item: Any) -> tuple[Any, Any] | None:
    match item:
        case [name, value]:
            return name, value
        case {"key": name, "value": value} | {"name": name, "value": value} | {"tag": name, "value": value}:
            return name, value
        case {"Key": name, "Value": value}:
            return name, value
        case str() if ":" in item:
            name, _, value = item.partition(":")
            return name, value
        case _:
            return None


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def span(status: AlertStatus, at: datetime | None) -> tuple[datetime | None, datetime | None]:
    """Start and end, for a monitor that only tells when things changed; a recovery has no start."""
    return (None, at) if status is AlertStatus.RESOLVED else (at, None)


def joined_link(base: Any, address: Any) -> str | None:
    """A web address that may be written relative to another one."""
    try:
        return reading.link(address, urljoin(reading.text(base), reading.text(address)))
    except ValueError:  # what urljoin says of brackets that are no IPv6 address
        return None


def left_out(count: Any, sender: str) -> str:
    """A sentence about alerts that a group has but does not name, else nothing."""
    unnamed = reading.text(count)
    if unnamed.isdecimal() and unnamed.strip("0"):
        return f"{sender} left {unnamed} more alerts of this group out of its message."
    return ""


def paragraphs(*values: Any) -> str:
    """Those fields that say something, each only once, as paragraphs."""
    return "\n\n".join(dict.fromkeys(filter(None, map(reading.text, values))))
