"""How does `incident.yaml` say where the fields of an alert stand in a body that no dialect knows?

Every field is an expression; in which language, and how it is evaluated, is not known here (docs/sources.md:
JMESPath).
"""

from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from incident.alert import AlertSeverity, AlertStatus

Expression = Annotated[str, Field(min_length=1, max_length=500, description="A JMESPath expression.")]
Place = tuple[str, ...]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StatusConditions(_Model):
    """An expression for each status; the first of them, in this order, that is true decides."""

    resolved: Expression | None = None
    acknowledged: Expression | None = None
    info: Expression | None = None
    firing: Expression | None = None
    otherwise: Annotated[AlertStatus, Field(description="When none of them is true.")] = AlertStatus.FIRING

    def conditions(self) -> Iterator[tuple[AlertStatus, Expression]]:
        """Those that are written, in their order."""
        for status in (
            AlertStatus.RESOLVED,
            AlertStatus.ACKNOWLEDGED,
            AlertStatus.INFO,
            AlertStatus.FIRING,
        ):
            if (expression := getattr(self, status)) is not None:
                yield status, expression


class Defaults(_Model):
    """Plain texts for what the expressions do not find."""

    title: str = ""
    description: str = ""
    severity: str = ""
    service: str = ""
    url: str = ""
    labels: dict[str, str] = {}


class MessageMapping(_Model):
    """Where the alerts are in a body, and where each field is in an alert."""

    alerts: Annotated[
        Expression | None, Field(description="The list of alerts; left out: the body is one, or a list.")
    ] = None
    title: Expression | None = None
    fingerprint: Annotated[
        Expression | None, Field(description="Names the condition; left out: a hash of title and labels.")
    ] = None
    status: Annotated[
        Expression | StatusConditions | None,
        Field(description="A word such as firing or ok; or a condition for each status."),
    ] = None
    description: Expression | None = None
    severity: Expression | None = None
    service: Expression | None = None
    labels: Annotated[
        Expression | dict[str, Expression],
        Field(description="An expression for each label, or one that finds an object."),
    ] = {}
    starts_at: Expression | None = None
    ends_at: Expression | None = None
    url: Expression | None = None
    severities: Annotated[
        dict[str, AlertSeverity], Field(description="What the monitor's own words mean, in small letters.")
    ] = {}
    defaults: Defaults = Defaults()

    @model_validator(mode="after")
    def _has_a_title(self) -> Self:
        if self.title is None and not self.defaults.title:
            raise ValueError("write title:, an expression that finds one, or title: under defaults:")
        return self

    def fields(self) -> Iterator[tuple[Place, Expression]]:
        """The expressions of an alert's fields, with their places under `mapping:`."""
        for name in ("title", "fingerprint", "status", "description", "severity", "service", "labels"):
            yield from _under(name, getattr(self, name))
        for name in ("starts_at", "ends_at", "url"):
            yield from _under(name, getattr(self, name))

    def expressions(self) -> Iterator[tuple[Place, Expression]]:
        """All expressions."""
        yield from _under("alerts", self.alerts)
        yield from self.fields()


def _under(name: str, written: str | StatusConditions | dict[str, str] | None) -> Iterator[tuple[Place, str]]:
    match written:
        case str():
            yield (name,), written
        case StatusConditions():
            for status, condition in written.conditions():
                yield (name, status.value), condition
        case dict():
            for label, expression in written.items():
                yield (name, label), expression
        case None:
            return
