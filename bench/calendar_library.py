"""How does a library of calendars answer who is on call? The measure beside ours: recurring-ical-events."""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import groupby, pairwise

from icalendar import Calendar, Event
from recurring_ical_events import CalendarQuery, of

Piece = tuple[datetime, datetime, tuple[str, ...]]


def read(text: str) -> CalendarQuery:
    """The calendar, ready to be asked; whoever asks twice keeps it."""
    return of(Calendar.from_ical(text))


def on_call(calendar: CalendarQuery, at: datetime) -> tuple[str, ...]:
    """The names at an instant: of the overrides if there is any, else of the turns."""
    return _names(calendar.at(at))


def final_schedule(calendar: CalendarQuery, start: datetime, end: datetime) -> list[Piece]:
    """The pieces of a window with the same people on call."""
    spans = [(_utc(each, "DTSTART"), _utc(each, "DTEND"), each) for each in calendar.between(start, end)]
    spans.sort(key=lambda span: span[0], reverse=True)
    edges = {edge for *ends, _ in spans for edge in ends if start < edge < end}
    pieces: list[Piece] = []
    present: list[tuple[datetime, datetime, Event]] = []
    for begin, finish in pairwise(sorted(edges | {start, end})):
        while spans and spans[-1][0] <= begin:
            present.append(spans.pop())
        present = [span for span in present if span[1] > begin]
        pieces.append((begin, finish, _names(event for *_, event in present)))
    return [_joined(list(same)) for _, same in groupby(pieces, key=lambda piece: piece[2])]


def _joined(pieces: list[Piece]) -> Piece:
    return pieces[0][0], pieces[-1][1], pieces[0][2]


def _names(events: Iterable[Event]) -> tuple[str, ...]:
    present = list(events)
    covers = [each for each in present if "CATEGORIES" in each]
    return tuple(sorted({str(each["SUMMARY"]) for each in covers or present}))


def _utc(event: Event, key: str) -> datetime:
    moment = event.decoded(key)
    assert isinstance(moment, datetime), "no event of ours lasts a whole day"
    return moment.astimezone(UTC)
