"""What must be known to show what is silenced and worked on, and to silence something?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import Field

from incident.wall_clock import WallClock
from templates.pages import Page

LASTING = ("30m", "1h", "2h", "4h", "8h", "24h", "7d")
"""How long a silence may be chosen to last; any other end can be written."""

REPEATS = ("daily", "weekdays", "weekly", "monthly")


@dataclass(frozen=True, slots=True)
class ShownSilence:
    """A silence."""

    id: int
    state: str
    matchers: tuple[str, ...]
    incident: str | None
    start: datetime
    end: datetime
    by: str
    comment: str
    ended_by: str | None = None


@dataclass(frozen=True, slots=True)
class ShownMaintenance:
    """A maintenance; `start` and `end` are of the time that is now, or of the next one."""

    name: str
    state: str
    about: tuple[str, ...]
    comment: str
    start: datetime | None
    end: datetime | None
    repeat: str
    in_file: bool
    by: str
    ended_by: str | None = None


@dataclass(frozen=True, slots=True)
class ShownMatch:
    """A condition of the last day that the silence would have been about."""

    title: str
    service: str
    source: str
    last_at: datetime
    incident: str | None


@dataclass(frozen=True, slots=True)
class ShownPreview:
    """What a silence would have been about in the last day."""

    alerts: int
    conditions: tuple[ShownMatch, ...]


class QuietPage(Page):
    """GET and POST /silences, and /incidents/{key}/silence: each form says in `do` what it does."""

    template = "web/silences.html"

    zone: Annotated[str, Field(description="On whose wall clock times are shown and written.")]
    silences: Annotated[tuple[ShownSilence, ...], Field(description="In force and to come.")] = ()
    maintenance: Annotated[tuple[ShownMaintenance, ...], Field(description="In force and to come.")] = ()
    past: Annotated[tuple[ShownSilence, ...], Field(description="Over, newest first.")] = ()
    past_maintenance: tuple[ShownMaintenance, ...] = ()
    services: tuple[str, ...] = ()
    incident: Annotated[str, Field(description="The key of the one that it was opened from.")] = ""
    key: Annotated[str, Field(description="A UUID: a form that is sent twice makes one silence.")] = ""
    values: dict[str, str] = Field(default={}, description="What was entered before, or is proposed.")
    problems: tuple[str, ...] = ()
    preview: ShownPreview | None = None

    @property
    def lasting(self) -> tuple[str, ...]:
        """The durations to choose from."""
        return LASTING

    @property
    def repeats(self) -> tuple[str, ...]:
        """The rules to choose from."""
        return REPEATS

    def wall(self, instant: datetime) -> datetime:
        """What the wall clock shows at an instant."""
        return WallClock(self.zone).wall(instant)
