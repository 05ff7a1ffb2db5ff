"""What does a calendar program read?"""

from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from incident.configuration import Language
from incident.publication import CalendarOf, Event, OwnShift
from templates.feed import render_feed

NOON = datetime(2027, 3, 10, 12, tzinfo=UTC)
SHIFT = OwnShift("payments", "ada", NOON, NOON + timedelta(days=7))
PEOPLE = {"ada": "Ada Lovelace"}

GOLDEN = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//incident-response//on call//EN
METHOD:PUBLISH
NAME:On call: payments
X-WR-CALNAME:On call: payments
REFRESH-INTERVAL;VALUE=DURATION:PT15M
X-PUBLISHED-TTL:PT15M
BEGIN:VEVENT
SUMMARY:Ada Lovelace on call: payments
DTSTART:20270310T120000Z
DTEND:20270317T120000Z
DTSTAMP:20270309T110000Z
UID:5
SEQUENCE:2
LAST-MODIFIED:20270309T110000Z
STATUS:CANCELLED
TRANSP:TRANSPARENT
END:VEVENT
END:VCALENDAR
"""


def event(sequence: int = 0, *, cancelled: bool = False) -> Event:
    return Event("5", SHIFT, datetime(2027, 3, 9, 11, tzinfo=UTC), sequence, cancelled)


def test_a_feed_is_written_line_by_line_as_the_standard_wants_it() -> None:
    written = render_feed(
        CalendarOf.SCHEDULE, "payments", [event(sequence=2, cancelled=True)], Language.ENGLISH, PEOPLE
    )

    assert written == GOLDEN.replace("\n", "\r\n").encode()


@pytest.mark.parametrize(
    ("language", "title", "summary"),
    [
        (Language.ENGLISH, "Ada Lovelace on call", "Ada Lovelace on call: payments"),
        (Language.ITALIAN, "Reperibilità di Ada Lovelace", "Ada Lovelace reperibile: payments"),
    ],
)
def test_a_feed_speaks_the_language_of_its_reader(language: Language, title: str, summary: str) -> None:
    read = Calendar.from_ical(render_feed(CalendarOf.PERSON, "ada", [event()], language, PEOPLE))

    assert (read["x-wr-calname"], read.walk("VEVENT")[0]["summary"]) == (title, summary)


def test_long_lines_are_folded_between_letters_and_read_back_whole() -> None:
    name = "Ærøskøbing-Łódź " * 20
    written = render_feed(CalendarOf.SCHEDULE, "payments", [event()], Language.ENGLISH, {"ada": name})

    assert max(map(len, written.split(b"\r\n"))) <= 75
    assert name.strip() in Calendar.from_ical(written.decode()).walk("VEVENT")[0]["summary"]


@pytest.mark.parametrize("name", ["Ada\nEND:VEVENT", "Ada\r\nX-EVIL:1", "Ada\\n;,:"], ids=repr)
def test_no_name_can_end_a_line(name: str) -> None:
    written = render_feed(CalendarOf.SCHEDULE, "payments", [event()], Language.ENGLISH, {"ada": name})

    assert written.count(b"\r\nEND:VEVENT") == 1
    assert b"\r\nX-EVIL" not in written
