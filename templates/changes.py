"""What must be known to show what somebody can change about schedules?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import Field

from incident.override import Override
from incident.wall_clock import WallClock
from templates.pages import Page


@dataclass(frozen=True, slots=True)
class OwnShift:
    """A shift of whoever looks."""

    schedule: str
    start: datetime
    end: datetime
    offered: bool = False


@dataclass(frozen=True, slots=True)
class OfferedShift:
    """A shift that can be taken."""

    id: int
    schedule: str
    person: str
    to: str | None
    start: datetime
    end: datetime
    expires_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Changed:
    """An override that holds or is to come."""

    id: int
    schedule: str
    override: Override
    start: datetime
    end: datetime
    by: str
    reason: str


class ChangesPage(Page):
    """GET and POST /oncall/changes: everything that its reader can do about schedules."""

    template = "web/changes.html"

    person: str
    zones: Annotated[dict[str, str], Field(description="Every schedule with its time zone.")]
    shifts: tuple[OwnShift, ...] = ()
    offers: Annotated[tuple[OfferedShift, ...], Field(description="All that are open.")] = ()
    changed: tuple[Changed, ...] = ()
    values: dict[str, str] = Field(default={}, description="What was entered before.")
    problems: tuple[str, ...] = ()
    warnings: Annotated[tuple[str, ...], Field(description="What comes of what was just stored.")] = ()

    @property
    def takeable(self) -> tuple[OfferedShift, ...]:
        """The offers of others that the reader may take."""
        return tuple(
            each for each in self.offers if each.person != self.person and each.to in (None, self.person)
        )

    @property
    def offered(self) -> tuple[OfferedShift, ...]:
        """The reader's own offers."""
        return tuple(each for each in self.offers if each.person == self.person)

    def wall(self, schedule: str, instant: datetime) -> datetime:
        """What the wall clock of a schedule shows at an instant."""
        return WallClock(self.zones.get(schedule, "UTC")).wall(instant)
