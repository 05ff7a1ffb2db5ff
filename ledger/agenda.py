"""What do the schedules in force say over a window? The one source of the calendar and of handoff notes."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from incident.agenda import Stretch, stretches
from incident.coverage import coverage_gaps
from incident.oncall import HORIZON, final_schedule
from incident.override import Fixed
from incident.schedule import Schedule
from ledger.rotas import schedules_at


def schedules_in_force(session: Session, since: datetime) -> Mapping[str, Schedule]:
    """Every schedule by its name, to be asked for any time from an instant on."""
    return schedules_at(session, since + HORIZON)


def agenda(schedule: Schedule, start: datetime, end: datetime) -> tuple[Stretch, ...]:
    """Who is on call over a window, instead of whom, and why nobody."""
    plans = tuple(each for each in schedule.overrides if isinstance(each, Fixed))
    return stretches(
        final_schedule(schedule, start, end),
        final_schedule(schedule.model_copy(update={"overrides": plans}), start, end),
        coverage_gaps(schedule, start, end),
    )
