"""Whom does an escalation page, in which order, and how long does it wait? The policy, as people write it."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from incident.conditions import Conditions
from incident.duration import Duration, PositiveDuration


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def _members(written: Any) -> Any:
    """A bare name in a round robin is a person."""
    if not isinstance(written, list | tuple):
        return written
    return [{"person": each} if isinstance(each, str) else each for each in written]


class Target(_Model):
    """Whom a level pages: exactly one of the ways to say it."""

    person: Annotated[str | None, Field(description="A name under people:.")] = None
    schedule: Annotated[str | None, Field(description="A name under schedules:; who is on call then.")] = None
    next_on_call: Annotated[
        str | None, Field(description="A name under schedules:; who is on call after the present shift.")
    ] = None
    previous_on_call: Annotated[
        str | None, Field(description="A name under schedules:; who was on call before the present shift.")
    ] = None
    team: Annotated[str | None, Field(description="A name under teams:; all of its members at once.")] = None
    round_robin: Annotated[
        "Annotated[tuple[Target, ...], Field(min_length=1)] | None",
        BeforeValidator(_members),
        Field(
            description="One of these for each incident, in turn: names under people:, {schedule: ...}, or "
            "{team: ...} for each of its members.",
        ),
    ] = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if sum(value is not None for _, value in self) != 1:
            raise ValueError(
                "write exactly one of person:, schedule:, next_on_call:, previous_on_call:, team: and "
                "round_robin:"
            )
        for each in self.round_robin or ():
            if each.round_robin or each.next_on_call or each.previous_on_call:
                raise ValueError("a round robin takes people, {schedule: ...} and {team: ...} only")
        return self

    def __str__(self) -> str:
        if self.round_robin is not None:
            return f"one of {', '.join(map(str, self.round_robin))} in turn"
        if self.next_on_call is not None:
            return f"next on call for {self.next_on_call}"
        if self.previous_on_call is not None:
            return f"previous on call for {self.previous_on_call}"
        if self.person is not None:
            return self.person
        return f"schedule {self.schedule}" if self.schedule is not None else f"team {self.team}"


class IfNot(StrEnum):
    """What must not have happened for a level to fire."""

    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


class Otherwise(StrEnum):
    """What a level does whose conditions do not hold when it is reached."""

    SKIP = "skip"
    WAIT = "wait"


class Level(_Model):
    """One step of a policy: it pages its targets, or hands over to another policy."""

    targets: Annotated[tuple[Target, ...], Field(description="All of them are paged at once.")] = ()
    hand_over_to: Annotated[
        str | None, Field(description="Instead of targets: go on with this policy, a name under policies:.")
    ] = None
    wait: Annotated[
        PositiveDuration, Field(description="Elapsed time for an acknowledgement before the next level.")
    ] = timedelta(minutes=5)
    delay: Annotated[
        Duration, Field(description="Before the first level fires; other levels have the wait before them.")
    ] = timedelta(0)
    acknowledgements: Annotated[
        Annotated[int, Field(ge=1)] | Literal["all"],
        Field(description="How many of those paged must acknowledge: a number or all."),
    ] = 1
    if_not: Annotated[
        IfNot, Field(description="acknowledged, or resolved: fires although somebody has acknowledged.")
    ] = IfNot.ACKNOWLEDGED
    when: Annotated[Conditions | None, Field(description="Fires only if all of these hold.")] = None
    otherwise: Annotated[
        Otherwise, Field(alias="else", description="skip to the next level, or wait for the hours of when:.")
    ] = Otherwise.SKIP

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if bool(self.targets) == (self.hand_over_to is not None):
            raise ValueError("write either targets:, with at least one, or hand_over_to:")
        if sum(target.round_robin is not None for target in self.targets) > 1:
            raise ValueError("write one round_robin: with everybody in it; a level has one turn")
        if self.otherwise is Otherwise.WAIT and not (self.when and self.when.will_pass):
            raise ValueError(
                "else: wait needs between: or working_hours: under when:; nothing else comes by waiting"
            )
        return self


class Policy(_Model):
    """An escalation policy; an escalation keeps the one it was started with (E1)."""

    levels: Annotated[tuple[Level, ...], Field(min_length=1)]
    repeat: Annotated[int, Field(ge=0, le=9, description="How many more rounds after the first one.")] = 2
    hand_over_to: Annotated[
        str | None, Field(description="After the last round go on with this policy, a name under policies:.")
    ] = None
    fallback: Annotated[tuple[Target, ...], Field(description="Paged when every round went unanswered.")] = ()
    remind_every: Annotated[
        PositiveDuration, Field(description="While unreached, the fallback is paged again this often.")
    ] = timedelta(hours=1)
    unacknowledge_after: Annotated[
        PositiveDuration | None,
        Field(description="An acknowledgement lasts so long; unresolved, the same level is paged again."),
    ] = None
    page_newcomers: Annotated[
        bool, Field(description="Whoever comes on call while a level waits for an answer is paged, too.")
    ] = False

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if any(level.delay for level in self.levels[1:]):
            raise ValueError("delay: belongs to the first level; write wait: on the level before")
        if any(target.round_robin is not None for target in self.fallback):
            raise ValueError("a fallback pages everybody it names; leave round_robin: out")
        if any(level.hand_over_to and level.when is None for level in self.levels[:-1]):
            raise ValueError(
                "levels after a hand_over_to: without when: are never reached; move it to the end"
            )
        return self


def targets(policy: Policy) -> frozenset[Target]:
    """Everything the policy may page by itself; of a round robin all members, one by one."""
    named = (*policy.fallback, *(target for level in policy.levels for target in level.targets))
    return frozenset(each for target in named for each in target.round_robin or (target,))


def hands_over_to(policy: Policy) -> tuple[str, ...]:
    """The policies that may follow, in the order in which they stand."""
    named = (*(level.hand_over_to for level in policy.levels), policy.hand_over_to)
    return tuple(dict.fromkeys(name for name in named if name is not None))
