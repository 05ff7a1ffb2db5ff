"""What JSON value does the body of a message hold?"""

import json
from collections import Counter
from typing import Any, NoReturn

from incident.errors import MalformedPayload
from incident.sources.forms import form_fields
from incident.sources.remarks import note, quoted

DEEPEST = 100
"""Levels of lists and objects within each other: more than any monitor has."""

CARRIERS = ("data", "payload")
"""Fields of forms that hold the whole message as JSON: those of Uptime Kuma and Librato."""


def read_json(body: bytes) -> object:
    """The JSON value of a body: UTF-8, and only what RFC 8259 calls JSON (so no NaN).

    Of a key that comes twice in an object the last one counts, and that is noted.

    Raises:
        MalformedPayload: it is no JSON; the message says where it stops being it.
    """
    try:
        written = body.decode("utf-8-sig")
        value = json.loads(written, parse_constant=_no_number, object_pairs_hook=_object)
    except UnicodeDecodeError as error:
        raise MalformedPayload(
            f"the body is not UTF-8 (byte {error.start}); send application/json in UTF-8"
        ) from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise MalformedPayload(f"the body is no JSON ({where}); send application/json in UTF-8") from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError:  # what Python says of a number with thousands of digits
        raise MalformedPayload("the body holds a number that is too long to be read") from None
    if _depth_exceeds(value, DEEPEST):
        raise _too_deep()
    return value


def read_body(body: bytes) -> object:
    """The JSON value of a body; a form is an object of its fields, or the JSON that one of them carries.

    Objects of which each has a line are a list: so Zabbix streams its events (`application/x-ndjson`).

    Raises:
        MalformedPayload: it is neither JSON nor a form.
    """
    try:
        return read_json(body)
    except MalformedPayload:
        fields = form_fields(body)
        streamed = _by_line(body) if fields is None else None
        if streamed:
            return streamed
        if fields is None:
            raise
    carrier = next((fields[name] for name in CARRIERS if name in fields), None)
    return fields if carrier is None else _carried(carrier, fields)


def _by_line(body: bytes) -> list[object]:
    """The objects of a body that has one in each of its lines; of any other body none."""
    lines = [line.strip() for line in body.splitlines() if line.strip()]
    if not all(line.startswith(b"{") and line.endswith(b"}") for line in lines):
        return []
    try:
        return [read_json(line) for line in lines]
    except MalformedPayload:
        return []


def _carried(written: str, fields: dict[str, str]) -> object:
    try:
        return read_json(written.encode())
    except MalformedPayload:
        return fields


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        (twice, _), *_ = Counter(name for name, _ in pairs).most_common(1)
        note(None, f"the key {quoted(twice)} comes more than once in an object; the last one counts")
    return value


def _no_number(written: str) -> NoReturn:
    raise MalformedPayload(
        f"the body is no JSON: {written} is no number there; leave the field out, or send null"
    )


def _too_deep() -> MalformedPayload:
    return MalformedPayload(f"the body is nested too deeply; at most {DEEPEST} levels are read")


def _depth_exceeds(value: object, limit: int) -> bool:
    level: list[Any] = [value]
    for _ in range(limit + 1):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return False
    return True


def _children(value: Any) -> list[Any]:
    match value:
        case dict():
            return list(value.values())
        case list():
            return value
        case _:
            return []
