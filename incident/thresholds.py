"""Is it enough to open an incident? So many alerts in so long a time, and a minimum severity."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from incident.alert import AlertSeverity
from incident.duration import PositiveDuration, write_duration
from incident.matching import Matcher, match_all

_FROM_WORST = (
    AlertSeverity.CRITICAL,
    AlertSeverity.ERROR,
    AlertSeverity.WARNING,
    AlertSeverity.INFO,
)


class Threshold(BaseModel):
    """Alerts that count only when so many of them come; the first rule that fits is the only one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    match: Annotated[tuple[Matcher, ...], Field(min_length=1, description="Which alerts; all must be met.")]
    at_least: Annotated[int, Field(ge=2, le=1000, description="So many alerts of one service ...")]
    within: Annotated[PositiveDuration, Field(description="... within this time.")]
    by: Annotated[tuple[str, ...], Field(description="Counted for each value of these labels.")] = ()

    def key(self, labels: Mapping[str, str]) -> str:
        """Names what is counted together: the rule, the service and the values of the labels."""
        values = [self.model_dump_json(), labels.get("@service", ""), *(labels.get(n, "") for n in self.by)]
        return hashlib.sha256("\0".join(values).encode("utf-8", "replace")).hexdigest()[:40]


class Tally(BaseModel):
    """How many have come, with this one."""

    model_config = ConfigDict(frozen=True)

    rule: Annotated[int, Field(description="Its place under thresholds:, from 0.")]
    threshold: Threshold
    key: str = ""
    came: int

    @property
    def enough(self) -> bool:
        """Has the threshold been reached?"""
        return self.came >= self.threshold.at_least

    @property
    def label(self) -> str:
        """What alerts are suppressed by that are too few."""
        return f"threshold {self.key}"

    @property
    def words(self) -> str:
        """The count in words, such as `thresholds[0]: 2 of 3 alerts within 10m`."""
        wanted, within = self.threshold.at_least, write_duration(self.threshold.within)
        return f"thresholds[{self.rule}]: {min(self.came, wanted)} of {wanted} alerts within {within}"


def threshold_for(thresholds: Sequence[Threshold], labels: Mapping[str, str]) -> tuple[int, Threshold] | None:
    """The first threshold that an alert with these labels counts for, with its place."""
    fitting = (pair for pair in enumerate(thresholds) if match_all(pair[1].match, labels))
    return next(fitting, None)


def too_mild(severity: AlertSeverity, minimum: AlertSeverity | None) -> bool:
    """Is it below the minimum? An unknown severity never is: nobody has said that it is harmless."""
    if minimum is None or severity not in _FROM_WORST or minimum not in _FROM_WORST:
        return False
    return _FROM_WORST.index(severity) > _FROM_WORST.index(minimum)
