"""What does a body say that only `incident.yaml` explains?

The mapping names an expression for each field; whoever calls hands in the function that evaluates one. An
expression that fails or finds nothing leaves its field to the defaults, and is noted.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from incident.alert import Alert, AlertSeverity, AlertStatus, read_severity
from incident.errors import IncidentError, PayloadError
from incident.mapping import MessageMapping, Place, StatusConditions
from incident.sources import reading
from incident.sources.remarks import note

SOURCE = "mapped"
BODY = "_body"
"""The name under which an alert's expressions find the whole body."""

Evaluate = Callable[[str, object], Any]
"""The value of an expression for a JSON value; NoValue when there can be none."""


class NoValue(IncidentError):  # noqa: N818  said of an expression
    """An expression cannot be evaluated for this body; the message says why."""


@dataclass(frozen=True)
class Found:
    """What an expression found; a problem says why there is nothing."""

    expression: str
    value: Any = None
    problem: str = ""


Fields = Mapping[Place, Found]


def parse(payload: object, mapping: MessageMapping, evaluate: Evaluate) -> tuple[Alert, ...]:
    """The alerts of one body.

    Raises:
        PayloadError: there are no alerts where the mapping says, or there is too much to evaluate.
    """
    return tuple(alert for _, alert in explain(payload, mapping, evaluate))


def explain(payload: object, mapping: MessageMapping, evaluate: Evaluate) -> tuple[tuple[Fields, Alert], ...]:
    """`parse`, each alert with what every expression found."""
    found = (_fields(scope, mapping, evaluate) for scope in _scopes(payload, mapping, evaluate))
    return tuple((fields, _alert(fields, mapping)) for fields in found)


def _scopes(payload: Any, mapping: MessageMapping, evaluate: Evaluate) -> list[Any]:
    """What the expressions of each alert see: the alert, and the whole body beside its fields."""
    alerts = payload if isinstance(payload, list) else [payload]
    if mapping.alerts is not None:
        alerts = _list_of_alerts(payload, mapping.alerts, evaluate)
    return [{**alert, BODY: payload} if isinstance(alert, dict) else alert for alert in alerts]


def _list_of_alerts(payload: Any, expression: str, evaluate: Evaluate) -> list[Any]:
    try:
        found = evaluate(expression, payload)
    except NoValue as none:
        raise PayloadError(f"alerts: {expression} fails: {none}", field="body") from None
    match found:
        case list():
            return found
        case dict():
            return [found]
        case _:
            raise PayloadError(
                f"alerts: {expression} finds {reading.kind(found)} here, no list", field="body"
            )


def _fields(scope: Any, mapping: MessageMapping, evaluate: Evaluate) -> Fields:
    return {place: _found(expression, scope, evaluate) for place, expression in mapping.fields()}


def _found(expression: str, scope: Any, evaluate: Evaluate) -> Found:
    try:
        return Found(expression, evaluate(expression, scope))
    except NoValue as none:
        return Found(expression, problem=str(none))


def _alert(fields: Fields, mapping: MessageMapping) -> Alert:
    for place, found in fields.items():
        if found.problem:
            note(None, f"{'.'.join(place)}: {found.expression} found nothing: {found.problem}")
    title = _text(fields, mapping, "title")
    status, labels = _status(fields, mapping), _labels(fields, mapping)
    native, service = _text(fields, mapping, "severity"), _text(fields, mapping, "service")
    return Alert(
        source=SOURCE,
        fingerprint=reading.fingerprint(_value(fields, "fingerprint"), SOURCE, title, service, labels),
        status=status,
        title=title or reading.unnamed("alert without a title"),
        description=_text(fields, mapping, "description"),
        severity=_severity(native, mapping.severities),
        severity_native=native or None,
        service=service or None,
        labels=labels,
        starts_at=reading.moment(_value(fields, "starts_at")),
        ends_at=reading.moment(_value(fields, "ends_at")) if status is AlertStatus.RESOLVED else None,
        url=reading.link(_value(fields, "url"), mapping.defaults.url),
    )


def _value(fields: Fields, name: str) -> Any:
    return fields[(name,)].value if (name,) in fields else None


def _text(fields: Fields, mapping: MessageMapping, name: str) -> str:
    return reading.first_text(_value(fields, name), getattr(mapping.defaults, name))


def _status(fields: Fields, mapping: MessageMapping) -> AlertStatus:
    if isinstance(mapping.status, StatusConditions):
        true = (status for status, _ in mapping.status.conditions() if fields[("status", status)].value)
        return next(true, mapping.status.otherwise)
    return reading.status(_value(fields, "status") if mapping.status else "firing")


def _severity(native: str, own: Mapping[str, AlertSeverity]) -> AlertSeverity:
    return own.get(native.lower()) or read_severity(native)


def _labels(fields: Fields, mapping: MessageMapping) -> dict[str, str]:
    if isinstance(mapping.labels, str):
        return {**mapping.defaults.labels, **reading.texts(_value(fields, "labels"))}
    named = {name: fields[("labels", name)].value for name in mapping.labels}
    return {**mapping.defaults.labels, **{name: said for name, said in reading.texts(named).items() if said}}
