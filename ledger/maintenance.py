"""Which maintenance windows are there, who made them, and who has ended one early?

Those of `incident.yaml` and those that people make at run time are asked together, by `ledger.quiet.windows`.
Nothing is deleted; of a window that comes again, one time can be ended alone.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlmodel import Session, col, desc, select

from incident.configuration import Configuration
from incident.errors import AnswerError, NotFoundError, TransitionError
from incident.maintenance import Maintenance
from incident.quiet import QuietKind
from incident.silences import FARTHEST_START
from incident.window import LONGEST_WINDOW, Window, problem_of
from ledger.configurations import configuration_in_force
from ledger.quiet import NUMBERED, as_maintenance, move_timers, windows
from ledger.quiet_tables import MaintenanceCutRow, MaintenanceRow
from ledger.rota_turn import Actor
from ledger.turns import Turn, take_turn


def add_maintenance(
    session: Session, window: Window, actor: Actor, now: datetime, *, key: UUID | None = None
) -> Maintenance:
    """Make a window; the same one again, by its key or by everything in it, is the one that is there.

    Raises:
        AnswerError: it is over, never comes, never ends or names a service that is not known.
    """
    take_turn(session, Turn.TRIAGE)
    _, configuration = configuration_in_force(session)
    if problems := _problems(window, configuration, now):
        raise AnswerError(problems)
    row = _same(session, window, actor, key)
    if row is None:
        row = MaintenanceRow(
            key=str(key or uuid4()),
            window=window,
            by=actor.person,
            via=actor.via,
            made_at=now,
            over_at=_over_at(window),
        )
        session.add(row)
        session.flush()
    return as_maintenance(row, {})


def end_maintenance(
    session: Session, name: str, actor: Actor, now: datetime, *, only_this_time: bool = False
) -> Maintenance:
    """End a window now, or only the time of it that is now; before it began, it never was.

    Of one in incident.yaml only the time that is now can be ended here. What still fires is looked at at
    once. Ending again what has been ended changes nothing.

    Raises:
        NotFoundError: there is no such window; the message lists those that are.
        TransitionError: it is not now, or over.
    """
    take_turn(session, Turn.TRIAGE)
    _, configuration = configuration_in_force(session)
    ended = find_maintenance(session, configuration, name, now)
    if ended.ended_at is not None:
        return ended
    if only_this_time or name in configuration.maintenance:
        _cut(session, ended, actor, now)
    else:
        row = session.get_one(MaintenanceRow, int(name.removeprefix(NUMBERED)))
        row.ended_at, row.ended_by = now, actor.person
        session.add(row)
    move_timers(session, f"{QuietKind.MAINTENANCE} {name}", now)
    return find_maintenance(session, configuration, name, now)


def find_maintenance(session: Session, configuration: Configuration, name: str, now: datetime) -> Maintenance:
    """A window by its name, whether it is over or not.

    Raises:
        NotFoundError: there is none; the message lists those that are.
    """
    there = {each.name: each for each in windows(session, configuration, now)}
    if name in there:
        return there[name]
    number = name.removeprefix(NUMBERED)
    if name.startswith(NUMBERED) and number.isascii() and number.isdigit() and len(number) < len(str(2**31)):
        row = session.get(MaintenanceRow, int(number), populate_existing=True)
        if row is not None:
            return as_maintenance(row, {})
    raise NotFoundError(f"there is no maintenance {name!r}; there are: {', '.join(there) or 'none'}")


def past_maintenance(session: Session, now: datetime, limit: int = 200) -> Sequence[MaintenanceRow]:
    """The windows made at run time that are over or were ended, newest first."""
    over = col(MaintenanceRow.ended_at).is_not(None) | (col(MaintenanceRow.over_at) <= now)
    return session.exec(
        select(MaintenanceRow).where(over).order_by(desc(col(MaintenanceRow.id))).limit(limit)
    ).all()


def maintenance_row(session: Session, name: str) -> MaintenanceRow | None:
    """Who made a window, and who ended it; None for one of incident.yaml."""
    number = name.removeprefix(NUMBERED)
    return session.get(MaintenanceRow, int(number)) if name.startswith(NUMBERED) else None


def _cut(session: Session, window: Maintenance, actor: Actor, now: datetime) -> None:
    time = window.time_at(now)
    if time is None:
        coming = window.coming(now)
        when = f"; it comes next at {coming[0]:%Y-%m-%d %H:%M} UTC" if coming else ""
        raise TransitionError(f"maintenance {window.name} is not now{when}")
    cut = MaintenanceCutRow(
        window=window.name,
        starts_at=time[0],
        until=time[1],
        ended_at=now,
        ended_by=actor.person,
        via=actor.via,
    )
    session.add(cut)
    session.flush()


def _problems(window: Window, configuration: Configuration, now: datetime) -> list[str]:
    strangers = [name for name in window.services if name not in configuration.services]
    known = ", ".join(sorted(configuration.services))
    problems = [f"services: {name!r} is not under services:; known: {known}" for name in strangers]
    if problem := problem_of(window):
        problems.append(problem)
    elif not Maintenance(name="", window=window).times(now, max(now, window.start) + FARTHEST_START):
        problems.append("end: it is over already; write a later one")
    if window.start - now > FARTHEST_START:
        problems.append(f"start: it is more than {FARTHEST_START.days} days away; write an earlier start")
    return problems


def _over_at(window: Window) -> datetime | None:
    """From when on nobody needs to ask for it any more."""
    if window.repeat is None:
        return window.end or window.start + (window.for_ or LONGEST_WINDOW)
    return window.until + LONGEST_WINDOW if window.until else None


def _same(session: Session, window: Window, actor: Actor, key: UUID | None) -> MaintenanceRow | None:
    if key is not None:
        return session.exec(select(MaintenanceRow).where(MaintenanceRow.key == str(key))).first()
    query = select(MaintenanceRow).where(
        MaintenanceRow.by == actor.person, col(MaintenanceRow.ended_at).is_(None)
    )
    return next((row for row in session.exec(query) if row.window == window), None)
