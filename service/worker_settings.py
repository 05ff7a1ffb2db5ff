"""What can be tuned about the incident worker, and where?

In its environment: `INCIDENT_WORKER_STARTS_AT_ONCE=4`. The defaults fit a Prefect server on SQLite.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

PREFIX = "INCIDENT_WORKER_"


class WorkerSettings(BaseModel):
    """The worker's pace."""

    model_config = ConfigDict(frozen=True)

    starts_at_once: int = Field(default=2, ge=1, description="Runs between claim and first line at one time.")
    poll_seconds: float = Field(default=2.0, ge=0.5, description="Pace of the safety net below the events.")
    heartbeat_seconds: int = Field(default=2, ge=1, description="Three missed heartbeats are a dead worker.")
    hand_back_seconds: float = Field(default=10.0, gt=0, description="Time for the runs in flight at a stop.")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """The settings that the environment names, and defaults for the rest."""
        given = {name: environment.get(f"{PREFIX}{name.upper()}") for name in cls.model_fields}
        return cls.model_validate({name: value for name, value in given.items() if value is not None})

    @property
    def heartbeat(self) -> timedelta:
        """The time from one heartbeat to the next."""
        return timedelta(seconds=self.heartbeat_seconds)

    @property
    def lookahead(self) -> timedelta:
        """How far ahead the polls look, so that a run starts on time even if a poll or two fails."""
        return timedelta(seconds=max(10.0, 5 * self.poll_seconds))
