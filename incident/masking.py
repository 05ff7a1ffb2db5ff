"""What does a delivery say, with its secrets masked? For people who look at what a monitor sent.

JSON is printed in lines, as it came: with its numbers, and with keys that stand there twice. Whatever else it
is stays text. What is masked: whatever stands in a field whose name says so, credentials and tokens in
addresses, and what looks like a well-known sort of token wherever it stands.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from incident.secret_names import is_secret

MASK = "••••••"
DEEPEST = 60
"""Levels of lists and objects within each other that are shown."""

TOO_DEEP = "… (nested too deeply to be shown)"

_IN_ADDRESS = re.compile(r"(?<=://)[^\s/?#@\"'\\]*+(?=@)")
_AUTHORIZATION = re.compile(r"\b(bearer|basic|digest|apikey|genie-?key)(\s+)([\w+/=.~:-]{6,})", re.IGNORECASE)
_SAID_OF = re.compile(r"""(?<![\w.-])(?P<name>[\w.-]++)(?P<is>\\?["']?\s{0,3}(?:=>|[:=])\s{0,3}\\?["']?)""")
_VALUE = re.compile(r"""[^\s"'\\&,;<>{}\[\]()]+""")
_KINDS_OF_AUTHORIZATION = ("bearer", "basic", "digest", "apikey", "geniekey")
_TOKENS = re.compile(
    r"""(?<![\w-])eyJ[\w-]{5,}+\.[\w-]{5,}+\.[\w-]*+"""  # a JSON web token
    r"""|gh[opsur]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abeoprs]-[\w-]{10,}|xapp-[\w-]{10,}"""
    r"""|(?:AKIA|ASIA)[A-Z0-9]{16}|AIza[\w-]{30,}|[rs]k_(?:live|test)_\w{10,}|SG\.[\w-]{16,}+\.[\w-]{16,}"""
    r"""|(?<=hooks\.slack\.com/services/)[\w/]+"""
    r"""|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)""",
    re.DOTALL,
)
"""Every pattern takes a time that grows with the text and no faster, whatever a sender has thought of."""


class _Object(list[tuple[str, Any]]):
    """An object as it stands there: a key may come twice."""


@dataclass(frozen=True)
class _Number:
    """A number as it was written, however long."""

    written: str


def shown(body: bytes) -> str:
    """The body of a delivery as text to be looked at, without its secrets; never raises."""
    text = body.decode("utf-8-sig", errors="replace")
    return _visible(_in_lines(text) or mask_text(text))


def mask_text(text: str) -> str:
    """Any text without what can be told to be a secret in it."""
    text = _TOKENS.sub(MASK, _IN_ADDRESS.sub(MASK, text))
    text = _AUTHORIZATION.sub(rf"\1\2{MASK}", text)
    return _mask_named(text)


def _in_lines(text: str) -> str | None:
    value = _read(text)
    return _printed(_masked(value), 0) if isinstance(value, list | str) else None


def _mask_named(text: str) -> str:
    """`name=value` and `name: value`, quoted or not, where the name stands for a secret."""
    told, done = [], 0
    for found in _SAID_OF.finditer(text):
        if found.start() < done or not is_secret(found["name"]):
            continue
        value = _VALUE.match(text, found.end())
        if value and value[0].lower() not in _KINDS_OF_AUTHORIZATION:
            told += [text[done : found.end()], MASK]
            done = value.end()
    return "".join([*told, text[done:]])


def _read(text: str) -> Any:
    """The JSON value, or None: it is none, or too deep to be read."""
    try:
        return json.loads(
            text,
            object_pairs_hook=_Object,
            parse_int=_Number,
            parse_float=_Number,
            parse_constant=_Number,
        )
    except (ValueError, RecursionError):
        return None


def _masked(value: Any, depth: int = 0, *, secret: bool = False) -> Any:
    """The value without secrets; everything below a name that stands for one is one."""
    if depth > DEEPEST:
        return TOO_DEEP
    match value:
        case _Object():
            named = _names_a_secret(value)
            return _Object(
                (
                    mask_text(key),
                    _masked(each, depth + 1, secret=secret or is_secret(key) or (named and key in _VALUES)),
                )
                for key, each in value
            )
        case list():
            return [_masked(each, depth + 1, secret=secret) for each in value]
        case str():
            return MASK if secret and value else _masked_string(value, depth)
        case _Number():
            return MASK if secret else value
        case _:
            return value


_NAMES, _VALUES = ("name", "key", "field", "label"), ("value", "values")


def _names_a_secret(fields: _Object) -> bool:
    """Is this a pair such as `{"name": "password", "value": ...}`?"""
    return any(key in _NAMES and isinstance(each, str) and is_secret(each) for key, each in fields)


def _masked_string(text: str, depth: int) -> str:
    """A string; JSON within it, as Amazon SNS sends it, is masked like all other."""
    if text.lstrip()[:1] in ("{", "["):
        inner = _read(text)
        if isinstance(inner, list):
            return _printed(_masked(inner, depth + 1), None)
    return mask_text(text)


def _printed(value: Any, depth: int | None) -> str:
    """The value as JSON; in lines, unless the depth is None."""
    match value:
        case _Object():
            members = [f"{_quoted(key)}: {_printed(each, _deeper(depth))}" for key, each in value]
            return _enclosed("{", members, "}", depth)
        case list():
            return _enclosed("[", [_printed(each, _deeper(depth)) for each in value], "]", depth)
        case str():
            return _quoted(value)
        case _Number():
            return value.written
        case None | True | False:
            return json.dumps(value)
        case _:
            raise AssertionError(f"JSON has no {type(value).__name__}")


def _enclosed(begin: str, members: list[str], end: str, depth: int | None) -> str:
    if not members or depth is None:
        return f"{begin}{', '.join(members)}{end}"
    inner, outer = "  " * (depth + 1), "  " * depth
    lines = f",\n{inner}".join(members)
    return f"{begin}\n{inner}{lines}\n{outer}{end}"


def _deeper(depth: int | None) -> int | None:
    return None if depth is None else depth + 1


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _visible(text: str) -> str:
    """Without lone surrogates, which no page can be encoded with."""
    return text.encode("utf-8", errors="replace").decode()
