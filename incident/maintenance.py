"""Which maintenance does an alert fall into now, and until when?

Windows stand in `incident.yaml`, or people make them at run time; either way one time of a window can be
ended early, without the next one.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from incident.quiet import Quiet, QuietKind, longest
from incident.restriction import Interval, united
from incident.window import LOOKED_AHEAD, Window


class Cut(BaseModel):
    """One time of a window that somebody ended early."""

    model_config = ConfigDict(frozen=True)

    starts_at: AwareDatetime
    ended_at: AwareDatetime


class Maintenance(BaseModel):
    """A window as it stands: what it is called, and what somebody ended of it."""

    model_config = ConfigDict(frozen=True)

    name: Annotated[str, Field(description="The key in incident.yaml, or M and a number.")]
    window: Window
    by: str = ""
    cuts: tuple[Cut, ...] = ()
    ended_at: Annotated[AwareDatetime | None, Field(description="When somebody ended all of it.")] = None

    def times(self, start: datetime, end: datetime) -> list[Interval]:
        """Its times that touch a span, in order; they neither overlap nor touch each other."""
        cut = {each.starts_at: each.ended_at for each in self.cuts}
        found = united(
            (opens, min(closes, cut.get(opens, closes), self.ended_at or closes))
            for opens, closes in self.window.starting(start, end)
        )
        return [(opens, closes) for opens, closes in found if closes > start]

    def time_at(self, now: datetime) -> Interval | None:
        """The time of it that is now, if there is one."""
        return next((each for each in self.times(now, now + timedelta.resolution)), None)

    def over(self, now: datetime) -> bool:
        """Is it in force at this instant?"""
        return self.time_at(now) is not None

    def coming(self, now: datetime, within: timedelta = LOOKED_AHEAD) -> Interval | None:
        """The first time that begins after now."""
        return next((each for each in self.times(now, now + within) if each[0] > now), None)

    def quiet(self, now: datetime) -> Quiet | None:
        """What it means now for an alert that it is about."""
        time = self.time_at(now)
        if time is None:
            return None
        return Quiet(
            kind=QuietKind.MAINTENANCE,
            name=self.name,
            until=time[1],
            comment=self.window.comment,
            by=self.by,
        )


def maintaining(labels: Mapping[str, str], windows: Iterable[Maintenance], now: datetime) -> Quiet | None:
    """The window in force that an alert with these labels falls into; of several the one that ends last."""
    found = (each.quiet(now) for each in windows if each.window.covers(labels))
    return longest(quiet for quiet in found if quiet is not None)
