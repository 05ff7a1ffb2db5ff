"""Who is on call, day by day? The calendar of all schedules, and the shifts of one person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from incident.agenda import PersonalShift, Stretch, shifts_of, within
from incident.calendar import Period, View, period, rows_of_days
from incident.errors import NotFoundError
from incident.oncall import HORIZON
from incident.publication import CalendarOf
from incident.restriction import Interval
from incident.schedule import Schedule
from incident.wall_clock import WallClock, known_zone
from ledger.agenda import agenda, schedules_in_force
from service.web.frame import person_frame, person_of, plain_frame
from tasks.surroundings import here
from templates.calendar import CalendarPage, ShiftsPage
from templates.pages import Actor, Page, render_page
from templates.words import fill, words

router = APIRouter(tags=["pages"], default_response_class=HTMLResponse)

REACH = timedelta(days=2 * 365)
"""How far from now the calendar goes; a date beyond is taken as the last one within."""

Rows = Mapping[str, tuple[Stretch, ...]]
Personal = Annotated[str, Query(alias="as", description="The token of a personal link.")]
Asked = Annotated[date | None, Query(alias="date", description="Any day of it; today.")]


@router.get("/calendar")
def show_calendar(
    day: Asked = None, view: View = View.MONTH, schedule: str = "", zone: str = "", personal: Personal = ""
) -> HTMLResponse:
    """A month, a week or a day of one schedule or of all, in the reader's time zone."""
    reader = _reader(schedule, zone, _frame(personal))
    shown = period(view, reader.within_reach(day))
    window = shown.window(reader.clock)
    known = window[0] - HORIZON, window[1] + HORIZON
    rows = reader.rows(known)
    page = CalendarPage(
        **reader.common(shown, known),
        feed_url=reader.feed(CalendarOf.SCHEDULE, schedule),
        today=reader.today,
        weeks=rows_of_days(shown, rows, reader.clock),
        schedules=tuple(reader.all_schedules),
        schedule=schedule,
        zones=reader.zones,
        notable=_notable(rows, reader.whole(shown)),
    )
    return _html(page, reader)


@router.get("/calendar/people/{person}")
def show_shifts(person: str, day: Asked = None, zone: str = "", personal: Personal = "") -> HTMLResponse:
    """When one person is on call: now, next, and all shifts of a month."""
    reader = _reader("", zone, _frame(personal))
    if person not in reader.frame["people"]:
        raise NotFoundError(f"{person!r} is not under people:")
    shown = period(View.MONTH, reader.within_reach(day))
    month = reader.whole(shown)
    known = min(month[0], reader.now) - HORIZON, max(month[1], reader.now) + HORIZON
    own = shifts_of(person, reader.rows(known))
    inside = tuple(shift for shift in own if shift.start < month[1] and month[0] < shift.end)
    page = ShiftsPage(
        **reader.common(shown, known),
        feed_url=reader.feed(CalendarOf.PERSON, person) if reader.is_(person) else "",
        person=person,
        shifts=inside,
        now_on=tuple(shift for shift in own if shift.start <= reader.now < shift.end),
        next_on=next((shift for shift in own if shift.start > reader.now), None),
        hours=_hours(inside, month),
        zones=reader.zones,
    )
    return _html(page, reader)


@dataclass(frozen=True)
class _Reader:
    """Who looks: at which schedules, at what time, on which wall clock."""

    frame: Mapping[str, Any]
    all_schedules: Mapping[str, Schedule]
    schedule: str
    zone: str
    problem: str

    @property
    def now(self) -> datetime:
        now: datetime = self.frame["now"]
        return now

    @property
    def clock(self) -> WallClock:
        return WallClock(self.zone)

    @property
    def today(self) -> date:
        return self.clock.wall(self.now).date()

    @property
    def zones(self) -> tuple[str, ...]:
        """The zones of the schedules first, then UTC."""
        return tuple(dict.fromkeys([*(each.timezone for each in self.all_schedules.values()), "UTC"]))

    def within_reach(self, day: date | None) -> date:
        return min(max(day or self.today, self.today - REACH), self.today + REACH)

    def whole(self, shown: Period) -> Interval:
        """The instants of a period itself, without the days that fill its weeks up."""
        first, last = (period(View.DAY, day).window(self.clock) for day in (shown.first, shown.last))
        return first[0], last[1]

    def rows(self, known: Interval) -> Rows:
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
        }


def _frame(token: str) -> dict[str, Any]:
    return person_frame(person_of(token), token) if token else plain_frame()


def _reader(schedule: str, zone: str, frame: Mapping[str, Any]) -> _Reader:
    """Whoever asks for this schedule (empty: all) and zone (empty, or unknown: that of the schedule).

    Raises:
        NotFoundError: there is no such schedule.
    """
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
    return _Reader(frame, known, schedule, used, problem)


def _notable(rows: Rows, window: Interval) -> tuple[tuple[str, Stretch], ...]:
    """What is not as planned, in the order of time."""
    found = [(name, each) for name, row in rows.items() for each in within(row, window)]
    return tuple(
        sorted(
            (entry for entry in found if entry[1].is_gap or entry[1].is_changed),
            key=lambda entry: entry[1].start,
        )
    )


def _hours(own: tuple[PersonalShift, ...], window: Interval) -> timedelta:
    """How long somebody is on call in a window; two schedules at once count once."""
    start, total = window[0], timedelta()
    for shift in own:
        begin, finish = max(shift.start, start), min(shift.end, window[1])
        if begin < finish:
            total, start = total + (finish - begin), finish
    return total


def _html(page: Page, reader: _Reader) -> HTMLResponse:
    return HTMLResponse(render_page(page), 422 if reader.problem else 200)
