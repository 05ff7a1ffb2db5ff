"""Which silence applies to an alert, and why?

A silence has matchers, an author, a comment and always an end: one that nobody remembers must not be able to
hide an outage for ever. What it suppressed is looked at again when it ends.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from incident.matching import Matcher, match_all
from incident.quiet import Quiet, QuietKind, longest

LONGEST_SILENCE = timedelta(days=90)
"""From its start to its end."""

FARTHEST_START = timedelta(days=366)
"""How long before its start a silence or a maintenance may be made."""


class SilenceState(StrEnum):
    """Where a silence stands, in Alertmanager's words."""

    PENDING = "pending"
    ACTIVE = "active"
    EXPIRED = "expired"


class Silence(BaseModel):
    """Whoever makes it knows why these alerts fire; nobody else is woken for them until it ends."""

    model_config = ConfigDict(frozen=True)

    id: int = 0
    matchers: Annotated[tuple[Matcher, ...], Field(description="All of them must be met.")]
    author: str
    comment: str
    starts_at: AwareDatetime
    ends_at: Annotated[AwareDatetime, Field(description="The first instant after it.")]

    def state(self, now: datetime) -> SilenceState:
        """Is it to come, in force, or over?"""
        if now >= self.ends_at:
            return SilenceState.EXPIRED
        return SilenceState.ACTIVE if now >= self.starts_at else SilenceState.PENDING

    def covers(self, labels: Mapping[str, str]) -> bool:
        """Are these the labels of an alert that it is about? One without matchers is about none."""
        return bool(self.matchers) and match_all(self.matchers, labels)

    def quiet(self) -> Quiet:
        """What it means for an alert that it applies to."""
        return Quiet(
            kind=QuietKind.SILENCE,
            name=str(self.id),
            until=self.ends_at,
            comment=self.comment,
            by=self.author,
        )


def silencing(labels: Mapping[str, str], silences: Iterable[Silence], now: datetime) -> Quiet | None:
    """The silence in force that applies to an alert with these labels; of several the one that ends last."""
    return longest(
        silence.quiet()
        for silence in silences
        if silence.state(now) is SilenceState.ACTIVE and silence.covers(labels)
    )


def problems_of(matchers: Iterable[Matcher], start: datetime, end: datetime, now: datetime) -> list[str]:
    """What is wrong with a silence that somebody wants to make, and what to write instead."""
    return [*_problems_of_matchers(tuple(matchers)), *problems_of_times(start, end, now)]


def problems_of_times(start: datetime, end: datetime, now: datetime) -> list[str]:
    """What is wrong with the times of a silence."""
    problems = []
    if end <= start:
        problems.append(f"end: {end:%Y-%m-%d %H:%M} UTC is not after its start; write a later end")
    elif end <= now:
        problems.append(f"end: {end:%Y-%m-%d %H:%M} UTC has passed; write a later end")
    elif end - start > LONGEST_SILENCE:
        latest = start + LONGEST_SILENCE
        problems.append(
            f"end: a silence lasts {LONGEST_SILENCE.days} days at most; end it by {latest:%Y-%m-%d %H:%M} "
            "UTC and extend it then, or change the rule that fires"
        )
    if start - now > FARTHEST_START:
        problems.append(f"start: it is more than {FARTHEST_START.days} days away; write an earlier start")
    return problems


def _problems_of_matchers(matchers: tuple[Matcher, ...]) -> list[str]:
    """One that is met by an alert without any labels at all would hide everything."""
    if match_all(matchers, {}):
        return ['matchers: these mean every alert; name a label that must be there, such as env="staging"']
    return []
