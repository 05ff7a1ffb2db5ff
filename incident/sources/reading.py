"""How is a field of a foreign message read, when nothing about it can be taken for granted?

A field that is missing, null or of another type than usual never loses an alert: what cannot be read is None
or empty, and noted for whoever wants to know (see `incident.sources.remarks`). Only the structure around the
alerts is insisted on.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from incident.alert import AlertStatus
from incident.errors import PayloadError
from incident.keepable import keepable
from incident.sources.remarks import note
from incident.sources.status_words import FIRING_WORDS, STATUS_OF_WORD

LONGEST_FINGERPRINT = 200
"""Longer keys are hashed: the ledger looks alerts up by them, and databases limit what they index."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ZERO_VALUES_END = datetime(1971, 1, 1, tzinfo=UTC)
"""Go's zero time 0001-01-01 and zero seconds since the epoch mean that the monitor knows no time."""

_TIME_OF_GO = re.compile(r"(\S+ \S+) ([+-]\d{4}) \S+( M=\S+)?")
"""What Go's `Time.String` makes of a time: the zone a second time, and the clock of the process."""

_HOST = re.compile(r"[\w-]+(\.[\w-]+)+(:\d{1,5})?([/?#]\S*)?|[\w-]+:\d{1,5}")

_UNITS_PER_SECOND = ((10**11, 1), (10**14, 10**3), (10**17, 10**6), (10**20, 10**9))
"""Numbers below the first are counted in the second: seconds, milliseconds, microseconds, nanoseconds."""

_NO_STATUS = "is no status that is known; it counts as firing"


def text(value: Any) -> str:
    """The text of a field: numbers as written, nothing as an empty text, structures as JSON.

    Characters that no database keeps (NUL, halves of surrogate pairs) become a replacement character.
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        value = json.dumps(value, ensure_ascii=False, sort_keys=True)
    kept = keepable(str(value))
    if kept != value:
        note(value, "holds characters that no database keeps; they were replaced")
    return kept.strip()


def first_text(*values: Any) -> str:
    """The first of several fields that says something."""
    return next(filter(None, map(text, values)), "")


def texts(value: Any) -> dict[str, str]:
    """Names with texts, such as labels; anything else than an object has none, and null is no value."""
    value = mapping(value)
    return {text(name): text(content) for name, content in value.items() if content is not None}


def inside(value: Any, *names: str) -> Any:
    """What lies under these names, one within the other; None where the way ends."""
    for name in names:
        value = mapping(value).get(name)
    return value


def mapping(value: Any) -> dict[str, Any]:
    """An object as it is; anything else is an empty one."""
    if isinstance(value, dict):
        return value
    if value not in (None, "", []):
        note(value, f"is {kind(value)}, where an object is usual; nothing was taken from it")
    return {}


def message(payload: Any, wanted: str) -> dict[str, Any]:
    """A payload that must be an object; ``wanted`` says of what kind.

    Raises:
        PayloadError: it is something else.
    """
    if not isinstance(payload, dict):
        raise PayloadError(f"must be {wanted}, this is {kind(payload)}", field="body")
    return payload


def key(prefix: str, *names: Any) -> str:
    """A condition's name from the first field that has one, kept apart from the keys of other monitors."""
    name = first_text(*names)
    return f"{prefix}-{name}" if name else ""


def link(*values: Any) -> str | None:
    """The first field that is a web address; other schemes are left out, since people will click on it."""
    found = web_address(*values)
    if found is None:
        _note_first(values, "is no http or https address, and became no link")
    return found


def address(*values: Any) -> str | None:
    """The first field that says where something is: a web address, or a host with or without port and path.

    Monitors name what they watch so. A host has a dot in it or a number for a port, by which no text that a
    browser would run can pass for one; only web addresses become links all the same.
    """
    found = web_address(*values) or next(filter(_HOST.fullmatch, map(text, values)), None)
    if found is None:
        _note_first(values, "is neither an address nor a host, and became no link")
    return found


def web_address(*values: Any) -> str | None:
    """The first of several texts that happens to be a web address; the others are no surprise."""
    web = ("http://", "https://")
    return next((found for found in map(text, values) if found.lower().startswith(web)), None)


def _note_first(values: Iterable[Any], why: str) -> None:
    for value in values:
        if text(value):
            note(value, why)
            return


def unnamed(title: str) -> str:
    """The title of an alert that says nothing which could be one."""
    note(None, f"no title was found; it is called {title!r}")
    return title


def moment(value: Any) -> datetime | None:
    """The instant in UTC that a field means, or None.

    RFC 3339 in all the spellings that are met (any number of fraction digits, a space for the T, +0200, no
    zone for UTC), the text that Go makes of a time, and seconds, milliseconds, microseconds or nanoseconds
    since the epoch, also as text.
    """
    try:
        found = _from_number(value) if _is_number(value) else _from_text(text(value).upper())
        if found >= _ZERO_VALUES_END:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        found = None
    if text(value) and (found is None or (found.year > 1 and found != _EPOCH)):
        note(value, "is no time that can be read; it counts as not said")
    return None


def first_moment(*values: Any) -> datetime | None:
    """The first of several fields that is an instant."""
    return next(filter(None, map(moment, values)), None)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _from_text(written: str) -> datetime:
    if written.replace(".", "", 1).isdecimal():
        return _from_number(float(written) if "." in written else int(written))
    if of_go := _TIME_OF_GO.fullmatch(written):
        written = of_go[1] + of_go[2]
    found = datetime.fromisoformat(written.removesuffix("UTC").removesuffix("GMT").rstrip())
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _from_number(count: float) -> datetime:
    per_second = next((per_second for limit, per_second in _UNITS_PER_SECOND if count < limit), None)
    if per_second is None:
        raise ValueError(f"{count} is no time since the epoch")
    return _EPOCH + timedelta(microseconds=int(count * 10**6 // per_second))


def status(value: Any, words: Mapping[str, AlertStatus] = STATUS_OF_WORD) -> AlertStatus:
    """What a monitor's word says about the condition, by words of its own if given; in doubt it is firing."""
    word = text(value).lower()
    if word not in words and word not in FIRING_WORDS:
        note(value if word else None, _NO_STATUS if word else "no status was found; it counts as firing")
    return words.get(word, AlertStatus.FIRING)


def fingerprint(given: Any, *otherwise: Any) -> str:
    """The condition's name as the monitor gives it, else a hash of what tells it from others."""
    name = text(given)
    if name and len(name) <= LONGEST_FINGERPRINT:
        return name
    if not name:
        note(None, "nothing names the condition; a hash of what else was said stands in for its fingerprint")
    return hashlib.sha256(text([name] if name else list(otherwise)).encode()).hexdigest()[:32]


def objects(values: Iterable[Any], place: str) -> Iterable[tuple[str, dict[str, Any]]]:
    """Each alert of a list with its place.

    Raises:
        PayloadError: one of them is no object.
    """
    for number, value in enumerate(values):
        here = f"{place}[{number}]"
        if not isinstance(value, dict):
            raise PayloadError(f"an alert is a JSON object, this is {kind(value)}", field=here)
        yield here, value


def kind(value: Any) -> str:
    """What sort of JSON value it is, in JSON's own words."""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case dict():
            return "an object"
        case list():
            return "a list"
        case str():
            return "a text"
        case _:
            return "a number"
