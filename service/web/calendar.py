"""Who is on call, day by day? The calendar of all schedules, and the shifts of one person."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from incident.agenda import PersonalShift, Stretch, shifts_of, within
from incident.calendar import View, period, rows_of_days
from incident.errors import NotFoundError
from incident.oncall import HORIZON
from incident.publication import CalendarOf
from incident.restriction import Interval
from ledger.agenda import origins
from service.web.calendar_reader import Reader, Rows, reader_of
from tasks.surroundings import here
from templates.calendar import CalendarPage, ShiftsPage
from templates.pages import Page, render_page

router = APIRouter(tags=["pages"], default_response_class=HTMLResponse)

Personal = Annotated[str, Query(alias="as", description="The token of a personal link.")]
Asked = Annotated[date | None, Query(alias="date", description="Any day of it; today.")]


@router.get("/calendar")
def show_calendar(
    day: Asked = None, view: View = View.MONTH, schedule: str = "", zone: str = "", personal: Personal = ""
) -> HTMLResponse:
    """A month, a week or a day of one schedule or of all, in the reader's time zone."""
    reader = reader_of(schedule, zone, personal)
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
        notable=_notable(rows, reader.whole(shown)),
        origins=here().ledger.read(origins, *window),
    )
    return _html(page, reader)


@router.get("/calendar/people/{person}")
def show_shifts(person: str, day: Asked = None, zone: str = "", personal: Personal = "") -> HTMLResponse:
    """When one person is on call: now, next, and all shifts of a month."""
    reader = reader_of("", zone, personal)
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
    )
    return _html(page, reader)


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


def _html(page: Page, reader: Reader) -> HTMLResponse:
    return HTMLResponse(render_page(page), 422 if reader.problem else 200)
