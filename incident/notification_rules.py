"""How does somebody want to be notified, how soon, and when not? Personal rules, as people write them."""

from datetime import datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Self, assert_never

from pydantic import BaseModel, ConfigDict, Field, model_validator

from incident.duration import Duration, write_duration
from incident.restriction import DailyRestriction, Day, TimeOfDay, windows
from incident.severity import Severity
from incident.wall_clock import WallClock

_LONGER_THAN_ANY = timedelta(days=2)
"""Quiet hours last less than a day, so those of two days never touch."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Urgency(StrEnum):
    """How much a page may disturb."""

    HIGH = "high"
    LOW = "low"


class UrgencyBySeverity(_Model):
    """Which urgency a page has while its incident has this severity."""

    critical: Urgency = Urgency.HIGH
    major: Urgency = Urgency.HIGH
    minor: Urgency = Urgency.LOW

    def of(self, severity: Severity) -> Urgency:
        """That of one severity."""
        match severity:
            case Severity.CRITICAL:
                return self.critical
            case Severity.MAJOR:
                return self.major
            case Severity.MINOR:
                return self.minor
            case _:
                assert_never(severity)


class Rule(_Model):
    """One method of a person, and how long after the page it is used while nobody has answered (E13)."""

    by: Annotated[str, Field(description="A contact of the person: its name, else its connection.")]
    after: Annotated[Duration, Field(description="Elapsed time since the page; 0s is at once.")] = timedelta()

    def __str__(self) -> str:
        return f"{self.by} after {write_duration(self.after)}" if self.after else f"{self.by} at once"


class QuietHours(_Model):
    """When pages of low urgency wait, on the wall clock of the person."""

    start: Annotated[TimeOfDay, Field(description='Local time at which they begin: "22:00".')] = time(22)
    end: Annotated[TimeOfDay, Field(description="When they end; not after start: on the next day.")] = time(7)
    days: Annotated[
        tuple[Day, ...] | None, Field(min_length=1, description="Days on which they begin; every day.")
    ] = None

    @model_validator(mode="after")
    def _leaves_some_of_the_day(self) -> Self:
        if self.start == self.end:
            raise ValueError("start and end are the same: that would be quiet all day; write two times")
        return self

    def over(self, at: datetime, zone: str) -> datetime:
        """The instant itself, or the end of the quiet hours that it falls into."""
        daily = DailyRestriction(type="daily", start=self.start, end=self.end, days=self.days)
        quiet = windows((daily,), WallClock(zone), (at, at + _LONGER_THAN_ANY))
        return quiet[0][1] if quiet and quiet[0][0] <= at else at


class PersonalRules(_Model):
    """The methods of a person by urgency; for an urgency without any, the first contact is used."""

    high: Annotated[tuple[Rule, ...], Field(description="In the order of their times.")] = ()
    low: Annotated[tuple[Rule, ...], Field(description="In the order of their times.")] = ()
    quiet: Annotated[QuietHours | None, Field(description="Pages of low urgency wait until they end.")] = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        for urgency in Urgency:
            for one, other in pairwise(self.of(urgency)):
                if other.after < one.after:
                    raise ValueError(
                        f"{urgency}: {other} stands behind {one}; write them in the order of their times"
                    )
        return self

    def of(self, urgency: Urgency) -> tuple[Rule, ...]:
        """Those for one urgency."""
        match urgency:
            case Urgency.HIGH:
                return self.high
            case Urgency.LOW:
                return self.low
            case _:
                assert_never(urgency)
