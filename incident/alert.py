"""What is an alert, whatever monitor it came from?"""

import re
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class AlertStatus(StrEnum):
    """What the monitor says about the condition."""

    FIRING = "firing"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    INFO = "info"


class AlertSeverity(StrEnum):
    """The monitor's own urgency, normalised; not the incident's severity."""

    CRITICAL = "critical"
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    UNKNOWN = "unknown"


_WORDS = {
    AlertSeverity.CRITICAL: "critical crit fatal severe urgent emergency emerg panic disaster blocker"
    " alert page down p0 p1 s0 s1 sev0 sev1",
    AlertSeverity.ERROR: "error err major high average p2 s2 sev2",
    AlertSeverity.WARNING: "warning warn minor moderate medium low ticket p3 p4 s3 s4 sev3 sev4",
    AlertSeverity.INFO: "info information informational notice debug verbose none ok up p5 s5 sev5",
}
_SEVERITY_OF_WORD = {word: severity for severity, words in _WORDS.items() for word in words.split()}


def read_severity(native: str | None) -> AlertSeverity:
    """The normalised urgency of a monitor's word for it; where monitors differ about a word, the higher one.

    Unknown words stay unknown instead of being guessed. So do bare numbers: 1 is the worst for some monitors
    and the least for others.
    """
    return _SEVERITY_OF_WORD.get("".join(re.findall(r"\w+", (native or "").lower())), AlertSeverity.UNKNOWN)


class Alert(BaseModel):
    """One condition as one monitor sees it, in the words that the whole product uses."""

    model_config = ConfigDict(frozen=True)

    source: Annotated[str, Field(description="The door it came through, such as alertmanager.")]
    fingerprint: Annotated[str, Field(description="Names the condition; equal over re-fires and recovery.")]
    status: AlertStatus
    title: str
    description: str = ""
    severity: AlertSeverity = AlertSeverity.UNKNOWN
    severity_native: Annotated[str | None, Field(description="The monitor's own word, as it came.")] = None
    service: Annotated[str | None, Field(description="The service that the monitor names, if any.")] = None
    labels: dict[str, str] = {}
    starts_at: Annotated[AwareDatetime | None, Field(description="UTC; None: the monitor did not say.")] = (
        None
    )
    ends_at: Annotated[AwareDatetime | None, Field(description="UTC; None while it lasts.")] = None
    url: Annotated[str | None, Field(description="Where the monitor shows it.")] = None

    def episode(self, received_at: datetime) -> str:
        """Names this firing of the condition: a re-fire after a recovery has another start."""
        return f"{self.fingerprint}@{(self.starts_at or received_at).isoformat()}"


class EndState(StrEnum):
    """The closed set of what became of an accepted alert."""

    OPENED = "opened"
    ATTACHED = "attached"
    RESOLVED = "resolved"
    SILENCED = "silenced"
    INHIBITED = "inhibited"
    IN_MAINTENANCE = "in_maintenance"
    BELOW_THRESHOLD = "below_threshold"
    DUPLICATE = "duplicate"
