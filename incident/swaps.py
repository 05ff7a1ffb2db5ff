"""May this person take, decline or withdraw an offered shift, and if not, why not?

An offer is made once and answered once: the first one who takes it stands in, everybody after hears who was
faster. An offer that nobody answers ends by itself.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self, assert_never

from pydantic import Field, model_validator

from incident.changes import LONGEST_PLAN, Reason, instants
from incident.dated import Dated, Moment
from incident.errors import AnswerError
from incident.restriction import Interval
from incident.schedule import Schedule
from incident.shifts import has_all, shift_at


class SwapState(StrEnum):
    """What has become of an offer."""

    OFFERED = "offered"
    TAKEN = "taken"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Answer(StrEnum):
    """What can be done about an offer."""

    TAKE = "take"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


class Proposal(Dated):
    """A shift that somebody would like to give away: a whole one, or from when to when."""

    schedule: str = Field(description="A name under schedules:.")
    shift: Moment | None = Field(default=None, description="Any time in the shift, which is offered whole.")
    start: Moment | None = Field(default=None, description="Or from when on ...")
    end: Moment | None = Field(default=None, description="... until when.")
    to: str | None = Field(default=None, description="Who is asked; left out: anybody.")
    expires_at: Moment | None = Field(
        default=None, description="Until when it can be taken; left out: until the shift ends."
    )
    reason: Reason = ""

    @model_validator(mode="after")
    def _one_way_to_say_when(self) -> Self:
        if (self.shift is None) == (self.start is None) or (self.start is None) != (self.end is None):
            raise ValueError("write either shift: any time in it, or both start: and end:")
        return self


@dataclass(frozen=True, slots=True)
class Offer:
    """A shift that its owner would give away, to one person or to anybody (None)."""

    person: str
    to: str | None
    state: SwapState
    expires_at: datetime
    answered_by: str | None = None
    answered_at: datetime | None = None

    def state_at(self, now: datetime) -> SwapState:
        """The state, with the time taken into account: nobody writes down that an offer has expired."""
        over = self.state is SwapState.OFFERED and self.expires_at <= now
        return SwapState.EXPIRED if over else self.state


def span_of(proposal: Proposal, schedule: Schedule, person: str, now: datetime) -> tuple[Interval, datetime]:
    """What exactly is offered, and until when it can be taken; what was is not offered.

    Raises:
        AnswerError: the person is not on call all through it, or a time is impossible or over.
    """
    told = instants(proposal, schedule.clock)
    if told.shift is not None:
        start, end = shift_at(schedule, person, told.shift)
    else:
        assert told.start is not None, "a proposal without a shift has a start and an end"
        assert told.end is not None, "a proposal without a shift has a start and an end"
        start, end = told.start, told.end
    start = max(start, now)
    if end <= start:
        raise AnswerError(["end: it is not after the start, or has passed"])
    if end - start > LONGEST_PLAN:
        raise AnswerError([f"end: a shift that is offered has {LONGEST_PLAN.days} days at most"])
    if not has_all(schedule, person, (start, end)):
        raise AnswerError(
            [f"{person} is not on call from {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC"]
        )
    expires_at = min(told.expires_at or end, end)
    if expires_at <= now:
        raise AnswerError(["expires_at: it has passed"])
    return (start, end), expires_at


def refusal(offer: Offer, answer: Answer, person: str, now: datetime) -> str | None:
    """Why this person cannot answer so now, or None if they can."""
    return _over(offer, now) or _not_theirs(offer, answer, person)


def _over(offer: Offer, now: datetime) -> str | None:
    """Why nobody can answer any more."""
    when = offer.answered_at.strftime("%Y-%m-%d %H:%M UTC") if offer.answered_at else ""
    match offer.state_at(now):
        case SwapState.OFFERED:
            return None
        case SwapState.TAKEN:
            return f"{offer.answered_by} took it at {when}"
        case SwapState.DECLINED:
            return f"{offer.answered_by} declined it at {when}; offer the shift again, to somebody else"
        case SwapState.WITHDRAWN:
            return f"{offer.answered_by} withdrew it at {when}"
        case SwapState.EXPIRED:
            return f"it expired at {offer.expires_at:%Y-%m-%d %H:%M UTC}; offer the shift again"
        case never:
            assert_never(never)


def _not_theirs(offer: Offer, answer: Answer, person: str) -> str | None:
    """Why this person is not the one to answer so."""
    match answer:
        case Answer.TAKE if person == offer.person:
            return "it is your own shift; withdraw the offer if you keep it"
        case Answer.TAKE if offer.to not in (None, person):
            return f"it is offered to {offer.to}, not to you"
        case Answer.DECLINE if offer.to is None:
            return "it is offered to anybody; leave it to somebody else"
        case Answer.DECLINE if offer.to != person:
            return f"it is offered to {offer.to}, not to you"
        case Answer.WITHDRAW if person != offer.person:
            return f"it is {offer.person}'s offer; only they can withdraw it"
        case _:
            return None
