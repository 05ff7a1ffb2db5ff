"""Whom does an escalation page, in which order, and how long does it wait? The policy, as people write it."""

from datetime import timedelta
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from incident.duration import PositiveDuration


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Target(_Model):
    """Whom a level pages: exactly one of a person, a schedule or a team."""

    person: Annotated[str | None, Field(description="A name under people:.")] = None
    schedule: Annotated[str | None, Field(description="A name under schedules:; who is on call then.")] = None
    team: Annotated[str | None, Field(description="A name under teams:; all of its members at once.")] = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if sum(named is not None for named in (self.person, self.schedule, self.team)) != 1:
            raise ValueError("write exactly one of person:, schedule: or team:")
        return self

    def __str__(self) -> str:
        if self.person is not None:
            return self.person
        return f"schedule {self.schedule}" if self.schedule is not None else f"team {self.team}"


class Level(_Model):
    """One step of a policy."""

    targets: Annotated[tuple[Target, ...], Field(min_length=1, description="All of them are paged at once.")]
    wait: Annotated[
        PositiveDuration, Field(description="Elapsed time for an acknowledgement before the next level.")
    ] = timedelta(minutes=5)


class Policy(_Model):
    """An escalation policy; an escalation keeps the one it was started with (E1)."""

    levels: Annotated[tuple[Level, ...], Field(min_length=1)]
    repeat: Annotated[int, Field(ge=0, le=9, description="How many more rounds after the first one.")] = 2
    fallback: Annotated[tuple[Target, ...], Field(description="Paged when every round went unanswered.")] = ()
    remind_every: Annotated[
        PositiveDuration, Field(description="While unreached, the fallback is paged again this often.")
    ] = timedelta(hours=1)


def targets(policy: Policy) -> frozenset[Target]:
    """Everything the policy may page."""
    return frozenset(policy.fallback).union(*(level.targets for level in policy.levels))
