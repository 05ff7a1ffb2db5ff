"""What do the schedules in force say over a window? The one source of the calendar and of handoff notes."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from incident.agenda import Origin, Stretch, planned, stretches
from incident.coverage import coverage_gaps
from incident.imports import is_imported
from incident.oncall import HORIZON, final_schedule
from incident.override import Fixed, people_in
from incident.schedule import Schedule
from ledger.rota_tables import OverrideRow
from ledger.rotas import schedules_at


def schedules_in_force(session: Session, since: datetime) -> Mapping[str, Schedule]:
    """Every schedule by its name, to be asked for any time from an instant on."""
    return schedules_at(session, since + HORIZON)


def origins(session: Session, start: datetime, end: datetime) -> tuple[Origin, ...]:
    """Who changed any schedule over a window, and why, as long as each change was left to be."""
    row = OverrideRow
    query = (
        select(row)
        .where(col(row.starts_at) < end, col(row.ends_at) > start, col(row.starts_at) < col(row.ends_at))
        .order_by(col(row.id))
    )
    return tuple(
        Origin(each.schedule, each.starts_at, each.ends_at, people_in(each.override), each.by, each.reason)
        for each in session.exec(query)
    )


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
