"""How do calendars of others come in? Those that are due are fetched, expanded, understood and kept."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from blocks.foreign_calendar import CalendarFetcher, Fetched, Known
from blocks.ical import expand
from incident.environment import FromEnvironment
from incident.errors import ConnectionFailure, Rejected
from incident.foreign_calendar import ForeignEvent, Imported
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
        reading = await _reading(fetcher, due, now)
        await here().ledger.awrite(record_reading, due, reading, now)
    except ConnectionFailure as failure:
        problem = str(failure)
        await here().ledger.awrite(record_failure, due, problem)
    return Read(wanted.whose, wanted.name, problem)


async def _reading(fetcher: CalendarFetcher, due: Due, now: datetime) -> Reading:
    known = Known(due.etag, due.last_modified)
    calendar = due.wanted.calendar
    fetched = await fetcher.fetch(_address(due.wanted), known, now, allow_private=calendar.allow_private)
    # The same text is expanded again, too: the time that is looked at has moved on.
    current = fetched or Fetched(due.text, known)
    events = await expand(current.text, due.wanted.zone, (now, now + AHEAD))
    entries, remarks = _understood(due.wanted, events)
    return Reading(current.text, current.known.etag, current.known.last_modified, entries, remarks)


def _address(wanted: Wanted) -> str:
    url = wanted.calendar.url
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
