"""Which alerts does this mean? Matchers on labels, in Alertmanager's syntax with sets added.

    severity="critical"   env!="dev"   host=~"db.*"   team!~"x|y"   region in (eu, us)   region not in (eu)

A label that an alert does not have is the empty text, so `env!="dev"` means alerts without `env` too, and
`env=""` only those. Regular expressions are anchored at both ends, and a dot is any character.

What protects against a regular expression that never ends: it is run by pydantic's engine (Rust's `regex`),
whose time grows with the length of the value and never with its backtracking, because there is none. Values
are cut at `LONGEST_VALUE` before they are tried, patterns at `LONGEST_PATTERN`, and a pattern that needs
look-around, back references or more than 10 MB compiled is refused when it is written.
"""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any, assert_never

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, model_serializer, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import SchemaError, SchemaValidator, core_schema

from incident.alert import Alert

LONGEST_VALUE = 1024
"""Characters of a label's value that a regular expression looks at."""

LONGEST_PATTERN = 500
"""Characters of a regular expression."""

LONGEST_TEXT = 4000
"""Characters of a whole matcher."""

_QUOTED = r'"(?:[^"\\]|\\.)*"'
_LABEL = r"[^\W\d][\w.:/@-]*|@\w+"
_MATCHER = re.compile(
    rf"\s*(?P<label>{_QUOTED}|{_LABEL})\s*"
    rf"(?:(?P<op>=~|!~|!=|=)\s*(?P<value>{_QUOTED}|[^\s\",{{}}()][^\",{{}}]*|)"
    rf"|(?<![\w.])(?P<set>not\s+in|in)\s*\((?P<values>(?:{_QUOTED}|[^\"()])*)\))\s*",
    re.DOTALL,
)
_ITEM = re.compile(rf"\s*({_QUOTED}|[^\",]*)\s*(,|$)")
_BARE = re.compile(r"[\w.:/@+-]+")
_ESCAPED = {"n": "\n", "t": "\t"}
_HINT = 'write label="value", label!="value", label=~"regex", label!~"regex", label in (a, b) or not in (a)'


class Operator(StrEnum):
    """How a label's value is compared."""

    EQUAL = "="
    NOT_EQUAL = "!="
    MATCHES = "=~"
    MATCHES_NOT = "!~"
    IN = "in"
    NOT_IN = "not in"


SETS = (Operator.IN, Operator.NOT_IN)
PATTERNS = (Operator.MATCHES, Operator.MATCHES_NOT)


class Matcher(BaseModel):
    """One condition on one label; in a configuration, and as JSON, it is its text."""

    model_config = ConfigDict(frozen=True)

    label: Annotated[str, Field(min_length=1, max_length=LONGEST_VALUE)]
    op: Operator = Operator.EQUAL
    values: Annotated[tuple[str, ...], Field(description="One, except for sets.")]

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, written: Any) -> Any:
        return _parts(written) if isinstance(written, str) else written

    @model_validator(mode="after")
    def _can_match(self) -> "Matcher":
        if len(self.values) != 1 and self.op not in SETS:
            raise ValueError(f"{self.op} compares with one value; for several write {self.label} in (a, b)")
        if self.op in PATTERNS:
            _compiled(self.values[0])
        return self

    @classmethod
    def __get_pydantic_json_schema__(
        cls, _schema: core_schema.CoreSchema, _handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": "string", "examples": ['severity="critical"', "region in (eu, us)"]}

    @model_serializer
    def _as_text(self) -> str:
        return str(self)

    def __str__(self) -> str:
        """The text that reads back as this matcher."""
        label = self.label if re.fullmatch(_LABEL, self.label) else _quoted(self.label)
        if self.op in SETS:
            values = ", ".join(v if _BARE.fullmatch(v) else _quoted(v) for v in self.values)
            return f"{label} {self.op} ({values})"
        return f"{label}{self.op}{_quoted(self.values[0])}"

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Do these labels meet the condition? A missing label is the empty text."""
        value = labels.get(self.label, "")
        match self.op:
            case Operator.EQUAL | Operator.IN:
                return value in self.values
            case Operator.NOT_EQUAL | Operator.NOT_IN:
                return value not in self.values
            case Operator.MATCHES:
                return _meets(self.values[0], value)
            case Operator.MATCHES_NOT:
                return not _meets(self.values[0], value)
            case _:
                assert_never(self.op)


def in_order(matchers: Iterable[Matcher]) -> list[str]:
    """Their texts in an order of their own: equal for those who write the same matchers down differently."""
    return sorted(str(matcher) for matcher in matchers)


def match_all(matchers: Iterable[Matcher], labels: Mapping[str, str]) -> bool:
    """Are all of them met? No matcher at all is met by every alert."""
    return all(matcher.matches(labels) for matcher in matchers)


def labels_of(alert: Alert, service: str | None) -> dict[str, str]:
    """What matchers see of an alert: its labels, and what was understood of it.

    `source`, `service`, `severity`, `title`, `fingerprint` and `status` are the monitor's own labels of that
    name if it sent any, as its users write them; with an `@` before the name they are always ours:
    `@service` is the service that it was routed to, `@severity` the normalised one.
    """
    understood = {
        "source": alert.source,
        "service": service or alert.service or "",
        "severity": alert.severity.value,
        "title": alert.title,
        "fingerprint": alert.fingerprint,
        "status": alert.status.value,
    }
    return understood | alert.labels | {f"@{name}": value for name, value in understood.items()}


def _parts(text: str) -> dict[str, Any]:
    found = _MATCHER.fullmatch(text) if len(text) <= LONGEST_TEXT else None
    if found is None:
        shown = text if len(text) <= 80 else f"{text[:80]}..."  # noqa: PLR2004  as much as fits on a line
        raise ValueError(f"{shown!r} is no matcher; {_HINT}")
    label = _unquoted(found["label"])
    if found["set"]:
        op = Operator.IN if found["set"] == "in" else Operator.NOT_IN
        return {"label": label, "op": op, "values": tuple(_items(found["values"], text))}
    return {"label": label, "op": Operator(found["op"]), "values": (_unquoted(found["value"]),)}


def _items(written: str, text: str) -> Iterable[str]:
    at = 0
    while at < len(written):
        item = _ITEM.match(written, at)
        if item is None:
            raise ValueError(f"{text!r} is no matcher; separate the values by commas: label in (a, b)")
        yield _unquoted(item[1].strip())
        at = item.end()


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _unquoted(written: str) -> str:
    if not written.startswith('"'):
        return written.strip()
    return re.sub(r"\\(.)", lambda found: _ESCAPED.get(found[1], _kept(found[1])), written[1:-1])


def _kept(character: str) -> str:
    r"""A backslash before any other character belongs to a regular expression, such as `\d`."""
    return character if character in '"\\' else f"\\{character}"


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> SchemaValidator:
    if len(pattern) > LONGEST_PATTERN:
        raise ValueError(f"the regular expression is longer than {LONGEST_PATTERN} characters; use in (a, b)")
    try:
        SchemaValidator(core_schema.str_schema(pattern=pattern))  # alone: `a)|(b` would escape the anchors
        return SchemaValidator(core_schema.str_schema(pattern=rf"\A(?s:{pattern})\z", strict=True))
    except SchemaError as error:
        problem = str(error).strip().splitlines()[-1].strip().removeprefix("error: ")
        raise ValueError(
            f"{pattern!r} is no regular expression that can be used: {problem}; RE2 syntax, no look-around"
        ) from None


def _meets(pattern: str, value: str) -> bool:
    text = value[:LONGEST_VALUE].encode("utf-8", "replace").decode()  # lone surrogates are no text to Rust
    return _compiled(pattern).isinstance_python(text)
