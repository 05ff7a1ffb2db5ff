"""What is remembered of a condition, so that its next alert can be understood?"""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from incident.alert import Alert, AlertStatus
from incident.grouping import OpenIncident
from incident.outcomes import Attach, Open, Outcome, Resolve


class Condition(BaseModel):
    """A condition (source and fingerprint) as its last alert left it."""

    model_config = ConfigDict(frozen=True)

    status: Annotated[AlertStatus, Field(description="Firing or resolved.")] = AlertStatus.RESOLVED
    starts_at: Annotated[AwareDatetime | None, Field(description="Of its last firing.")] = None
    told: Annotated[
        AlertStatus | None, Field(description="What its incident was last told of this firing.")
    ] = None
    changes: Annotated[tuple[AwareDatetime, ...], Field(description="When it changed, oldest first.")] = ()
    flapping: bool = False
    incident: Annotated[OpenIncident | None, Field(description="The incident it belonged to last.")] = None

    @property
    def live(self) -> OpenIncident | None:
        """Its incident, if that is still open."""
        return self.incident if self.incident and self.incident.live else None

    def is_told(self, alert: Alert) -> bool:
        """Does its incident know of this firing already?

        A monitor that does not say when it began can only mean the same one while that is open.
        """
        return (
            self.told is AlertStatus.FIRING
            and self.is_same_firing(alert)
            and (alert.starts_at is not None or self.live is not None)
        )

    def is_same_firing(self, alert: Alert) -> bool:
        """Is this firing the one that goes on?"""
        return self.status is AlertStatus.FIRING and self.starts_at == alert.starts_at

    def has_fired_since(self, recovery: Alert) -> bool:
        """Is this the recovery of an earlier firing, which came late?"""
        if self.status is not AlertStatus.FIRING or self.starts_at is None:
            return False
        times = [at for at in (recovery.starts_at, recovery.ends_at) if at is not None]
        return bool(times) and max(times) < self.starts_at

    def changed_by(self, alert: Alert, at: datetime, keep: int) -> "Condition":
        """The condition with this alert and the last `keep` changes; its incident knows nothing of it yet."""
        changes = (*self.changes, at)[-keep:]
        if alert.status is AlertStatus.FIRING and not self.is_same_firing(alert):
            values = {"status": alert.status, "starts_at": alert.starts_at, "told": None}
            return self.model_copy(update={"changes": changes, **values})
        if (
            alert.status is AlertStatus.RESOLVED
            and self.status is AlertStatus.FIRING
            and not self.has_fired_since(alert)
        ):
            return self.model_copy(update={"changes": changes, "status": alert.status})
        return self

    def after(self, outcome: Outcome, *, flapping: bool) -> "Condition":
        """The condition after what became of its last alert."""
        told = self.told
        if isinstance(outcome, Open | Attach) and self.status is AlertStatus.FIRING:
            told = AlertStatus.FIRING
        elif isinstance(outcome, Resolve):
            told = AlertStatus.RESOLVED
        return self.model_copy(update={"told": told, "flapping": flapping})
