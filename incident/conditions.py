"""Do the conditions of a level hold, and if not: why, and until when? Severity, hours, number of alerts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from incident.duration import PositiveDuration, write_duration
from incident.hours import WorkingHours
from incident.restriction import Day, Weekday
from incident.severity import Severity
from incident.wall_clock import known_zone


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Between(WorkingHours):
    """Hours of the day, on every day unless days are named; not after start: they end on the next day."""

    timezone: Annotated[str, AfterValidator(known_zone), Field(description="IANA name, such as Europe/Rome.")]
    days: Annotated[
        tuple[Day, ...], Field(min_length=1, description="The days on which they begin; left out: every day.")
    ] = tuple(Weekday)


class Side(StrEnum):
    """Where an instant lies, seen from the working hours."""

    INSIDE = "inside"
    OUTSIDE = "outside"


class Alerts(_Model):
    """So many alerts of the incident within so long a time."""

    at_least: Annotated[int, Field(ge=1)]
    within: PositiveDuration


class Conditions(_Model):
    """What must hold when a level is reached; all that is written (E8)."""

    severity: Annotated[
        tuple[Severity, ...], Field(description="Any of these severities, as they are then.")
    ] = ()
    working_hours: Annotated[
        Side | None, Field(description="inside or outside the organisation's working hours.")
    ] = None
    between: Annotated[Between | None, Field(description="Hours of the day in a time zone.")] = None
    alerts: Annotated[Alerts | None, Field(description="A number of alerts within a time.")] = None

    @model_validator(mode="after")
    def _at_least_one(self) -> Self:
        if not (self.severity or self.alerts or self.will_pass):
            raise ValueError("write at least one of severity:, working_hours:, between: or alerts:")
        return self

    @property
    def will_pass(self) -> bool:
        """Whether it may hold later by the clock alone."""
        return self.working_hours is not None or self.between is not None


@dataclass(frozen=True)
class Unmet:
    """Why conditions do not hold; `until` is when the clock alone may change that, None: it cannot."""

    reason: str
    until: datetime | None


def unmet(
    conditions: Conditions,
    severity: Severity,
    alerts: tuple[AwareDatetime, ...],
    working_hours: WorkingHours,
    now: datetime,
) -> Unmet | None:
    """What does not hold now, or None when everything does."""
    lasting = [*_severity(conditions, severity), *_alerts(conditions, alerts, now)]
    passing = [*_hours(conditions, working_hours, now)]
    if not lasting and not passing:
        return None
    reason = "; ".join([*lasting, *(each for each, _ in passing)])
    return Unmet(reason, None if lasting else max(opens for _, opens in passing))


def _severity(conditions: Conditions, severity: Severity) -> Iterator[str]:
    if conditions.severity and severity not in conditions.severity:
        wanted = " or ".join(str(int(each)) for each in conditions.severity)
        yield f"it is for severity {wanted}, and this is {int(severity)}"


def _alerts(conditions: Conditions, alerts: tuple[AwareDatetime, ...], now: datetime) -> Iterator[str]:
    if (wanted := conditions.alerts) is None:
        return
    came = sum(now - wanted.within < at <= now for at in alerts)
    if came < wanted.at_least:
        yield f"it is for {wanted.at_least} alerts in {write_duration(wanted.within)}, and {came} came"


def _hours(
    conditions: Conditions, working_hours: WorkingHours, now: datetime
) -> Iterator[tuple[str, datetime]]:
    """What keeps it closed, and when that ends."""
    if (hours := conditions.between) and not hours.open_at(now):
        yield f"it is for {hours.start:%H:%M} to {hours.end:%H:%M} in {hours.timezone}", hours.next_open(now)
    if conditions.working_hours is Side.INSIDE and not working_hours.open_at(now):
        yield "it is for working hours", working_hours.next_open(now)
    if conditions.working_hours is Side.OUTSIDE and working_hours.open_at(now):
        yield "it is for the time outside working hours", working_hours.next_closed(now)
