"""Who has duty on the configured schedules?"""

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict
from sqlmodel import Session

from incident.configuration import Configuration
from incident.errors import NotFoundError
from incident.oncall import HORIZON, final_schedule, next_on_call
from incident.restriction import Interval
from incident.schedule import Schedule
from ledger.configurations import configuration_in_force
from ledger.imported import absences
from ledger.rotas import with_changes
from service.cli.found import found_ledger
from service.home import home_of


class Next(BaseModel):
    """Who comes after, and when."""

    model_config = ConfigDict(frozen=True)

    on_call: tuple[str, ...]
    start: AwareDatetime


class Duty(BaseModel):
    """One schedule at an instant."""

    model_config = ConfigDict(frozen=True)

    schedule: str
    at: AwareDatetime
    on_call: tuple[str, ...]
    until: AwareDatetime | None
    next: Next | None

    def __str__(self) -> str:
        who = ", ".join(self.on_call) or "nobody"
        until = f" until {self.until:%a %d %b %H:%M UTC}" if self.until else ""
        then = (
            f"; then {', '.join(self.next.on_call)} from {self.next.start:%a %d %b %H:%M UTC}"
            if self.next
            else ""
        )
        return f"{self.schedule}: {who}{until}{then}"


def schedules(file: Path | None, only: str | None, at: datetime) -> Mapping[str, Schedule]:
    """The schedules of a file, else of the system with all changes, else of `incident.yaml` here.

    Raises:
        NotFoundError: none is called so.
    """
    return chosen(configured(file, at).schedules, only)


def chosen(found: Mapping[str, Schedule], only: str | None) -> Mapping[str, Schedule]:
    """All of these schedules, or the one that is named.

    Raises:
        NotFoundError: none is called so.
    """
    if only is None:
        return found
    if only not in found:
        raise NotFoundError(f"{only!r} is not under schedules:; known: {', '.join(sorted(found)) or 'none'}")
    return {only: found[only]}


def duties(found: Mapping[str, Schedule], at: datetime) -> list[Duty]:
    """Who has duty on each schedule."""
    return [_duty(name, schedule, at) for name, schedule in found.items()]


def _duty(name: str, schedule: Schedule, at: datetime) -> Duty:
    now, *later = final_schedule(schedule, at, at + HORIZON)
    following = next_on_call(schedule, at)
    return Duty(
        schedule=name,
        at=at,
        on_call=now.on_call,
        until=now.end if later else None,
        next=Next(on_call=following.on_call, start=following.start) if following else None,
    )


def configured(file: Path | None, at: datetime) -> Configuration:
    """The configuration in a file, else that of the system with all changes, else `incident.yaml` here."""
    if _asks_the_system(file):
        with found_ledger() as ledger:
            return ledger.read(_of_the_system, at)
    from service.configuration import FILE_NAME, load  # noqa: PLC0415  it takes a second, and is rarely needed

    return load(file or Path(FILE_NAME))


def away(file: Path | None) -> Mapping[str, Sequence[Interval]]:
    """When people are away by their own calendars, which only the system reads."""
    if not _asks_the_system(file):
        return {}
    with found_ledger() as ledger:
        known = ledger.read(absences)
    return {person: [(each.start, each.end) for each in entries] for person, entries in known.items()}


def _asks_the_system(file: Path | None) -> bool:
    return file is None and bool(os.environ.get("INCIDENT_LEDGER_URL") or home_of(os.environ).read())


def _of_the_system(session: Session, at: datetime) -> Configuration:
    return with_changes(session, configuration_in_force(session)[1], at)
