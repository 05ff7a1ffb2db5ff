"""When does a duty change hands, and what does the note say that is written then?

A gap alone is no change of hands: whoever had the duty last hands it over to the next who comes, however
much later that is; if it is the same person, nothing is handed over.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from incident.lifecycle import Status
from incident.oncall import Shift
from incident.severity import Severity
from incident.wall_clock import WallClock


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


@dataclass(frozen=True, slots=True)
class Duty:
    """Who had the duty last, and since when."""

    people: tuple[str, ...]
    since: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """The moment in which a duty changes hands."""

    at: datetime
    since: datetime
    """When the shift that ends began."""
    outgoing: tuple[str, ...]
    incoming: tuple[str, ...]


def changes(duty: Duty, shifts: Iterable[Shift]) -> tuple[tuple[Change, ...], Duty]:
    """The changes of hands in a window of the final schedule, and how the duty stands at its end.

    `duty` is how it stood at the beginning; without people, whoever comes takes it over from nobody.
    """
    found: list[Change] = []
    for shift in shifts:
        if not shift.is_gap and shift.on_call != duty.people:
            if duty.people:
                found.append(Change(shift.start, duty.since, duty.people, shift.on_call))
            duty = Duty(shift.on_call, shift.start)
    return tuple(found), duty


class Remark(_Part):
    """What somebody wrote for the next."""

    at: AwareDatetime
    by: str
    text: str


class IncidentTold(_Part):
    """An incident as it stood when the duty changed hands."""

    key: str
    title: str
    service_title: str
    severity: Severity
    status: Status
    manager: str | None = None
    opened_at: AwareDatetime
    acknowledged_at: AwareDatetime | None = None
    acknowledged_by: str | None = None
    resolved_at: AwareDatetime | None = None

    @property
    def time_to_acknowledge(self) -> timedelta | None:
        """From opening to the acknowledgement; None without one."""
        return self.acknowledged_at - self.opened_at if self.acknowledged_at else None

    @property
    def lasted(self) -> timedelta | None:
        """From opening to the end of the impact; None while it goes on."""
        return self.resolved_at - self.opened_at if self.resolved_at else None


class PageTold(_Part):
    """Somebody was woken."""

    incident: str
    person: str
    at: AwareDatetime
    acknowledged_at: AwareDatetime | None = None


class ShiftTold(_Part):
    """Who is on call next; `instead_of` are those whom an override relieves."""

    start: AwareDatetime
    end: AwareDatetime
    on_call: tuple[str, ...]
    instead_of: tuple[str, ...] = ()


class GapTold(_Part):
    """When nobody will be on call for one reason: the first time, and how often in all."""

    start: AwareDatetime
    end: AwareDatetime
    reason: str
    times: int = 1


class HandoffNote(_Part):
    """What whoever comes gets to know from whoever goes."""

    schedule: str
    timezone: str
    since: AwareDatetime
    at: AwareDatetime
    outgoing: tuple[str, ...]
    incoming: tuple[str, ...]
    open: tuple[IncidentTold, ...] = ()
    ended: Annotated[
        tuple[IncidentTold, ...], Field(description="Open in the shift, and over at its end.")
    ] = ()
    pages: tuple[PageTold, ...] = ()
    shifts: tuple[ShiftTold, ...] = ()
    overrides: tuple[ShiftTold, ...] = ()
    gaps: tuple[GapTold, ...] = ()
    remarks: tuple[Remark, ...] = ()

    @property
    def concerned(self) -> tuple[str, ...]:
        """Those who come and those who go; whoever stays knows already."""
        stay = set(self.outgoing) & set(self.incoming)
        return tuple(each for each in dict.fromkeys((*self.incoming, *self.outgoing)) if each not in stay)

    def wall(self, instant: datetime) -> datetime:
        """What the clock of the schedule shows at an instant."""
        return WallClock(self.timezone).wall(instant)
