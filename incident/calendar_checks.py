"""What about a calendar of others in `incident.yaml` is readable, and still a mistake?"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from incident.configuration import Configuration
from incident.environment import FromEnvironment
from incident.findings import Finding, Place, unknown
from incident.foreign_calendar import ForeignCalendar


def calendars_of(configuration: Configuration) -> Iterator[tuple[Place, ForeignCalendar]]:
    """Every calendar of others, and where it stands."""
    for name, schedule in configuration.schedules.items():
        if schedule.calendar is not None:
            yield ("schedules", name, "calendar"), schedule.calendar
    for name, person in configuration.people.items():
        if person.vacations is not None:
            yield ("people", name, "vacations"), person.vacations


def check_calendars(configuration: Configuration) -> Iterator[Finding]:
    """Names for people who are not known, one name for two of them, and passwords in clear."""
    for place, calendar in calendars_of(configuration):
        if not isinstance(calendar.url, FromEnvironment) and urlsplit(calendar.url).password:
            message = "holds a password; put the whole address into a variable and write {env: NAME}"
            yield Finding(place=(*place, "url"), message=message)
    for name, schedule in configuration.schedules.items():
        known = schedule.calendar.people if schedule.calendar else {}
        called: dict[str, str] = {}
        for person, names in known.items():
            place = ("schedules", name, "calendar", "people", person)
            yield from unknown(place, person, "people", configuration.people)
            for each in names:
                other = called.setdefault(each.casefold(), person)
                if other != person:
                    yield Finding(place=place, message=f"{each!r} is what {other} is called already")
