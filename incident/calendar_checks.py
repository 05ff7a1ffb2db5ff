"""What about a plan that others keep is readable in `incident.yaml`, and still a mistake?"""

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from incident.configuration import Configuration
from incident.environment import FromEnvironment
from incident.findings import Finding, Place, unknown
from incident.foreign_calendar import ForeignCalendar
from incident.schedule import Schedule


def calendars_of(configuration: Configuration) -> Iterator[tuple[Place, ForeignCalendar]]:
    """Every calendar of others, and where it stands."""
    for name, schedule in configuration.schedules.items():
        if schedule.calendar is not None:
            yield ("schedules", name, "calendar"), schedule.calendar
    for name, person in configuration.people.items():
        if person.vacations is not None:
            yield ("people", name, "vacations"), person.vacations


def check_calendars(configuration: Configuration) -> Iterator[Finding]:
    """Names that lead nowhere, one name for two people, and passwords in clear."""
    for place, calendar in calendars_of(configuration):
        if not isinstance(calendar.url, FromEnvironment) and urlsplit(calendar.url).password:
            message = "holds a password; put the whole address into a variable and write {env: NAME}"
            yield Finding(place=(*place, "url"), message=message)
    for name, schedule in configuration.schedules.items():
        if schedule.source is not None:
            place = ("schedules", name, "source", "connection")
            yield from unknown(place, schedule.source.connection, "connections", configuration.connections)
        called: dict[str, str] = {}
        kept, names_there = _called_there(schedule)
        for person, names in names_there.items():
            place = ("schedules", name, kept, "people", person)
            yield from unknown(place, person, "people", configuration.people)
            for each in names:
                other = called.setdefault(each.casefold(), person)
                if other != person:
                    yield Finding(place=place, message=f"{each!r} is what {other} is called already")


def _called_there(schedule: Schedule) -> tuple[str, Mapping[str, tuple[str, ...]]]:
    """The key under which a plan of others stands, and what people are called there."""
    if schedule.source is not None:
        return "source", schedule.source.people
    return "calendar", schedule.calendar.people if schedule.calendar else {}
