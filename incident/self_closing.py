"""May an incident close itself? Only one of severity 3, if its service says after how long; else never."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from incident.duration import PositiveDuration, write_duration
from incident.severity import Severity

NEVER = "never"


def _never_is_none(value: Any) -> Any:
    return None if value == NEVER else value


class CloseItself(BaseModel):
    """When an incident of severity 3 may close itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    after: Annotated[
        PositiveDuration | None,
        BeforeValidator(_never_is_none, json_schema_input_type=str | None),
        Field(description="So long after its last alert has recovered, unless one fires again; or never."),
    ]


class Closing(BaseModel):
    """An incident closes itself then, and why."""

    model_config = ConfigDict(frozen=True)

    at: AwareDatetime
    reason: str


def closing(severity: Severity, recovered_at: datetime, after: timedelta | None) -> Closing | None:
    """When an incident whose alerts have all recovered closes itself; None: a person decides."""
    if after is None or severity is not Severity.MINOR:
        return None
    reason = f"all alerts have recovered, and severity 3 closes itself after {write_duration(after)}"
    return Closing(at=recovered_at + after, reason=reason)
