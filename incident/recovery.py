"""Has everything that an incident is about recovered? That decides nothing: its manager is asked."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from incident.alert import AlertStatus
from incident.decisions import Step


class Recovery(BaseModel):
    """How many of an incident's conditions have recovered."""

    model_config = ConfigDict(frozen=True)

    recovered: int = 0
    conditions: int = 0

    @property
    def complete(self) -> bool:
        """Does every monitor say that its condition has ended?"""
        return 0 < self.conditions == self.recovered

    @property
    def partial(self) -> bool:
        """Have some of them recovered, and not all?"""
        return 0 < self.recovered < self.conditions


def recovery_of(latest: Iterable[AlertStatus]) -> Recovery:
    """The recovery of an incident, by the latest status of each of its conditions."""
    stand = list(latest)
    return Recovery(recovered=stand.count(AlertStatus.RESOLVED), conditions=len(stand))


def proposed_step(recovered_at: datetime | None) -> dict[str, Any]:
    """What the form for the next step proposes: to go on, or that it is resolved."""
    if recovered_at is None:
        return {"step": Step.CONTINUE.value}
    text = f"All alerts have recovered since {recovered_at:%H:%M UTC}."
    return {"step": Step.RESOLVE.value, "text": text}
