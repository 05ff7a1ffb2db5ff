"""What have our calendars published, and what do they publish now?

Whoever asks for a feed has it brought up to date first: the shifts of today are compared with the rows, in
one turn with everything that changes schedules, and what differs is written down. So a shift that was told
is never just missing afterwards: it has moved, or it is cancelled.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, assert_never
from uuid import uuid4

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from incident.errors import NotFoundError
from incident.oncall import HORIZON
from incident.publication import (
    Announced,
    CalendarOf,
    Event,
    Moved,
    OwnShift,
    Revision,
    Withdrawn,
    known_from,
    revise,
    shifts_shown,
    shown,
)
from incident.schedule import Schedule
from ledger.calendar_tables import PublishedRow
from ledger.configurations import configuration_in_force
from ledger.rotas import schedules_at
from ledger.turns import Turn, take_turn


def is_up_to_date(session: Session, whose: CalendarOf, name: str, now: datetime) -> bool:
    """Does a calendar show what holds?"""
    return not _revisions(session, whose, name, now)


def publish(session: Session, whose: CalendarOf, name: str, now: datetime) -> None:
    """Bring everything that a calendar shows up to date; doing it again changes nothing."""
    take_turn(session, Turn.ROTAS)
    for revision in _revisions(session, whose, name, now):
        match revision:
            case Announced(shift):
                row = PublishedRow(uid=str(uuid4()), **_as_told(shift), changed_at=now)
            case Moved(event, shift):
                row = _changed(session, event, now)
                row.starts_at, row.ends_at, row.cancelled = shift.start, shift.end, False
            case Withdrawn(event):
                row = _changed(session, event, now)
                row.cancelled = True
            case _:
                assert_never(revision)
        session.add(row)


def published(session: Session, whose: CalendarOf, name: str, now: datetime) -> Sequence[Event]:
    """What a calendar shows, by the start of the shifts; cancelled ones are shown as such.

    Raises:
        NotFoundError: nobody is called so, no schedule is, and none ever was in the time shown.
    """
    events = _events(session, _rows_of(whose, name), now)
    if not events and name not in _known(session, whose, now):
        raise NotFoundError(f"there is no {whose} {name!r} to show a calendar of")
    return events


def _revisions(session: Session, whose: CalendarOf, name: str, now: datetime) -> tuple[Revision, ...]:
    """What is to be written so that a calendar shows what holds: of every schedule that is in it."""
    schedules = schedules_at(session, known_from(now) + HORIZON)
    concerned = _concerned(session, whose, name, schedules, now)
    shifts = [
        shift for each in concerned & schedules.keys() for shift in shifts_shown(each, schedules[each], now)
    ]
    events = _events(session, col(PublishedRow.schedule).in_(concerned), now)
    return revise(events, shifts, now)


def _concerned(
    session: Session, whose: CalendarOf, name: str, schedules: Mapping[str, Schedule], now: datetime
) -> set[str]:
    """The schedules behind a calendar: the one itself; or those in which the person is, or was shown."""
    match whose:
        case CalendarOf.SCHEDULE:
            return {name}
        case CalendarOf.PERSON:
            named = {each for each, schedule in schedules.items() if name in schedule.people()}
            told = select(PublishedRow.schedule).where(_rows_of(whose, name), _in_window(now)).distinct()
            return named | set(session.exec(told))
        case _:
            assert_never(whose)


def _known(session: Session, whose: CalendarOf, now: datetime) -> Collection[str]:
    match whose:
        case CalendarOf.SCHEDULE:
            return schedules_at(session, now)
        case CalendarOf.PERSON:
            return configuration_in_force(session)[1].people
        case _:
            assert_never(whose)


def _rows_of(whose: CalendarOf, name: str) -> ColumnElement[bool]:
    column = PublishedRow.schedule if whose is CalendarOf.SCHEDULE else PublishedRow.person
    return col(column) == name


def _in_window(now: datetime) -> ColumnElement[bool]:
    return col(PublishedRow.ends_at) > shown(now)[0]


def _events(session: Session, which: ColumnElement[bool], now: datetime) -> list[Event]:
    query = select(PublishedRow).where(which, _in_window(now))
    return [
        _event(row) for row in session.exec(query.order_by(col(PublishedRow.starts_at), col(PublishedRow.id)))
    ]


def _event(row: PublishedRow) -> Event:
    shift = OwnShift(row.schedule, row.person, row.starts_at, row.ends_at)
    return Event(row.uid, shift, row.changed_at, row.sequence, row.cancelled)


def _as_told(shift: OwnShift) -> dict[str, Any]:
    return {
        "schedule": shift.schedule,
        "person": shift.person,
        "starts_at": shift.start,
        "ends_at": shift.end,
    }


def _changed(session: Session, event: Event, now: datetime) -> PublishedRow:
    """The row of an event, with one change more (RFC 5545 3.8.7.4)."""
    row = session.exec(select(PublishedRow).where(PublishedRow.uid == event.uid)).one()
    row.sequence, row.changed_at = row.sequence + 1, now
    return row
