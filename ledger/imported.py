"""What have calendars of others said, and which of them cannot be trusted just now?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from incident.foreign_calendar import Imported
from incident.foreign_rotation import told
from incident.imports import as_overrides
from incident.override import Override
from incident.publication import CalendarOf
from incident.schedule import Schedule
from ledger.calendar_tables import WITHOUT_TEXT, ForeignCalendarRow


@dataclass(frozen=True)
class Standing:
    """How it stands with a foreign calendar."""

    whose: CalendarOf
    name: str
    read_at: datetime | None
    problem: str
    remarks: tuple[str, ...]
    entries: int
    """From now on."""

    def age(self, now: datetime) -> timedelta | None:
        """How old what we know is; None: it was never read."""
        return now - self.read_at if self.read_at else None


def imported_overrides(session: Session, since: datetime) -> dict[str, list[Override]]:
    """The imported shifts of each schedule that end after an instant, as the calculation understands them."""
    return {
        row.name: list(as_overrides(entry for entry in row.entries if entry.end > since))
        for row in _rows(session, CalendarOf.SCHEDULE)
        if row.entries
    }


def absences(session: Session) -> Mapping[str, Sequence[Imported]]:
    """When people are away, by their own calendars."""
    return {row.name: row.entries for row in _rows(session, CalendarOf.PERSON) if row.entries}


def standings(session: Session, now: datetime) -> tuple[Standing, ...]:
    """Every foreign calendar of the configuration, schedules first."""
    return tuple(
        Standing(
            whose=row.whose,
            name=row.name,
            read_at=row.read_at,
            problem=row.problem,
            remarks=row.remarks,
            entries=sum(entry.end > now for entry in row.entries),
        )
        for whose in (CalendarOf.SCHEDULE, CalendarOf.PERSON)
        for row in _rows(session, whose)
        if row.next_at is not None
    )


def answers(session: Session, schedules: Mapping[str, Schedule], now: datetime) -> tuple[str, ...]:
    """How much can be trusted in what other tools say of these schedules, of those that ask any."""
    known = {each.name: each for each in standings(session, now) if each.whose is CalendarOf.SCHEDULE}
    return tuple(
        told(
            name,
            schedule.source,
            known[name].age(now) if name in known else None,
            known[name].problem if name in known else "",
        )
        for name, schedule in schedules.items()
        if schedule.source is not None
    )


def _rows(session: Session, whose: CalendarOf) -> Sequence[ForeignCalendarRow]:
    """Without the texts, which are long, and are asked for with every page."""
    query = select(ForeignCalendarRow).where(ForeignCalendarRow.whose == whose)
    query = query.options(WITHOUT_TEXT)
    return session.exec(query.order_by(col(ForeignCalendarRow.name))).all()
