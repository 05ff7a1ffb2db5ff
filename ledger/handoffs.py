"""Which duties changed hands since somebody looked last? Their notes are written once, also late.

Looking reads and waits for nobody; keeping what was found is one short transaction, which does nothing if
another process has looked meanwhile.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, desc, or_, select

from incident.configuration import Configuration
from incident.errors import NotFoundError
from incident.handoff import Change, Duty, HandoffNote, changes
from incident.handoff_note import AHEAD, services_of, write_note
from incident.oncall import HORIZON, final_schedule
from incident.schedule import Schedule
from incident.story import Story
from ledger.agenda import agenda, schedules_in_force
from ledger.configurations import configuration_in_force
from ledger.handoff_tables import DutyRow, HandoffMessageRow, HandoffRow
from ledger.remarks import remarks_for, take_remarks
from ledger.story import tell
from ledger.tables import IncidentRow
from ledger.turns import Turn, take_turn

KEPT_EVERY = timedelta(minutes=1)
"""How often it is written down that nothing has changed."""
MISSED = 10
"""How many changes of one schedule are noted after an outage; the newest one is sent."""
TOLD = 50
"""How many incidents one note may tell about."""


@dataclass(frozen=True)
class Look:
    """What was found about one schedule, from `since` (None: it was never looked at) to `until`."""

    schedule: str
    since: datetime | None
    until: datetime
    duty: Duty
    notes: tuple[HandoffNote, ...]


def look(session: Session, now: datetime) -> tuple[Look, ...]:
    """What is to be kept: changes of hands up to now, and that there were none, once a minute."""
    try:
        configuration = configuration_in_force(session)[1]
    except NotFoundError:  # before the first configuration nobody has a duty
        return ()
    known = {row.schedule: row for row in session.exec(select(DutyRow))}
    looks = (
        _look(session, configuration, name, schedule, known.get(name), now)
        for name, schedule in schedules_in_force(session, now - HORIZON).items()
    )
    return tuple(
        each for each in looks if each.notes or each.since is None or each.until - each.since >= KEPT_EVERY
    )


def keep(session: Session, looks: Iterable[Look], now: datetime) -> int:
    """Write down what was found, and whom to tell; returns how many notes are new."""
    take_turn(session, Turn.HANDOFFS)
    return sum(_keep(session, each, now) for each in looks)


def draft(session: Session, name: str, at: datetime) -> HandoffNote:
    """What the note would say if the duty changed hands at this instant.

    Raises:
        NotFoundError: there is no such schedule.
    """
    schedule = schedules_in_force(session, at - HORIZON).get(name)
    if schedule is None:
        raise NotFoundError(f"{name!r} is not under schedules:")
    _, duty = changes(Duty((), at), final_schedule(schedule, at - HORIZON, at))
    later = final_schedule(schedule, at, at + AHEAD)
    incoming = next((each.on_call for each in later if each.on_call not in ((), duty.people)), ())
    change = Change(at, duty.since, duty.people, incoming)
    return _note(session, configuration_in_force(session)[1], name, schedule, change)


def handoffs(
    session: Session, schedule: str = "", before: datetime | None = None, limit: int = 50
) -> Sequence[HandoffRow]:
    """The newest notes, newest first: of one schedule or of all, of changes not after an instant."""
    query = select(HandoffRow).order_by(desc(col(HandoffRow.at)), desc(col(HandoffRow.id))).limit(limit)
    if schedule:
        query = query.where(HandoffRow.schedule == schedule)
    if before:
        query = query.where(col(HandoffRow.at) <= before)
    return session.exec(query).all()


def find_handoff(session: Session, number: int) -> HandoffRow:
    """One note by its number.

    Raises:
        NotFoundError: there is none.
    """
    row = session.get(HandoffRow, number)
    if row is None:
        raise NotFoundError(f"there is no handoff note {number}")
    return row


def _look(
    session: Session,
    configuration: Configuration,
    name: str,
    schedule: Schedule,
    known: DutyRow | None,
    now: datetime,
) -> Look:
    start = max(known.until, now - HORIZON) if known else now - HORIZON
    before = Duty(known.people, known.since) if known else Duty((), start)
    found, duty = changes(before, final_schedule(schedule, start, now) if start < now else ())
    missed = found[-MISSED:] if known else ()
    notes = tuple(_note(session, configuration, name, schedule, change) for change in missed)
    return Look(name, known.until if known else None, now, duty, notes)


def _note(
    session: Session, configuration: Configuration, name: str, schedule: Schedule, change: Change
) -> HandoffNote:
    return write_note(
        name,
        schedule,
        change,
        _stories(session, services_of(configuration, name), change),
        agenda(schedule, change.at, change.at + AHEAD),
        remarks_for(session, name, change.at),
    )


def _stories(session: Session, services: Iterable[str], change: Change) -> list[Story]:
    row = IncidentRow
    query = (
        select(row.key)
        .where(col(row.service).in_(list(services)), col(row.opened_at) < change.at)
        .where(or_(col(row.resolved_at).is_(None), col(row.resolved_at) > change.since))
        .where(or_(col(row.closed_at).is_(None), col(row.closed_at) > change.since))
        .order_by(desc(col(row.id)))
        .limit(TOLD)
    )
    return [tell(session, key) for key in session.exec(query)]


def _keep(session: Session, found: Look, now: datetime) -> int:
    row = session.get(DutyRow, found.schedule, populate_existing=True)
    if (row.until if row else None) != found.since:
        return 0
    people, since = found.duty.people, found.duty.since
    row = row or DutyRow(schedule=found.schedule, people=people, since=since, until=found.until)
    row.people, row.since, row.until = people, since, found.until
    session.add(row)
    for note in found.notes:
        handoff = HandoffRow(schedule=found.schedule, at=note.at, noted_at=now, note=note)
        session.add(handoff)
        session.flush()
        take_remarks(session, handoff)
        if note is found.notes[-1]:
            session.add_all(
                HandoffMessageRow(handoff_id=handoff.id or 0, person=person, due_at=now)
                for person in note.concerned
            )
    return len(found.notes)
