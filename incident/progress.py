"""How far has an escalation come? The value that is kept as its row: it dies with no process."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from incident.plan import Plan

FALLBACK = -1
"""The number of the level that stands for the policy's fallback."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Stage(StrEnum):
    """Where an escalation stands."""

    CLIMBING = "climbing"
    UNREACHED = "unreached"
    ACKNOWLEDGED = "acknowledged"
    HELD = "held"
    ENDED = "ended"


class Standing(_Value):
    """The level that was paged last, and who is waited for."""

    policy: str
    level: int
    round: int
    people: tuple[str, ...]
    until: AwareDatetime
    answered_before: Annotated[int, Field(description="How many had acknowledged when it was paged.")] = 0


class Progress(_Value):
    """The timer of an escalation, and what the next decision needs to know of those before it."""

    next_at: Annotated[AwareDatetime | None, Field(description="When to ask again; None: never.")]
    policy: Annotated[str, Field(description="The policy that is climbed.")]
    stage: Stage = Stage.CLIMBING
    level: Annotated[int, Field(description="The level that fires next, from 0.")] = 0
    round: Annotated[int, Field(description="The round it belongs to, from 0.")] = 0
    step: Annotated[int, Field(description="How often a level was paged so far; names each page.")] = 0
    standing: Standing | None = None
    answered: Annotated[tuple[str, ...], Field(description="Who has acknowledged, enough or not.")] = ()
    came_through: Annotated[tuple[str, ...], Field(description="The policies that handed over.")] = ()
    reopened: Annotated[int, Field(description="How often it was opened again after an answer.")] = 0
    reopens_at: Annotated[AwareDatetime | None, Field(description="When the acknowledgement ends.")] = None
    goes_on_at: Annotated[
        AwareDatetime | None, Field(description="When a level fires that asks for a resolution only.")
    ] = None
    goes_on_with: int = 0


def start(
    plan: Plan, now: datetime, *, first_at: datetime | None = None, level: int = 0, step: int = 0
) -> Progress:
    """The progress of a new escalation.

    `first_at` delays it, for instance to the morning; `level` begins further up, at the last one at most. The
    delay of the first level comes on top (E2). `step` counts on from an escalation that starts again.
    """
    number = min(level, len(plan.first.levels) - 1)
    delay = plan.first.levels[0].delay if number == 0 else timedelta()
    return Progress(next_at=(first_at or now) + delay, policy=plan.name, level=number, step=step)


def changed(progress: Progress, **values: object) -> Progress:
    """The progress with other values."""
    return progress.model_copy(update=values)


def ended(progress: Progress) -> Progress:
    """Nobody is needed any more; what was acknowledged stays acknowledged."""
    stage = progress.stage if progress.stage is Stage.ACKNOWLEDGED else Stage.ENDED
    return changed(progress, stage=stage, next_at=None, reopens_at=None, goes_on_at=None)


def following(plan: Plan, progress: Progress) -> Progress:
    """The level after the one that fires next."""
    last = progress.level + 1 >= len(plan.policies[progress.policy].levels)
    if last:
        return changed(progress, level=0, round=progress.round + 1)
    return changed(progress, level=progress.level + 1)


def timed(progress: Progress) -> Progress:
    """Acknowledged, and asked again when the acknowledgement ends or a level goes on, whichever is first."""
    times = [at for at in (progress.reopens_at, progress.goes_on_at) if at is not None]
    return changed(progress, next_at=min(times, default=None))
