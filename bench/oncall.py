"""What does it cost to ask who is on call, and what with a library of calendars instead?"""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import cycle, islice, repeat
from random import Random

from recurring_ical_events import CalendarQuery

from bench import calendar_library as library
from bench import rotas
from bench.table import Row, timed
from incident.oncall import final_schedule, on_call
from incident.schedule import Schedule, Unit

NEAR = timedelta(hours=12)
"""So far around a change of the clocks the library may answer otherwise: it does not know our rule (S4)."""
ANSWERS_COMPARED, ASKED_ONE_BY_ONE = 500, 20

Call = Callable[[], object]


def questions(_: int | None) -> list[Row]:
    """Both questions about the same two schedules, asked us and the library in the same run."""
    return [row for unit in (Unit.WEEK, Unit.HOUR) for row in _about(unit)]


def _about(unit: Unit) -> list[Row]:
    schedule = rotas.rotation(unit)
    text = rotas.as_calendar(schedule)
    calendar = library.read(text)
    _compare(schedule, calendar)
    moments, window = cycle(_instants(50)), rotas.DAYS_90
    return [
        *_rows(
            f"on call at T, a turn each {unit}",
            lambda: on_call(schedule, next(moments)),
            lambda: library.on_call(calendar, next(moments)),
            lambda: library.on_call(library.read(text), next(moments)),
        ),
        *_rows(
            f"90 days of final schedule, a turn each {unit}",
            lambda: final_schedule(schedule, *window),
            lambda: library.final_schedule(calendar, *window),
            lambda: library.final_schedule(library.read(text), *window),
        ),
    ]


def _rows(what: str, ours: Call, kept: Call, read_again: Call) -> list[Row]:
    measured = timed(ours)
    rows = [Row(what, measured.calls, str(measured))]
    for whose, call in (("calendar kept", kept), ("text read each time", read_again)):
        theirs = timed(call)
        ratio = f"{theirs.median / measured.median:,.0f} times ours"
        rows.append(Row(f"... recurring-ical-events, {whose}", theirs.calls, f"{theirs}; {ratio}"))
    return rows


def _compare(schedule: Schedule, calendar: CalendarQuery) -> None:
    """Refuse to measure two that give different answers.

    Raises:
        AssertionError: they do, at this instant.
    """
    pieces = library.final_schedule(calendar, *rotas.DAYS_90)
    shifts = final_schedule(schedule, *rotas.DAYS_90)
    for at in _instants(ANSWERS_COMPARED):
        ours = on_call(schedule, at)
        theirs = {people for start, end, people in pieces if start <= at < end}
        theirs |= {shift.on_call for shift in shifts if shift.start <= at < shift.end}
        if theirs != {ours}:
            raise AssertionError(f"at {at} we say {ours}, and the two final schedules {theirs}")
    for at in _instants(ASKED_ONE_BY_ONE):
        if (found := library.on_call(calendar, at)) != (ours := on_call(schedule, at)):
            raise AssertionError(f"at {at} we say {ours}, the library {found}")


def _instants(count: int) -> list[datetime]:
    """Seconds all over the 90 days, the same ones in each run, none near a change of the clocks."""
    chance = Random(count)
    start, end = rotas.DAYS_90
    seconds = int((end - start).total_seconds())
    found = (start + timedelta(seconds=chance.randrange(seconds)) for _ in repeat(None))
    return list(islice((at for at in found if abs(at - rotas.CHANGE_OF_THE_CLOCKS) > NEAR), count))
