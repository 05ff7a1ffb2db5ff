"""Which events does the text of a foreign calendar mean, from when to when? Rules of recurrence end here."""

import asyncio
import json
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from incident.errors import Rejected
from incident.foreign_calendar import Attendee, ForeignEvent
from incident.restriction import Interval
from incident.wall_clock import WallClock

PROGRAM = Path(__file__).with_name("expanding_calendar.py")
TIME_LIMIT = timedelta(seconds=30)
ONE_DAY = timedelta(days=1)


class _Written(BaseModel):
    """An event as the program wrote it."""

    model_config = ConfigDict(frozen=True)

    start: Annotated[datetime | date, Field(union_mode="left_to_right")]
    end: Annotated[datetime | date, Field(union_mode="left_to_right")]
    summary: str
    attendees: tuple[Attendee, ...]


class _Answer(BaseModel):
    events: tuple[_Written, ...] = ()
    problem: str = ""


async def expand(
    text: str, zone: str, window: Interval, *, time_limit: timedelta = TIME_LIMIT
) -> tuple[ForeignEvent, ...]:
    """The events of a calendar that touch a window, whole, by their start.

    Whole days and times without a zone are on the wall clock of `zone`: from the first midnight to the last.

    Raises:
        Rejected: the text is no calendar, or means too much to be read.
    """
    # A day more on both sides, because the program does not know the zone of what has none.
    asked = {
        "text": text,
        "start": (window[0] - ONE_DAY).isoformat(),
        "end": (window[1] + ONE_DAY).isoformat(),
    }
    answer = await _asked(json.dumps(asked).encode(), time_limit)
    if answer.problem:
        raise Rejected(f"the calendar cannot be read: {answer.problem}")
    events = _placed(answer.events, WallClock(zone))
    return tuple(sorted(_touching(events, window), key=lambda event: (event.start, event.end, event.summary)))


async def _asked(question: bytes, time_limit: timedelta) -> _Answer:
    """What the program says; it gets no environment, so there is nothing in it to be found."""
    program = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        str(PROGRAM),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={},
    )
    try:
        async with asyncio.timeout(time_limit.total_seconds()):
            said, _ = await program.communicate(question)
        return _Answer.model_validate_json(said)
    except (TimeoutError, ValidationError):
        raise Rejected("the calendar is too much: reading it takes too long, or too much memory") from None
    finally:
        if program.returncode is None:
            program.kill()
            await program.wait()


def _placed(events: tuple[_Written, ...], clock: WallClock) -> Iterator[ForeignEvent]:
    for event in events:
        yield ForeignEvent(
            start=_instant(event.start, clock, first=True),
            end=_instant(event.end, clock, first=False),
            summary=event.summary,
            attendees=event.attendees,
        )


def _instant(moment: datetime | date, clock: WallClock, *, first: bool) -> datetime:
    """The instant that is meant; starts at the first occurrence, ends at the last (S4)."""
    if isinstance(moment, datetime) and moment.tzinfo is not None:
        return moment
    wall = moment if isinstance(moment, datetime) else datetime.combine(moment, time())
    return clock.first(wall) if first else clock.last(wall)


def _touching(events: Iterator[ForeignEvent], window: Interval) -> Iterator[ForeignEvent]:
    """Those with a length, at least partly in the window."""
    return (
        each for each in events if each.start < each.end and each.start < window[1] and window[0] < each.end
    )
