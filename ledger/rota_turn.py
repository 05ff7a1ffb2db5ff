"""How does somebody come to change a schedule? They are known, and nobody else changes one meanwhile."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from incident.configuration import Configuration
from incident.decisions import Via
from incident.errors import NotFoundError
from incident.schedule import Schedule
from ledger.configurations import configuration_in_force
from ledger.rotas import with_changes
from ledger.turns import Turn, take_turn


@dataclass(frozen=True)
class Actor:
    """Who changes something, and through which door."""

    person: str
    via: Via


def rotas_for(session: Session, actor: Actor, now: datetime) -> Configuration:
    """Take the turn, and read the schedules as they stand, for somebody who wants to change one.

    Raises:
        NotFoundError: the person is not known.
    """
    take_turn(session, Turn.ROTAS)
    configuration = with_changes(session, configuration_in_force(session)[1], now)
    known_people(configuration, actor.person)
    return configuration


def known_people(configuration: Configuration, *people: str) -> None:
    """Make sure that all of these are there.

    Raises:
        NotFoundError: somebody is not under people:.
    """
    strangers = " and ".join(repr(each) for each in people if each not in configuration.people)
    if strangers:
        known = ", ".join(sorted(configuration.people))
        raise NotFoundError(f"{strangers} is not under people:; known: {known}")


def schedule_of(configuration: Configuration, name: str) -> Schedule:
    """The schedule with a name.

    Raises:
        NotFoundError: there is none.
    """
    if name not in configuration.schedules:
        known = ", ".join(sorted(configuration.schedules)) or "none"
        raise NotFoundError(f"{name!r} is not under schedules:; known: {known}")
    return configuration.schedules[name]


def zone_of(configuration: Configuration, name: str) -> str:
    """The time zone of a schedule; UTC if it is not there any more."""
    schedule = configuration.schedules.get(name)
    return schedule.timezone if schedule else "UTC"
