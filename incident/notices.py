"""Who is to be told that somebody else has changed, or would change, when they are on call?"""

from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict

from incident.override import Override, people_in
from incident.wall_clock import WallClock


class NoticeKind(StrEnum):
    """What has happened, as the person who is told would put it."""

    ASKED = "asked"
    TAKEN = "taken"
    DECLINED = "declined"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"


class Notice(BaseModel):
    """What somebody is told: who did it, and for which time of which schedule."""

    model_config = ConfigDict(frozen=True)

    kind: NoticeKind
    by: str
    schedule: str
    timezone: str
    start: AwareDatetime
    end: AwareDatetime
    reason: str = ""
    override: Override | None = None

    def wall(self, instant: datetime) -> datetime:
        """What the wall clock of the schedule shows at an instant."""
        return WallClock(self.timezone).wall(instant)


def concerned(override: Override, by: str) -> tuple[str, ...]:
    """Whom an override is about, besides whoever makes it or withdraws it."""
    return tuple(sorted(people_in(override) - {by}))
