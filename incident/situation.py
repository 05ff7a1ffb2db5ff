"""What is true now? Everything that a decision about an escalation needs to know of the world."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from incident.hours import WorkingHours
from incident.policy import Target
from incident.severity import Severity


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Responder(_Value):
    """Somebody whom a level reaches, and because of which target."""

    person: str
    because: str


class Hold(_Value):
    """A maintenance or a silence: no step is taken while it lasts (E14)."""

    why: str
    until: AwareDatetime | None = None


class Turn(_Value):
    """How far a round robin has come (E6); its members as text."""

    last: Annotated[str | None, Field(description="Whose turn it was for the last incident.")] = None
    assigned: Annotated[str | None, Field(description="Whose turn it is for this incident.")] = None


class Situation(_Value):
    """The world at the instant of a decision."""

    ended: Annotated[str | None, Field(description="Why nobody needs to be woken any more.")] = None
    held: Hold | None = None
    severity: Severity = Severity.CRITICAL
    working_hours: WorkingHours = WorkingHours()
    alerts: Annotated[
        tuple[AwareDatetime, ...], Field(description="When the incident's alerts came, as far back as asked.")
    ] = ()
    responders: Annotated[dict[str, tuple[Responder, ...]], Field(description="By target, as text.")] = {}
    absent: Annotated[dict[str, str], Field(description="Why a target reaches nobody, by target.")] = {}
    handoffs: Annotated[
        dict[str, AwareDatetime], Field(description="When a target next means others, by target.")
    ] = {}
    turns: Annotated[dict[str, Turn], Field(description="By `place` of the level.")] = {}

    def reached_by(self, targets: Iterable[Target]) -> tuple[Responder, ...]:
        """Each person once, for the first target that reaches them."""
        found: dict[str, Responder] = {}
        for target in targets:
            for responder in self.responders.get(str(target), ()):
                found.setdefault(responder.person, responder)
        return tuple(found.values())

    def why_nobody(self, targets: Iterable[Target]) -> str:
        """The reason that a level reached nobody, in words."""
        return "; ".join(self._absent(target) for target in targets)

    def _absent(self, target: Target) -> str:
        if target.round_robin is not None:
            return self.why_nobody(target.round_robin)
        return self.absent.get(str(target), f"nobody is reachable for {target}")


def place(policy: str, level: int) -> str:
    """The name of a level whose round robin keeps turns, such as `checkout/1`; the level from 0."""
    return f"{policy}/{level}"
