"""What do the schedules in force say over a window? The one source of the calendar and of handoff notes."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from incident.agenda import Stretch, stretches
from incident.coverage import coverage_gaps
from incident.oncall import final_schedule
from incident.schedule import Schedule
from ledger.configurations import configuration_in_force


def schedules_in_force(session: Session) -> Mapping[str, Schedule]:
    """Every schedule by its name."""
    return configuration_in_force(session)[1].schedules


def agenda(schedule: Schedule, start: datetime, end: datetime) -> tuple[Stretch, ...]:
    """Who is on call over a window, instead of whom, and why nobody."""
    return stretches(
        final_schedule(schedule, start, end),
        final_schedule(schedule.model_copy(update={"overrides": ()}), start, end),
        coverage_gaps(schedule, start, end),
    )
