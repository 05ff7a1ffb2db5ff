"""What does a mapping find in a message? Each expression and its value, and what could not be read."""

import json
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict

from incident.alert import Alert
from incident.configuration import Configuration, Source
from incident.errors import NotFoundError
from incident.sources import mapped, understand
from incident.sources.mapped import Fields, Found
from incident.sources.remarks import quoted
from service.body import read_body
from service.expressions import Evaluation
from service.understanding import mapping_of, understood


class TriedField(BaseModel):
    """One field: its expression, what that found, and why it found nothing if it failed."""

    model_config = ConfigDict(frozen=True)

    field: str
    expression: str
    value: Any
    problem: str


class TriedAlert(BaseModel):
    """An alert of the message; sources with a dialect of their own have no expressions."""

    model_config = ConfigDict(frozen=True)

    fields: tuple[TriedField, ...]
    alert: Alert


class Trial(BaseModel):
    """A message as the source would read it."""

    model_config = ConfigDict(frozen=True)

    source: str
    dialect: str
    alerts: tuple[TriedAlert, ...]
    remarks: tuple[str, ...]

    def lines(self) -> Iterator[str]:
        """As people read it."""
        for number, tried in enumerate(self.alerts, 1):
            yield f"alert {number} of {len(self.alerts)}"
            yield from _lines(tried)
        if not self.alerts:
            yield "no alert: the message is accepted, and opens nothing"
        for remark in self.remarks:
            yield f"not read: {remark}"


def try_message(configuration: Configuration, name: str, body: bytes) -> Trial:
    """Read a message as the source of this name would.

    Raises:
        NotFoundError: there is no such source.
        PayloadError: the message would be refused.
    """
    if name not in configuration.sources:
        raise NotFoundError(f"no source {name!r}; known: {', '.join(sorted(configuration.sources))}")
    source = configuration.sources[name]
    if source.dialect == mapped.SOURCE:
        return _mapped(name, source, read_body(body))
    found = understood(source, body)
    alerts = tuple(TriedAlert(fields=(), alert=_named(alert, name)) for alert in found.alerts)
    return Trial(source=name, dialect=source.dialect, alerts=alerts, remarks=found.remarks)


def _mapped(name: str, source: Source, payload: object) -> Trial:
    explained: list[tuple[Fields, Alert]] = []

    def explain(value: object) -> tuple[Alert, ...]:
        explained.extend(mapped.explain(value, mapping_of(source), Evaluation()))
        return tuple(alert for _, alert in explained)

    remarks = understand(explain, payload).remarks
    alerts = tuple(
        TriedAlert(fields=tuple(_fields(fields)), alert=_named(alert, name)) for fields, alert in explained
    )
    return Trial(source=name, dialect=source.dialect, alerts=alerts, remarks=remarks)


def _fields(fields: Fields) -> Iterator[TriedField]:
    for place, found in fields.items():
        yield TriedField(field=".".join(place), **vars(found))


def _named(alert: Alert, source: str) -> Alert:
    return alert.model_copy(update={"source": source})


def _lines(tried: TriedAlert) -> Iterator[str]:
    longest = max((len(field.expression) for field in tried.fields), default=0)
    for field in tried.fields:
        found = _found(Found(field.expression, field.value, field.problem))
        yield f"  {field.field:<14} {field.expression:<{min(longest, 40)}}  -> {found}"
    plain = tried.alert.model_dump(mode="json")
    for name, value in plain.items():
        if value not in (None, "", {}):
            written = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            yield f"  = {name:<15} {written}"


def _found(found: Found) -> str:
    if found.problem:
        return f"nothing: {found.problem}"
    if found.value is None:
        return "nothing (null): is the name spelled as in the message?"
    return quoted(found.value)
