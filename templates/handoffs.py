"""What must be known to show handoff notes, and to write something for the next?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

from incident.handoff import HandoffNote, Remark
from incident.wall_clock import WallClock
from templates.pages import Page


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who gets a note: when it was sent, or why it was not."""

    person: str
    sent_at: datetime | None
    settled: bool
    problem: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A note in a list."""

    number: int
    note: HandoffNote


@dataclass(frozen=True, slots=True)
class ForTheNext:
    """What waits for the next note of a schedule."""

    schedule: str
    timezone: str
    remarks: tuple[Remark, ...]

    def wall(self, instant: datetime) -> datetime:
        """What the clock of the schedule shows at an instant."""
        return WallClock(self.timezone).wall(instant)


class HandoffsPage(Page):
    """GET /handoffs, also after POST /handoffs/remarks; with a personal link one can write for the next."""

    template = "web/handoffs.html"

    notes: tuple[Listed, ...]
    waiting: tuple[ForTheNext, ...]
    schedules: Annotated[tuple[str, ...], Field(description="Those that one can write for.")] = ()
    schedule: Annotated[str, Field(description="The one that was chosen; empty: all.")] = ""
    text: Annotated[str, Field(description="What was written, when it could not be kept.")] = ""
    problems: tuple[str, ...] = ()


class HandoffPage(Page):
    """GET /handoffs/{number}: one note as it was written."""

    template = "web/handoff.html"

    number: int
    note: HandoffNote
    noted_at: AwareDatetime
    told: tuple[Recipient, ...] = ()
