"""What must be known to show who is awaited, and who is silent?"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from incident.heartbeat import Heartbeat, Watch
from templates.pages import Page


class Standing(StrEnum):
    """How it stands with one of them."""

    ALERT = "alert"
    LATE = "late"
    RUNNING = "running"
    WAITING = "waiting"
    WELL = "well"


@dataclass(frozen=True, slots=True)
class Awaited:
    """Somebody who is awaited."""

    name: str
    heartbeat: Heartbeat
    watch: Watch

    def standing(self, now: datetime) -> Standing:
        """How it stands with it."""
        if self.watch.trouble:
            return Standing.ALERT
        if self.watch.began_at:
            return Standing.RUNNING
        if self.watch.due_at and now > self.watch.due_at - self.heartbeat.grace:
            return Standing.LATE
        return Standing.WELL if self.watch.called_at else Standing.WAITING


class HeartbeatsPage(Page):
    """GET /heartbeats: who is awaited, who called when, and who is silent."""

    template = "web/heartbeats.html"

    awaited: tuple[Awaited, ...]
