"""What do the schedules in force say over a window? The one source of the calendar and of handoff notes."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from incident.agenda import Stretch, planned, stretches
from incident.coverage import coverage_gaps
from incident.imports import is_imported
from incident.oncall import HORIZON, final_schedule
from incident.override import Fixed
from incident.schedule import Schedule
from ledger.rotas import schedules_at


def schedules_in_force(session: Session, since: datetime) -> Mapping[str, Schedule]:
    """Every schedule by its name, to be asked for any time from an instant on."""
    return schedules_at(session, since + HORIZON)


def agenda(schedule: Schedule, start: datetime, end: datetime) -> tuple[Stretch, ...]:
    """Who is on call over a window, instead of whom, and why nobody."""
    imported = tuple(each for each in schedule.overrides if is_imported(each))
    alone = schedule.model_copy(update={"overrides": imported})
    plans = tuple(each for each in schedule.overrides if isinstance(each, Fixed))
    plan = final_schedule(alone, start, end)
    if plans:
        made_by_hand = schedule.model_copy(update={"overrides": plans})
        plan = planned(plan, final_schedule(made_by_hand, start, end))
    return stretches(final_schedule(schedule, start, end), plan, coverage_gaps(schedule, start, end))
