"""May this person take, decline or withdraw an offered shift, and if not, why not?

An offer is made once and answered once: the first one who takes it stands in, everybody after hears who was
faster. An offer that nobody answers ends by itself.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import assert_never


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
