"""How long may a decision take before the proposal is used and one level more is paged?"""

from datetime import timedelta
from typing import Annotated, assert_never

from pydantic import BaseModel, ConfigDict, Field

from incident.duration import PositiveDuration
from incident.severity import Severity


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Deadlines(_Model):
    """The deadlines of one severity."""

    assess: Annotated[PositiveDuration, Field(description="From the alert to the assessment.")]
    resolve: Annotated[PositiveDuration, Field(description="Between two decisions while working on it.")]
    next_update: Annotated[PositiveDuration, Field(description="Promised to customers.")]


def _deadlines(assess: int, resolve: int, update: int) -> Deadlines:
    minutes = [timedelta(minutes=m) for m in (assess, resolve, update)]
    return Deadlines(assess=minutes[0], resolve=minutes[1], next_update=minutes[2])


class SeverityDeadlines(_Model):
    """The deadlines of each severity."""

    critical: Deadlines = _deadlines(10, 30, 30)
    major: Deadlines = _deadlines(20, 60, 60)
    minor: Deadlines = _deadlines(240, 480, 480)

    def of(self, severity: Severity) -> Deadlines:
        """Those of one severity."""
        match severity:
            case Severity.CRITICAL:
                return self.critical
            case Severity.MAJOR:
                return self.major
            case Severity.MINOR:
                return self.minor
            case _:
                assert_never(severity)
