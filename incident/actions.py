"""What can a decision about an escalation ask for? A closed set, each with its reason in words."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from incident.progress import FALLBACK
from incident.situation import Responder


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class PageLevel(_Value):
    """Page these people now, and wait until ``until`` for an acknowledgement."""

    policy: str
    level: int
    round: int
    step: Annotated[int, Field(description="From 1; no two levels of an escalation are paged as the same.")]
    responders: tuple[Responder, ...]
    until: AwareDatetime
    reason: str
    turn: Annotated[str | None, Field(description="Whose turn of a round robin this takes (E6).")] = None
    unanswered: Annotated[bool, Field(description="Because the level before it got no answer.")] = False
    although_acknowledged: Annotated[bool, Field(description="An answer does not keep it back.")] = False

    @property
    def label(self) -> str:
        """How the level is called on screens: `level 2 · bob`."""
        names = ", ".join(responder.person for responder in self.responders)
        return f"{'fallback' if self.level == FALLBACK else f'level {self.level + 1}'} · {names}"


class SkipLevel(_Value):
    """A level reached nobody, or is not meant for this, and was left at once (E3, E8)."""

    level: int
    round: int
    reason: str
    not_meant: Annotated[bool, Field(description="Its conditions do not hold; nobody was looked up.")] = False


class WaitForHours(_Value):
    """A level waits for the hours in which it may fire (E8)."""

    level: int
    round: int
    until: AwareDatetime
    reason: str


class HandOver(_Value):
    """Another policy goes on from its first level."""

    policy: str
    reason: str


class HeldBack(_Value):
    """A step was due and is not taken while a maintenance or a silence lasts (E14)."""

    until: AwareDatetime | None
    reason: str


class Reopen(_Value):
    """The acknowledgement does not count any more (E10)."""

    reason: str


class Exhausted(_Value):
    """Nobody acknowledged, or nobody could be reached: the incident is loudly unreached."""

    reason: str


class Answered(_Value):
    """Somebody acknowledged where the level asks for more than one; the others are still waited for."""

    person: str
    reason: str


class Stop(_Value):
    """Nobody needs to be woken any more."""

    reason: str


Action = PageLevel | SkipLevel | WaitForHours | HandOver | HeldBack | Reopen | Exhausted | Answered | Stop
