"""Which single events does a calendar mean? A program of its own, because it reads what strangers wrote.

A few lines of a calendar can mean more events than there is memory, or take for ever. So `blocks.ical` starts
this file in a process that has nothing else in it, with limits of time and memory, and reads what it says:
JSON in, `{text, start, end}`; JSON out, `{events}` or `{problem}`. It imports nothing of ours.
"""

import json
import resource
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import recurring_ical_events  # type: ignore[import-untyped]  # it has no types
from icalendar import Calendar, Component

SECONDS, MEMORY = 10, 1 << 30
"""Of processor time, and in bytes."""
MOST_EVENTS = 5_000
NOT_PEOPLE = {"ROOM", "RESOURCE"}
LONGEST_SUMMARY = 300


def main() -> None:
    """Answer one question."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    asked = json.load(sys.stdin)
    start, end = (datetime.fromisoformat(asked[edge]) for edge in ("start", "end"))
    try:
        answer: dict[str, Any] = {"events": list(_events(asked["text"], start, end))}
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError) as fault:
        # Whatever the two libraries stumble over, it is the calendar that cannot be read.
        answer = {"problem": f"{type(fault).__name__}: {fault}"[:LONGEST_SUMMARY]}
    json.dump(answer, sys.stdout)


def _events(text: str, start: datetime, end: datetime) -> Iterator[dict[str, Any]]:
    if not _is_whole(text):
        raise ValueError("it does not begin with BEGIN:VCALENDAR and end with END:VCALENDAR")
    number = 0
    for calendar in Calendar.from_ical(text, multiple=True):
        for event in recurring_ical_events.of(calendar).between(start, end):
            if str(event.get("STATUS", "")).upper() == "CANCELLED":
                continue
            number += 1
            if number > MOST_EVENTS:
                raise ValueError(f"it has more than {MOST_EVENTS} events in the time that is looked at")
            yield {
                "start": _written(event["DTSTART"].dt),
                "end": _written(event["DTEND"].dt),
                "summary": str(event.get("SUMMARY", ""))[:LONGEST_SUMMARY],
                "attendees": list(_attendees(event)),
            }


def _is_whole(text: str) -> bool:
    """Whether it is one calendar or several; half of one would silently take people off call."""
    lines = [line.strip().upper() for line in text.strip().splitlines()]
    begun, ended = lines.count("BEGIN:VCALENDAR"), lines.count("END:VCALENDAR")
    return bool(lines) and lines[0] == "BEGIN:VCALENDAR" and lines[-1] == "END:VCALENDAR" and begun == ended


def _written(moment: date) -> str:
    """A day as such, a time without a zone as such, anything else in UTC."""
    if isinstance(moment, datetime) and moment.tzinfo is not None:
        return moment.astimezone(UTC).isoformat()
    return moment.isoformat()


def _attendees(event: Component) -> Iterator[dict[str, str]]:
    """Everybody who is invited and has not declined."""
    found = event.get("ATTENDEE", [])
    for attendee in found if isinstance(found, list) else [found]:
        said = {name.upper(): str(value) for name, value in getattr(attendee, "params", {}).items()}
        if said.get("PARTSTAT", "").upper() == "DECLINED" or said.get("CUTYPE", "").upper() in NOT_PEOPLE:
            continue
        scheme, _, address = str(attendee).partition(":")
        yield {"name": said.get("CN", ""), "email": address if scheme.lower() == "mailto" else ""}


if __name__ == "__main__":
    main()
