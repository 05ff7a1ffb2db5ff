"""Which silence applies to an alert, and why?

A silence has matchers, an author, a comment and always an end: one that nobody remembers must not be able to
hide an outage for ever. What it suppressed is looked at again when it ends.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from incident.changes import Reason
from incident.dated import Dated, Moment
from incident.duration import PositiveDuration
from incident.errors import AnswerError
from incident.matching import Matcher, match_all
from incident.quiet import Quiet, QuietKind, longest
from incident.wall_clock import WallClock

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


class NewSilence(Dated):
    """A silence that somebody asks for, of alerts or of one incident."""

    matchers: Annotated[tuple[Matcher, ...], Field(description='Such as host=~"db.*"; all must be met.')] = ()
    incident: Annotated[
        str | None, Field(description="Or the key of an incident: its paging is held back.")
    ] = None
    comment: Annotated[Reason, Field(min_length=1, description="Why; it is in every reason.")]
    start: Annotated[Moment | None, Field(description="Left out: now.")] = None
    end: Annotated[Moment | None, Field(description="The first instant after it.")] = None
    for_: Annotated[PositiveDuration | None, Field(alias="for", description="Or how long it lasts.")] = None
    key: Annotated[UUID | None, Field(description="The same again makes no second one.")] = None

    def covers(self, labels: Mapping[str, str]) -> bool:
        """Are these the labels of an alert that it would be about?"""
        return bool(self.matchers) and match_all(self.matchers, labels)

    def span(self, clock: WallClock, now: datetime) -> tuple[datetime, datetime]:
        """From when until when; local times are on this clock, and one that began before now begins now.

        Raises:
            AnswerError: it has no end or two of them, or cannot be kept as it is; says what to write.
        """
        if (self.end is None) == (self.for_ is None):
            raise AnswerError(["end: a silence has an end; write either end or for"])
        if (self.incident is None) == (not self.matchers):
            raise AnswerError(["matchers: write what is silenced: either matchers, or an incident"])
        start = max(_instant(self.start, clock, "start"), now) if self.start else now
        end = _instant(self.end, clock, "end") if self.end else start + (self.for_ or timedelta())
        if problems := problems_of(self.matchers, start, end, now, of_incident=self.incident is not None):
            raise AnswerError(problems)
        return start, end


def _instant(moment: datetime, clock: WallClock, key: str) -> datetime:
    try:
        return moment if moment.tzinfo else clock.exact(moment)
    except ValueError as error:
        raise AnswerError([f"{key}: {error}"]) from None


def problems_of(
    matchers: Iterable[Matcher], start: datetime, end: datetime, now: datetime, *, of_incident: bool = False
) -> list[str]:
    """What is wrong with a silence that somebody wants to make, and what to write instead."""
    about = [] if of_incident else _problems_of_matchers(tuple(matchers))
    return [*about, *problems_of_times(start, end, now)]


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
