"""How do plans of others come in? Those that are due are fetched or asked for, understood and kept."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from blocks.foreign_calendar import CalendarFetcher, Fetched, Known
from blocks.ical import expand
from blocks.interfaces import RotationSource
from incident.environment import FromEnvironment
from incident.errors import ConfigurationError, ConnectionFailure, Rejected
from incident.foreign_calendar import ForeignCalendar, ForeignEvent, Imported
from incident.foreign_rotation import ForeignRotation, OnCallThere, on_call_there
from incident.imports import AHEAD, away, imported
from incident.publication import CalendarOf
from ledger.calendar_reading import (
    Due,
    Reading,
    Wanted,
    anything_due,
    claim_due,
    record_failure,
    record_reading,
)
from ledger.configurations import configuration_in_force
from tasks.surroundings import here


@dataclass(frozen=True)
class Read:
    """A calendar that was due, and what was wrong with it; empty: nothing."""

    whose: CalendarOf
    name: str
    problem: str


async def read_calendars(fetcher: CalendarFetcher) -> tuple[Read, ...]:
    """Read every calendar that is due, side by side; one that cannot be read keeps what it said before."""
    now, ledger = here().now(), here().ledger
    if not await ledger.aread(anything_due, now):
        return ()
    due = await ledger.awrite(claim_due, now)
    results = await asyncio.gather(*(_read(fetcher, each) for each in due), return_exceptions=True)
    if failures := [each for each in results if isinstance(each, BaseException)]:
        raise failures[0]  # by now the others are done
    return tuple(each for each in results if isinstance(each, Read))


async def _read(fetcher: CalendarFetcher, due: Due) -> Read:
    now, wanted, problem = here().now(), due.wanted, ""
    try:
        match wanted.calendar:
            case ForeignCalendar():
                reading = await _reading(fetcher, due, wanted.calendar, now)
            case ForeignRotation():
                reading = await _asking(wanted, wanted.calendar, now)
        await here().ledger.awrite(record_reading, due, reading, now)
    except (ConnectionFailure, ConfigurationError) as failure:
        problem = str(failure)
        await here().ledger.awrite(record_failure, due, problem, now, _held(due, now))
    return Read(wanted.whose, wanted.name, problem)


async def _asking(wanted: Wanted, rotation: ForeignRotation, now: datetime) -> Reading:
    _, configuration = await here().ledger.aread(configuration_in_force)
    block = await here().connected(rotation.connection, configuration)
    if not isinstance(block, RotationSource):
        raise Rejected(f"{rotation.connection}: it cannot tell who is on call")
    people = await block.on_call(rotation.schedule)
    said = OnCallThere(connection=rotation.connection, schedule=rotation.schedule, people=people)
    entries, remarks = on_call_there(said, wanted.names, now)
    return Reading(said.model_dump_json(), "", "", entries, remarks)


def _held(due: Due, now: datetime) -> tuple[Imported, ...] | None:
    """What a tool said last goes on to hold while it cannot be asked; a calendar knows the future itself."""
    rotation = due.wanted.calendar
    if not isinstance(rotation, ForeignRotation):
        return None
    said = OnCallThere.kept(due.text, rotation)
    return on_call_there(said, due.wanted.names, now)[0] if said else None


async def _reading(fetcher: CalendarFetcher, due: Due, calendar: ForeignCalendar, now: datetime) -> Reading:
    known = Known(due.etag, due.last_modified)
    address = _address(calendar)
    fetched = await fetcher.fetch(address, known, now, allow_private=calendar.allow_private)
    # The same text is expanded again, too: the time that is looked at has moved on.
    current = fetched or Fetched(due.text, known)
    events = await expand(current.text, due.wanted.zone, (now, now + AHEAD))
    entries, remarks = _understood(due.wanted, events)
    return Reading(current.text, current.known.etag, current.known.last_modified, entries, remarks)


def _address(calendar: ForeignCalendar) -> str:
    url = calendar.url
    if not isinstance(url, FromEnvironment):
        return url
    if address := here().environment.get(url.env):
        return address
    raise Rejected(f"the environment variable {url.env} is not set")


def _understood(
    wanted: Wanted, events: tuple[ForeignEvent, ...]
) -> tuple[tuple[Imported, ...], tuple[str, ...]]:
    if wanted.whose is CalendarOf.PERSON:
        return away(events, wanted.name), ()
    return imported(events, wanted.names, wanted.who)
