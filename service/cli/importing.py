"""What became of calendars of others, and which shifts of people who are away need a cover?"""

from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict
from sqlmodel import Session

from incident.oncall import HORIZON
from incident.publication import AHEAD, CalendarOf
from incident.vacations import Uncovered, uncovered
from ledger.configurations import configuration_in_force
from ledger.imported import Standing, absences, standings
from ledger.rotas import schedules_at
from service.calendar_words import calendar_problems, calendar_remarks


class Import(BaseModel):
    """A calendar of others, as programs read of it."""

    model_config = ConfigDict(frozen=True)

    whose: CalendarOf
    name: str
    read_at: AwareDatetime | None
    age_seconds: float | None
    events: int
    problem: str
    remarks: tuple[str, ...]

    @classmethod
    def of(cls, standing: Standing, now: datetime) -> "Import":
        """As it stands now."""
        age = standing.age(now)
        return cls(
            whose=standing.whose,
            name=standing.name,
            read_at=standing.read_at,
            age_seconds=age.total_seconds() if age is not None else None,
            events=standing.entries,
            problem=standing.problem,
            remarks=standing.remarks,
        )


class Away(BaseModel):
    """A shift of somebody who is away, as programs read of it."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    schedule: str
    person: str
    start: AwareDatetime
    end: AwareDatetime
    vacation: str
    stand_in: str | None
    reason: str


def imports(session: Session, now: datetime) -> list[Import]:
    """Every calendar of others that the configuration names."""
    return [Import.of(each, now) for each in standings(session, now)]


def import_lines(session: Session, now: datetime) -> list[str]:
    """The same for people: how old, how much, and what could not be used."""
    found = standings(session, now)
    lines = [f"{each.whose} {each.name}: {_state(each)}" for each in found]
    return [*lines, *calendar_problems(found, now), *calendar_remarks(found)]


def shifts_of_absent(session: Session, now: datetime) -> tuple[Uncovered, ...]:
    """The shifts of the next 90 days of people who are away."""
    people = configuration_in_force(session)[1].people
    schedules = schedules_at(session, now + HORIZON)
    return uncovered(schedules, absences(session), people, (now, now + AHEAD))


def line(each: Uncovered) -> str:
    """A finding with its proposal."""
    away = f" ({each.vacation})" if each.vacation else ""
    span = f"from {each.start:%a %d %b %H:%M} to {each.end:%a %d %b %H:%M} UTC"
    finding = f"{each.schedule}: {each.person} is on call {span}, and away{away}"
    if each.stand_in is None:
        return f"{finding}; nobody can stand in: {each.reason}"
    return f"{finding}; {each.stand_in} could stand in: {each.reason}\n  {_command(each)}"


def _command(each: Uncovered) -> str:
    """What stores the proposal."""
    return (
        f"incident oncall override add {each.schedule} replace --user {each.person} --with {each.stand_in} "
        f"--from {_written(each.start)} --to {_written(each.end)} --reason vacation"
    )


def _written(instant: datetime) -> str:
    return instant.isoformat(timespec="seconds").replace("+00:00", "Z")


def _state(standing: Standing) -> str:
    if standing.read_at is None:
        return "not read yet"
    count = f"{standing.entries} event{'' if standing.entries == 1 else 's'} to come"
    return f"{count}, read {standing.read_at:%a %d %b %H:%M UTC}"
