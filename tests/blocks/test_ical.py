"""Which events does a calendar mean, and what can a hostile one do?"""

from datetime import UTC, datetime, timedelta

import pytest

from blocks.ical import expand
from incident.errors import Rejected
from incident.foreign_calendar import Attendee

WINDOW = (datetime(2027, 3, 20, tzinfo=UTC), datetime(2027, 4, 10, tzinfo=UTC))

WEEKLY = "DTSTART;TZID=Europe/Rome:20270301T090000|DURATION:P7D|RRULE:FREQ=WEEKLY"


def calendar(*events: str, uid: str = "", head: str = "") -> str:
    """A calendar of events whose lines are parted by bars; with a uid all of them are one event."""
    written = "".join(
        f"BEGIN:VEVENT|UID:{uid or number}|DTSTAMP:20270101T000000Z|{event}|END:VEVENT|"
        for number, event in enumerate(events)
    )
    return f"BEGIN:VCALENDAR|VERSION:2.0|PRODID:test|{head}{written}END:VCALENDAR|".replace("|", "\r\n")


def utc(written: str) -> datetime:
    return datetime.fromisoformat(f"2027-{written}").replace(tzinfo=UTC)


GOLDEN = [
    pytest.param(
        calendar("DTSTART:20270321T080000Z|DTEND:20270321T200000Z"),
        [("03-21T08:00", "03-21T20:00")],
        id="times in UTC are instants",
    ),
    pytest.param(
        calendar(WEEKLY),
        [
            ("03-15T08:00", "03-22T08:00"),
            ("03-22T08:00", "03-29T07:00"),
            ("03-29T07:00", "04-05T07:00"),
            ("04-05T07:00", "04-12T07:00"),
        ],
        id="a weekly shift stays at 09:00 when the clocks change",
    ),
    pytest.param(
        calendar(f"{WEEKLY};COUNT=4|EXDATE;TZID=Europe/Rome:20270322T090000"),
        [("03-15T08:00", "03-22T08:00")],
        id="a week that is taken out is not there",
    ),
    pytest.param(
        calendar(
            f"{WEEKLY};COUNT=4",
            "RECURRENCE-ID;TZID=Europe/Rome:20270322T090000|DTSTART:20270323T000000Z|DTEND:20270324T000000Z",
            uid="one",
        ),
        [("03-15T08:00", "03-22T08:00"), ("03-23T00:00", "03-24T00:00")],
        id="a single week that was moved is where it was moved",
    ),
    pytest.param(
        calendar(
            f"{WEEKLY};COUNT=4",
            "RECURRENCE-ID;TZID=Europe/Rome:20270322T090000|STATUS:CANCELLED|"
            "DTSTART;TZID=Europe/Rome:20270322T090000|DURATION:P7D",
            uid="one",
        ),
        [("03-15T08:00", "03-22T08:00")],
        id="a single week that was cancelled is not there",
    ),
    pytest.param(
        calendar("DTSTART:20270321T080000Z|DTEND:20270321T200000Z|STATUS:CANCELLED"),
        [],
        id="a cancelled event is not there",
    ),
    pytest.param(
        calendar("DTSTART;VALUE=DATE:20270328"),
        [("03-27T23:00", "03-28T22:00")],
        id="a whole day is from midnight to midnight, 23 hours when the clocks go forward",
    ),
    pytest.param(
        calendar("DTSTART;VALUE=DATE:20270322|DTEND;VALUE=DATE:20270327"),
        [("03-21T23:00", "03-26T23:00")],
        id="the end of whole days is not part of them",
    ),
    pytest.param(
        calendar("DTSTART:20270322T090000|DTEND:20270322T170000"),
        [("03-22T08:00", "03-22T16:00")],
        id="a time without a zone is on the wall clock of the calendar's settings",
    ),
    pytest.param(
        calendar("DTSTART:20270328T023000|DTEND:20270328T040000"),
        [("03-28T01:00", "03-28T02:00")],
        id="a time that the clocks skip is the first instant after the gap (S4)",
    ),
    pytest.param(
        calendar("DTSTART:20270321T080000Z|DTEND:20270321T080000Z"),
        [],
        id="an event without a length puts nobody on call",
    ),
    pytest.param(
        calendar("DTSTART:20270320T000000Z|DTEND:20270321T000000Z")
        + calendar("DTSTART:20270322T000000Z|DTEND:20270323T000000Z"),
        [("03-20T00:00", "03-21T00:00"), ("03-22T00:00", "03-23T00:00")],
        id="two calendars in one text are read both",
    ),
    pytest.param(
        calendar("DTSTART:20270101T000000Z|DTEND:20270102T000000Z"),
        [],
        id="what lies outside the window is left out",
    ),
    pytest.param(calendar(), [], id="an empty calendar is a calendar"),
]


@pytest.mark.parametrize(("text", "events"), GOLDEN)
async def test_the_events_of_a_calendar(text: str, events: list[tuple[str, str]]) -> None:
    found = await expand(text, "Europe/Rome", WINDOW)

    assert [(event.start, event.end) for event in found] == [(utc(start), utc(end)) for start, end in events]


async def test_an_event_says_what_it_is_called_and_who_has_not_declined() -> None:
    text = calendar(
        "DTSTART:20270321T080000Z|DTEND:20270321T200000Z|SUMMARY:On call\\, pay|\tments|"
        'ATTENDEE;CN="Rossi, Ada";PARTSTAT=ACCEPTED:mailto:ada@example.org|'
        "ATTENDEE:MAILTO:ben@example.org|"
        "ATTENDEE;PARTSTAT=DECLINED:mailto:cleo@example.org|"
        "ATTENDEE;CUTYPE=ROOM:mailto:room@example.org"
    )
    (event,) = await expand(text, "Europe/Rome", WINDOW)

    assert event.summary == "On call, payments"
    assert event.attendees == (
        Attendee(name="Rossi, Ada", email="ada@example.org"),
        Attendee(name="", email="ben@example.org"),
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("<html>Please log in</html>", "BEGIN:VCALENDAR", id="a page to log in"),
        pytest.param(calendar(WEEKLY)[:-20], "END:VCALENDAR", id="half of a calendar"),
        pytest.param("", "BEGIN:VCALENDAR", id="nothing at all"),
        pytest.param(calendar("SUMMARY:when?"), "DTSTART", id="an event without a start"),
        pytest.param(
            calendar("DTSTART:20270321T080000Z|RRULE:FREQ=OFTEN"), "OFTEN", id="a rule that is none"
        ),
        pytest.param(
            calendar("DTSTART:20270320T000000Z|DURATION:PT1M|RRULE:FREQ=MINUTELY"),
            "more than 5000 events",
            id="an event every minute",
        ),
    ],
)
async def test_what_cannot_be_read_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(Rejected, match=reason):
        await expand(text, "Europe/Rome", WINDOW)


async def test_a_rule_that_takes_for_ever_is_given_up() -> None:
    endless = calendar("DTSTART:19700101T000000Z|DURATION:PT1S|RRULE:FREQ=SECONDLY")

    with pytest.raises(Rejected, match="takes too long, or too much memory"):
        await expand(endless, "Europe/Rome", WINDOW, time_limit=timedelta(seconds=1))
