"""When is something being worked on, so that its alerts wake nobody? Windows, once or again and again.

A window that comes again is a time of day on the wall clock of its zone. On nights on which the clocks
change, a start that is skipped is the first instant after the gap, one that comes twice is the first. What is
written as `end` is a time on the wall, too: the window holds whenever the clock shows a time in it, also in
an hour that comes twice, and is empty if the clock skips all of it. What is written as `for` lasts exactly
so long.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    Field,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)

from incident.changes import Reason
from incident.dated import Dated, Moment
from incident.duration import PositiveDuration
from incident.matching import Matcher, match_all
from incident.recurrence import Recurrence
from incident.restriction import DAY, Interval
from incident.wall_clock import WallClock, known_zone

LONGEST_WINDOW = timedelta(days=31)
"""From the start of a window to its end, each time."""

LOOKED_AHEAD = timedelta(days=366)
"""How far a new window is looked through for times that run into each other."""


def _on_the_wall(moment: datetime, info: ValidationInfo) -> datetime:
    """A local time in the zone of the window as an instant; a zone that was refused was reported already."""
    zone = info.data.get("timezone")
    return WallClock(zone).exact(moment) if moment.tzinfo is None and zone else moment


AS_TEXT = WithJsonSchema({"type": "string", "examples": ["weekly", "FREQ=MONTHLY;BYDAY=2TU"]})

Local = Annotated[Moment, AfterValidator(_on_the_wall)]


class Window(Dated):
    """When, and for which alerts; the keys are those of incident.yaml."""

    comment: Annotated[Reason, Field(min_length=1, description="What is being done; it is in every reason.")]
    timezone: Annotated[
        str, AfterValidator(known_zone), Field(description="IANA name; local times are on its wall clock.")
    ] = "UTC"
    services: Annotated[tuple[str, ...], Field(description="Alerts of these services.")] = ()
    matchers: Annotated[
        tuple[Matcher, ...], Field(description="Alerts that meet all of these; of these services, if named.")
    ] = ()
    start: Annotated[Local, Field(description="When it begins, or begins for the first time.")]
    end: Annotated[Local | None, Field(description="When it ends (the first time), on the wall clock.")] = (
        None
    )
    for_: Annotated[
        PositiveDuration | None, Field(alias="for", description="Or how long it lasts each time.")
    ] = None
    repeat: Annotated[
        Annotated[Recurrence, AS_TEXT] | None,
        Field(description="daily, weekdays, weekly, monthly, yearly, or an RRULE."),
    ] = None
    until: Annotated[Local | None, Field(description="It does not begin again from then on.")] = None

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if not self.services and match_all(self.matchers, {}):
            raise ValueError("it means every alert; name services:, or matchers: that need a label")
        if (self.end is None) == (self.for_ is None):
            raise ValueError("write either end: or for:, so that it has an end")
        if self.end is not None and self.end <= self.start:
            raise ValueError("end: must come after start:")
        if self.until is not None and self.repeat is None:
            raise ValueError("until: says when it stops to repeat; write repeat: too, or end: instead")
        if self._length() > LONGEST_WINDOW:
            days = LONGEST_WINDOW.days
            raise ValueError(f"it lasts {days} days at most; end it earlier, or repeat: shorter ones")
        return self

    @property
    def clock(self) -> WallClock:
        """The wall clock of the window."""
        return WallClock(self.timezone)

    def covers(self, labels: Mapping[str, str]) -> bool:
        """Are these the labels of an alert (`incident.matching.labels_of`) that it is about?"""
        if self.services and labels.get("@service") not in self.services:
            return False
        return match_all(self.matchers, labels)

    def starting(self, start: datetime, end: datetime) -> Iterator[Interval]:
        """Its times that touch a span of instants, by their start; each of them has its own length."""
        for opens in self._openings(start, end):
            begins = self.clock.first(opens)
            closes = self._closing(opens, begins)
            if begins < closes and begins < end and start < closes and not self._is_stopped(begins):
                yield begins, closes

    def _openings(self, start: datetime, end: datetime) -> Iterator[datetime]:
        """The wall times at which it might begin."""
        first = self.clock.wall(self.start)
        if self.repeat is None:
            yield first
            return
        reach = self.clock.wall(start) - self._length() - DAY
        for day in self.repeat.dates(first.date(), reach.date(), self.clock.wall(end).date() + DAY):
            yield datetime.combine(day, first.time())

    def _closing(self, opens: datetime, begins: datetime) -> datetime:
        if self.for_ is not None or self.end is None:
            return begins + (self.for_ or timedelta())
        if self.repeat is None:
            return self.end
        return self.clock.last(opens + (self.clock.wall(self.end) - self.clock.wall(self.start)))

    def _is_stopped(self, begins: datetime) -> bool:
        return self.until is not None and begins >= self.until

    def _length(self) -> timedelta:
        return self.for_ or ((self.end or self.start) - self.start)


def problem_of(window: Window) -> str | None:
    """Why a window that repeats cannot be kept, and what to write instead; None if it can."""
    if window.repeat is None:
        return None
    times = list(window.starting(window.start, window.start + LOOKED_AHEAD))
    if not times:
        return "repeat: it does not come once in a year; write a rule that does"
    if any(after[0] <= before[1] for before, after in pairwise(times)):
        return (
            "repeat: it runs into its next time and would never end; make it shorter, or repeat it less often"
        )
    return None


def kept(window: Window) -> Window:
    """A window of the file, if it can be kept.

    Raises:
        ValueError: it repeats in a way that makes no sense.
    """
    if problem := problem_of(window):
        raise ValueError(problem)
    return window
