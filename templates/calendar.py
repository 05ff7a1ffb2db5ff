"""What must be known to show the calendar, and the shifts of one person?"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode

from pydantic import Field

from incident.agenda import Origin, PersonalShift, Stretch, origins_of
from incident.calendar import Day, Period
from incident.restriction import Interval
from incident.wall_clock import WallClock
from templates.pages import Page

TONES = 8
"""How many colours there are for people; names stand beside them always."""


class SchedulePage(Page):
    """What the pages about schedules have in common: whose wall clock, and what was asked for."""

    zone: Annotated[str, Field(description="All times on the page are on its wall clock.")]
    asked: Annotated[dict[str, str], Field(description="The query of this page; empty values left out.")]
    shown: Period
    known: Annotated[Interval, Field(description="Beyond it nothing was looked up.")]
    zones: Annotated[tuple[str, ...], Field(description="Proposed to choose from.")] = ()
    problem: str = ""
    feed_url: Annotated[str, Field(description="For the actor's calendar program to subscribe to.")] = ""

    def wall(self, instant: datetime) -> datetime:
        """What the reader's clock shows at an instant."""
        return WallClock(self.zone).wall(instant)

    def since(self, start: datetime) -> datetime | None:
        """The wall time of a beginning, if it is one: what was cut off began earlier."""
        return self.wall(start) if start > self.known[0] else None

    def until(self, end: datetime) -> datetime | None:
        """The wall time of an end, if it is one."""
        return self.wall(end) if end < self.known[1] else None

    def tone(self, people: tuple[str, ...]) -> int:
        """The colour of a person, the same on every page; of a group, that of its first."""
        order = sorted(self.people)
        return order.index(people[0]) % TONES if people and people[0] in order else TONES

    def address(self, path: str, **changes: str) -> str:
        """The address of a path with what was asked for here, some of it changed; empty leaves it out."""
        query = self.asked | changes | ({"as": self.actor.token} if self.actor else {})
        written = urlencode({name: value for name, value in query.items() if value})
        return f"{self.base_url}{path}" + (f"?{written}" if written else "")


@dataclass(frozen=True, slots=True)
class Gaps:
    """The times at which a schedule has nobody for the same reason."""

    schedule: str
    reason: str
    gaps: tuple[Stretch, ...]


class CalendarPage(SchedulePage):
    """GET /calendar: a month, a week or a day of one schedule, or of all."""

    template = "web/calendar.html"

    today: date
    weeks: tuple[tuple[Day, ...], ...]
    schedules: Annotated[tuple[str, ...], Field(description="All that there are.")]
    schedule: Annotated[str, Field(description="The one that was chosen; empty: all.")] = ""
    notable: Annotated[
        tuple[tuple[str, Stretch], ...], Field(description="Overrides and gaps of the period, by schedule.")
    ] = ()

    origins: Annotated[tuple[Origin, ...], Field(description="Who changed what in that time, and why.")] = ()

    @property
    def anchor(self) -> date:
        """The date that another view of the same place shows: today, if it is in sight."""
        return self.today if self.shown.first <= self.today <= self.shown.last else self.shown.first

    @property
    def overrides(self) -> tuple[tuple[str, Stretch], ...]:
        """Where somebody else is on call than planned."""
        return tuple((name, each) for name, each in self.notable if each.is_changed and not each.is_gap)

    def made(self, schedule: str, stretch: Stretch) -> tuple[Origin, ...]:
        """Who made the changes that a stretch comes from."""
        return origins_of(schedule, stretch, self.origins)

    @property
    def gaps(self) -> tuple[Gaps, ...]:
        """When nobody is on call, by schedule and reason."""
        groups: dict[tuple[str, str], list[Stretch]] = {}
        for name, each in self.notable:
            if each.is_gap:
                groups.setdefault((name, each.reason), []).append(each)
        return tuple(Gaps(name, reason, tuple(found)) for (name, reason), found in groups.items())

    @property
    def present(self) -> tuple[str, ...]:
        """Everybody who is on call in what is shown."""
        lanes = (lane for week in self.weeks for day in week for lane in day.lanes)
        people = {person for lane in lanes for piece in lane.pieces for person in piece.stretch.on_call}
        return tuple(sorted(people, key=lambda person: self.people.get(person, person)))


class ShiftsPage(SchedulePage):
    """GET /calendar/people/{person}: when one person is on call in a month, now, and next."""

    template = "web/shifts.html"

    person: str
    shifts: tuple[PersonalShift, ...]
    now_on: tuple[PersonalShift, ...] = ()
    next_on: PersonalShift | None = None
    hours: timedelta = timedelta()
