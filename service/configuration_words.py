"""What do pydantic's errors mean to somebody who edits `incident.yaml`?"""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from incident.configuration import Configuration

Place = tuple[str | int, ...]

_WORDED = {
    "missing": "is missing; write it",
    "string_type": "must be text; put it in quotes",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "bool_parsing": "write true or false",
    "bool_type": "write true or false",
    "dict_type": "must be a mapping: keys with values, one a line and indented",
    "model_type": "must be a mapping: keys with values, one a line and indented",
    "model_attributes_type": "must be a mapping: keys with values, one a line and indented",
    "list_type": "must be a list: write [a, b], or one entry a line after a dash",
    "tuple_type": "must be a list: write [a, b], or one entry a line after a dash",
    "enum": "write one of {expected}",
    "literal_error": "write one of {expected}",
    "union_tag_invalid": "{discriminator} must be one of {expected_tags}",
    "union_tag_not_found": "write {discriminator}: in it, which says what sort it is",
    "too_short": "needs at least {min_length} entry",
    "greater_than_equal": "must be at least {ge}",
    "greater_than": "must be more than {gt}",
    "less_than_equal": "must be at most {le}",
    "string_too_long": "must have at most {max_length} characters",
    "datetime_from_date_parsing": "write a date and time such as 2027-03-01T09:00",
    "datetime_parsing": "write a date and time such as 2027-03-01T09:00",
    "date_from_datetime_parsing": "write a date such as 2027-12-25",
    "date_parsing": "write a date such as 2027-12-25",
    "time_parsing": 'write a time of day in quotes, such as "09:00"',
}
"""What to write instead, by pydantic's name of the error."""

_PATTERNS = {
    "^[a-z0-9][a-z0-9._-]*$": "write a name in small letters, digits, dots and dashes, such as payments-eu",
    "^[A-Z][A-Z0-9_]*$": "write the name of a variable, such as SMTP_PASSWORD; never the secret itself",
    "^[A-Z][A-Z0-9]{0,9}$": "write up to ten capital letters or digits, beginning with a letter: such as INC",
}


def sentence(error: Mapping[str, Any], place: Place) -> str:
    """What is wrong, and what to write instead."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown_key(place)
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(context["pattern"], f"must match {context['pattern']}")
    if kind in _WORDED:
        return _WORDED[kind].format(**context).replace("'", "")
    return str(error["msg"]).removeprefix("Value error, ")


def _unknown_key(place: Place) -> str:
    known = sorted(set(_keys(_schema(), place[:-1])))
    close = get_close_matches(str(place[-1]), known, n=1) if place else []
    hint = f"did you mean {close[0]}? " if close else ""
    return f"there is no such key; {hint}known: {', '.join(known)}"


@lru_cache(maxsize=1)
def _schema() -> dict[str, Any]:
    return Configuration.model_json_schema()


def _keys(node: Mapping[str, Any], place: Place) -> Iterator[str]:
    """The keys that the schema knows at a place."""
    for option in _options(node):
        if not place:
            yield from option.get("properties", {})
        elif isinstance(place[0], int):
            yield from _keys(option.get("items", {}), place[1:])
        else:
            yield from _keys(_under(option, place[0]), place[1:])


def _under(node: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """The schema of a key: it has one of its own, or one with all keys of a pattern, or with all others."""
    patterns = node.get("patternProperties", {}).values()
    named: Mapping[str, Any] | None = node.get("properties", {}).get(key)
    return named or next(iter(patterns), None) or node.get("additionalProperties") or {}


def _options(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The schemas that a schema refers to, down to those that name keys."""
    if reference := node.get("$ref"):
        yield from _options(_schema()["$defs"][reference.rpartition("/")[2]])
    alternatives = [*node.get("anyOf", ()), *node.get("oneOf", ()), *node.get("allOf", ())]
    for alternative in alternatives:
        yield from _options(alternative)
    if not reference and not alternatives:
        yield node
