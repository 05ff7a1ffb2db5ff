"""Who looks at a calendar: at which schedules, on whose wall clock, by whose link?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from incident.agenda import Stretch
from incident.calendar import Period, View, period
from incident.errors import NotFoundError
from incident.publication import CalendarOf
from incident.restriction import Interval
from incident.schedule import Schedule
from incident.wall_clock import WallClock, known_zone
from ledger.agenda import agenda, schedules_in_force
from service.web.frame import person_frame, person_of, plain_frame
from tasks.surroundings import here
from templates.pages import Actor
from templates.words import fill, words

REACH = timedelta(days=2 * 365)
"""How far from now the calendar goes; a date beyond is taken as the last one within."""

Rows = Mapping[str, tuple[Stretch, ...]]


@dataclass(frozen=True)
class Reader:
    """Who looks: at which schedules, at what time, on which wall clock."""

    frame: Mapping[str, Any]
    all_schedules: Mapping[str, Schedule]
    schedule: str
    zone: str
    problem: str

    @property
    def now(self) -> datetime:
        """The instant of the look."""
        now: datetime = self.frame["now"]
        return now

    @property
    def clock(self) -> WallClock:
        """What hangs on the reader's wall."""
        return WallClock(self.zone)

    @property
    def today(self) -> date:
        """The reader's day."""
        return self.clock.wall(self.now).date()

    @property
    def zones(self) -> tuple[str, ...]:
        """The zones of the schedules first, then UTC."""
        return tuple(dict.fromkeys([*(each.timezone for each in self.all_schedules.values()), "UTC"]))

    def within_reach(self, day: date | None) -> date:
        """The day that was asked for, today without one, or the last one that the calendar goes to."""
        return min(max(day or self.today, self.today - REACH), self.today + REACH)

    def whole(self, shown: Period) -> Interval:
        """The instants of a period itself, without the days that fill its weeks up."""
        first, last = (period(View.DAY, day).window(self.clock) for day in (shown.first, shown.last))
        return first[0], last[1]

    def rows(self, known: Interval) -> Rows:
        """What the chosen schedules say over a window."""
        chosen = [self.schedule] if self.schedule else self.all_schedules
        in_force = here().ledger.read(schedules_in_force, known[0])
        return {name: agenda(in_force[name], *known) for name in chosen}

    def is_(self, person: str) -> bool:
        """Whether this person looks, by their own link."""
        actor: Actor | None = self.frame.get("actor")
        return actor is not None and actor.person == person

    def feed(self, whose: CalendarOf, name: str) -> str:
        """The address of a calendar to subscribe to; only colleagues with a personal link get one."""
        return here().links.feed(whose, name) if name and self.frame.get("actor") else ""

    def common(self, shown: Period, known: Interval) -> dict[str, Any]:
        """The common values of the pages about schedules; beyond `known` nothing was looked up."""
        asked = {
            "view": shown.view.value,
            "date": "" if shown.first <= self.today <= shown.last else shown.first.isoformat(),
            "schedule": self.schedule,
            "zone": "" if self.problem else self.zone,
        }
        return {
            **self.frame,
            "zone": self.zone,
            "asked": asked,
            "shown": shown,
            "known": known,
            "problem": self.problem,
            "zones": self.zones,
        }


def frame_for(token: str) -> dict[str, Any]:
    """The common values of a page that everybody may see, as the holder of a personal link sees it.

    Raises:
        ConfidenceError: there is a link, and it is not ours, expired, or for something else.
    """
    return person_frame(person_of(token), token) if token else plain_frame()


def reader_of(schedule: str, zone: str, token: str) -> Reader:
    """Whoever asks for this schedule (empty: all) and zone (empty, or unknown: that of the schedule).

    Raises:
        NotFoundError: there is no such schedule.
        ConfidenceError: the personal link is not ours, expired, or for something else.
    """
    frame = frame_for(token)
    known = here().ledger.read(schedules_in_force, frame["now"])
    if schedule and schedule not in known:
        names = ", ".join(sorted(known)) or "none"
        raise NotFoundError(f"{schedule!r} is not under schedules:; known: {names}")
    first = known.get(schedule) or next(iter(known.values()), None)
    problem, used = "", zone.strip()
    try:
        used = known_zone(used) if used else (first.timezone if first else "UTC")
    except ValueError:
        sentence = words(frame["language"])["calendar"]["unknown_zone"]
        problem, used = fill(sentence, zone=used), first.timezone if first else "UTC"
    return Reader(frame, known, schedule, used, problem)
