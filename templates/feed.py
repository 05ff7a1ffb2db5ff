"""What does a calendar program get to read? Shifts as single events in UTC, in the language of whoever reads.

Never a rule of recurrence: programs do not agree on what one means when the clocks change, and no rule knows
of overrides. Nothing in the text depends on when it is written, so the same shifts are the same bytes.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from icalendar import Calendar
from icalendar import Event as Entry

from incident.configuration import Language
from incident.publication import CalendarOf, Event
from templates.formats import one_line
from templates.words import fill, words

REFRESH = timedelta(minutes=15)
"""How often a program is asked to look again; many look once a day all the same."""
MEDIA_TYPE = "text/calendar; charset=utf-8"


def render_feed(
    whose: CalendarOf, name: str, events: Sequence[Event], language: Language, people: Mapping[str, str]
) -> bytes:
    """The calendar of a schedule or a person (RFC 5545, with the names and intervals of RFC 7986)."""
    said = words(language)["feeds"]
    title = one_line(
        fill(said["titles"][whose], name=people.get(name, name) if whose == CalendarOf.PERSON else name)
    )
    calendar = Calendar()
    calendar.add("prodid", "-//incident-response//on call//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", title)
    calendar.add("x-wr-calname", title)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT15M")
    for event in events:
        calendar.add_component(_entry(event, said["summary"], people))
    written: bytes = calendar.to_ical()
    return written


def _entry(event: Event, summary: str, people: Mapping[str, str]) -> Entry:
    shift = event.shift
    person = people.get(shift.person, shift.person)
    entry = Entry()
    entry.add("uid", event.uid)
    entry.add("dtstamp", event.changed_at)
    entry.add("last-modified", event.changed_at)
    entry.add("sequence", event.sequence)
    entry.add("dtstart", shift.start)
    entry.add("dtend", shift.end)
    entry.add("summary", one_line(fill(summary, person=person, schedule=shift.schedule)))
    entry.add("status", "CANCELLED" if event.cancelled else "CONFIRMED")
    # Whoever is on call is not busy: nobody should have to look for another time to meet them.
    entry.add("transp", "TRANSPARENT")
    return entry
