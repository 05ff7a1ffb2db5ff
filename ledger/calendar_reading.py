"""Which plans of others are to be read now, and what is written down when one was read?

A plan is a calendar, or a tool that is asked who is on call.

The time at which a calendar is read next is a row, and whoever takes it puts it forward: so of several web
services one reads it, and one that dies in the middle costs a turn. What a calendar says is kept word for
word (S14); if it cannot be read, what was known stays in force.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from incident.configuration import Configuration
from incident.foreign_calendar import ForeignCalendar, Imported, Meant
from incident.foreign_rotation import ForeignRotation, names_known
from incident.imports import Names, carried_over
from incident.publication import BACK, MARGIN, CalendarOf
from ledger.calendar_tables import WITHOUT_TEXT, ForeignCalendarRow
from ledger.configurations import configuration_in_force
from ledger.turns import Turn, take_turn

KEPT = BACK + MARGIN
"""So long what is over stays known: as long as our own feeds look back."""


@dataclass(frozen=True)
class Wanted:
    """A plan that the configuration names."""

    whose: CalendarOf
    name: str
    calendar: ForeignCalendar | ForeignRotation
    zone: str
    names: Names
    who: Meant = Meant.EITHER

    @property
    def digest(self) -> str:
        """Changes when it must be read anew: another address, another zone, other names for people."""
        written = f"{self.calendar.model_dump_json()} {self.zone} {self.names.known}"
        return hashlib.sha256(written.encode()).hexdigest()


@dataclass(frozen=True)
class Due:
    """A calendar that is to be read now, and what was known of it."""

    wanted: Wanted
    settings: str
    text: str
    etag: str
    last_modified: str


@dataclass(frozen=True)
class Reading:
    """What a calendar said."""

    text: str
    etag: str
    last_modified: str
    entries: tuple[Imported, ...]
    remarks: tuple[str, ...]


def wanted_calendars(configuration: Configuration) -> Iterator[Wanted]:
    """Every plan of others: those of schedules, and those of people's vacations."""
    ours = configuration.organisation.working_hours.timezone
    called = {key: (person.name, person.email) for key, person in configuration.people.items()}
    for name, schedule in configuration.schedules.items():
        if (calendar := schedule.calendar) is not None:
            known = {key: (*names, *calendar.people.get(key, ())) for key, names in called.items()}
            zone = calendar.zone or schedule.timezone
            yield Wanted(CalendarOf.SCHEDULE, name, calendar, zone, Names(known), calendar.who)
        if (rotation := schedule.source) is not None:
            names = names_known(called, rotation, _ids(configuration, rotation.connection))
            yield Wanted(CalendarOf.SCHEDULE, name, rotation, schedule.timezone, names)
    for name, person in configuration.people.items():
        if person.vacations is not None:
            zone = person.vacations.zone or person.timezone or ours
            yield Wanted(CalendarOf.PERSON, name, person.vacations, zone, Names({}))


def anything_due(session: Session, now: datetime) -> bool:
    """Is there a calendar to be read, or one that is wanted no more?"""
    rows = _rows(session)
    wanted = _wanted(session)
    return any(key not in rows or _is_due(rows[key], each, now) for key, each in wanted.items()) or any(
        row.next_at is not None and key not in wanted for key, row in rows.items()
    )


def claim_due(session: Session, now: datetime) -> Sequence[Due]:
    """Take the calendars that are due; nobody else gets them until they are due again."""
    take_turn(session, Turn.ROTAS)
    rows, wanted = _rows(session), _wanted(session)
    for key, row in rows.items():
        if key not in wanted and row.next_at is not None:
            _give_up(session, row, now)
    return [
        _claimed(session, rows.get(key), each, now)
        for key, each in wanted.items()
        if key not in rows or _is_due(rows[key], each, now)
    ]


def record_reading(session: Session, due: Due, reading: Reading, now: datetime) -> None:
    """Put in force what a calendar says, from now on; unless its settings have been changed meanwhile."""
    take_turn(session, Turn.ROTAS)
    if row := _row(session, due):
        row.text, row.etag, row.last_modified = reading.text, reading.etag, reading.last_modified
        row.entries = carried_over(row.entries, reading.entries, now, keep=KEPT)
        row.remarks, row.problem, row.read_at = reading.remarks, "", now
        session.add(row)


def record_failure(
    session: Session, due: Due, problem: str, now: datetime, held: Sequence[Imported] | None = None
) -> None:
    """A plan could not be read; what was known of it stays in force, and ``held`` says what still holds."""
    take_turn(session, Turn.ROTAS)
    if row := _row(session, due):
        row.problem = problem
        if held is not None:
            row.entries = carried_over(row.entries, held, now, keep=KEPT)
        session.add(row)


def _ids(configuration: Configuration, connection: str) -> dict[str, str]:
    """By which id a connection knows people."""
    known = {key: person.known_as.get(connection, "") for key, person in configuration.people.items()}
    return {key: id_there for key, id_there in known.items() if id_there}


Key = tuple[CalendarOf, str]


def _wanted(session: Session) -> dict[Key, Wanted]:
    configuration = configuration_in_force(session)[1]
    return {(each.whose, each.name): each for each in wanted_calendars(configuration)}


def _rows(session: Session) -> dict[Key, ForeignCalendarRow]:
    # The texts are long, and only those of calendars that are due are read.
    query = select(ForeignCalendarRow).options(WITHOUT_TEXT)
    return {(row.whose, row.name): row for row in session.exec(query)}


def _is_due(row: ForeignCalendarRow, wanted: Wanted, now: datetime) -> bool:
    return row.next_at is None or row.next_at <= now or row.settings != wanted.digest


def _claimed(session: Session, row: ForeignCalendarRow | None, wanted: Wanted, now: datetime) -> Due:
    row = row or ForeignCalendarRow(whose=wanted.whose, name=wanted.name, settings=wanted.digest)
    if row.settings != wanted.digest:  # what the other address said of its calendar means nothing here
        row.settings, row.etag, row.last_modified = wanted.digest, "", ""
    row.next_at = now + wanted.calendar.every
    session.add(row)
    return Due(wanted, row.settings, row.text, row.etag, row.last_modified)


def _give_up(session: Session, row: ForeignCalendarRow, now: datetime) -> None:
    """What the calendar has put on call until now stays known; from now on it says nothing."""
    row.next_at, row.problem, row.remarks = None, "", ()
    row.etag = row.last_modified = ""
    row.entries = carried_over(row.entries, (), now, keep=KEPT)
    session.add(row)


def _row(session: Session, due: Due) -> ForeignCalendarRow | None:
    """The row of a calendar, if it is still the one that was to be read."""
    query = select(ForeignCalendarRow).where(
        ForeignCalendarRow.whose == due.wanted.whose,
        ForeignCalendarRow.name == due.wanted.name,
        ForeignCalendarRow.settings == due.settings,
    )
    row = session.exec(query).first()
    return row if row and row.next_at is not None else None
