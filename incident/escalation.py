"""Who is woken next, and why? One pure decision climbs a policy level by level.

The flow `page` and the watchdog both ask it and carry out its actions. Rules E1 to E11 of docs/escalation.md:
a policy is a snapshot, people are resolved when a level fires, a level that reaches nobody is left at once, after
the last level the policy repeats, then the fallback is paged and the escalation is loudly unreached. Asking again
before anything is due does nothing.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from incident.duration import Duration, write_duration


class Target(BaseModel):
    """Whom a level pages: exactly one of a person, a schedule or a team."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    person: Annotated[str | None, Field(description="A name under people:.")] = None
    schedule: Annotated[str | None, Field(description="A name under schedules:; whoever is on call then.")] = None
    team: Annotated[str | None, Field(description="A name under teams:; all of its members at once.")] = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if sum(named is not None for named in (self.person, self.schedule, self.team)) != 1:
            raise ValueError("write exactly one of person:, schedule: or team:")
        return self

    def __str__(self) -> str:
        if self.person:
            return self.person
        return f"schedule {self.schedule}" if self.schedule else f"team {self.team}"


class Level(BaseModel):
    """One step of a policy."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    targets: Annotated[tuple[Target, ...], Field(min_length=1, description="All of them are paged at once.")]
    wait: Annotated[
        Duration, Field(gt=timedelta(0), description="Elapsed time for an acknowledgement before the next level.")
    ] = timedelta(minutes=5)


class Policy(BaseModel):
    """An escalation policy; an escalation keeps the one it was started with (E1)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    levels: Annotated[tuple[Level, ...], Field(min_length=1)]
    repeat: Annotated[int, Field(ge=0, le=9, description="How many more rounds after the first one.")] = 2
    fallback: Annotated[tuple[Target, ...], Field(description="Paged when every round went unanswered.")] = ()
    remind_every: Annotated[
        Duration, Field(gt=timedelta(0), description="While unreached, the fallback is paged again this often.")
    ] = timedelta(hours=1)


class Stage(StrEnum):
    """Where an escalation stands."""

    CLIMBING = "climbing"
    UNREACHED = "unreached"
    ACKNOWLEDGED = "acknowledged"
    ENDED = "ended"


class Progress(BaseModel):
    """The timer of an escalation: a row, so that it dies with no process."""

    model_config = ConfigDict(frozen=True)

    next_at: AwareDatetime | None
    stage: Stage = Stage.CLIMBING
    level: int = 0
    round: int = 0
    reached: bool = False


class Responder(BaseModel):
    """Somebody whom a level reaches, and because of which target."""

    model_config = ConfigDict(frozen=True)

    person: str
    because: str


class Situation(BaseModel):
    """What is true now: everything that a decision needs to know of the world."""

    model_config = ConfigDict(frozen=True)

    acknowledged_by: str | None = None
    ended: Annotated[str | None, Field(description="Why nobody needs to be woken any more.")] = None
    responders: dict[str, tuple[Responder, ...]] = {}
    absent: dict[str, str] = {}

    def reached_by(self, targets: tuple[Target, ...]) -> tuple[Responder, ...]:
        """Each person once, for the first target that reaches them."""
        found: dict[str, Responder] = {}
        for target in targets:
            for responder in self.responders.get(str(target), ()):
                found.setdefault(responder.person, responder)
        return tuple(found.values())

    def why_nobody(self, targets: tuple[Target, ...]) -> str:
        """The reason that a level reached nobody, in words."""
        return "; ".join(self.absent.get(str(target), f"nobody is reachable for {target}") for target in targets)


class PageLevel(BaseModel):
    """Page these people now, and wait until ``until`` for an acknowledgement."""

    model_config = ConfigDict(frozen=True)

    level: int
    round: int
    responders: tuple[Responder, ...]
    until: AwareDatetime
    reason: str

    @property
    def label(self) -> str:
        """How the level is called on screens: `level 2 · bob`."""
        names = ", ".join(responder.person for responder in self.responders)
        return f"{'fallback' if self.level < 0 else f'level {self.level + 1}'} · {names}"


class SkipLevel(BaseModel):
    """A level reached nobody and was left at once (E3)."""

    model_config = ConfigDict(frozen=True)

    level: int
    round: int
    reason: str


class Exhausted(BaseModel):
    """Every round went unanswered: the incident is loudly unreached."""

    model_config = ConfigDict(frozen=True)

    reason: str


class Stop(BaseModel):
    """Nobody needs to be woken any more."""

    model_config = ConfigDict(frozen=True)

    reason: str


Action = PageLevel | SkipLevel | Exhausted | Stop
FALLBACK = -1


def start(now: datetime, *, first_at: datetime | None = None, level: int = 0) -> Progress:
    """The progress of a new escalation; ``first_at`` delays it, for instance to the morning."""
    return Progress(next_at=first_at or now, level=level)


def targets(policy: Policy) -> frozenset[Target]:
    """Everything the policy may page."""
    return frozenset(policy.fallback).union(*(level.targets for level in policy.levels))


def decide(
    policy: Policy, progress: Progress, situation: Situation, now: datetime
) -> tuple[Progress, tuple[Action, ...]]:
    """What is to be done now, and when to ask again (``next_at`` of the new progress; None: never)."""
    if progress.next_at is None:
        return progress, ()
    if situation.acknowledged_by:
        stop = Stop(reason=f"acknowledged by {situation.acknowledged_by}")
        return _finish(progress, Stage.ACKNOWLEDGED), (stop,)
    if situation.ended:
        return _finish(progress, Stage.ENDED), (Stop(reason=situation.ended),)
    if now < progress.next_at:
        return progress, ()
    return _climb(policy, progress, situation, now)


def _finish(progress: Progress, stage: Stage) -> Progress:
    return progress.model_copy(update={"stage": stage, "next_at": None})


def _climb(
    policy: Policy, progress: Progress, situation: Situation, now: datetime
) -> tuple[Progress, tuple[Action, ...]]:
    skipped: list[Action] = []
    while progress.stage is Stage.CLIMBING and progress.round <= policy.repeat:
        level = policy.levels[progress.level]
        step = {"level": progress.level, "round": progress.round}
        following = _following(policy, progress)
        if responders := situation.reached_by(level.targets):
            until = now + level.wait
            reason = _why(policy, progress, level)
            page = PageLevel(responders=responders, until=until, reason=reason, **step)
            return following.model_copy(update={"next_at": until, "reached": True}), (*skipped, page)
        skipped.append(SkipLevel(reason=situation.why_nobody(level.targets), **step))
        progress = following
        if progress.level == 0 and not progress.reached:
            break  # a whole round reached nobody: repeating it at once would not help (E3)
    return _fall_back(policy, progress, situation, now, skipped)


def _following(policy: Policy, progress: Progress) -> Progress:
    last = progress.level + 1 >= len(policy.levels)
    return progress.model_copy(
        update={"level": 0, "round": progress.round + 1} if last else {"level": progress.level + 1}
    )


def _why(policy: Policy, progress: Progress, level: Level) -> str:
    named = ", ".join(str(target) for target in level.targets)
    turn = f"round {progress.round + 1} of {policy.repeat + 1}, " if policy.repeat else ""
    return f"{turn}level {progress.level + 1} of {len(policy.levels)} pages {named}, {write_duration(level.wait)} to answer"


def _fall_back(
    policy: Policy, progress: Progress, situation: Situation, now: datetime, done: list[Action]
) -> tuple[Progress, tuple[Action, ...]]:
    until = now + policy.remind_every
    if progress.stage is Stage.CLIMBING:
        done = [*done, Exhausted(reason=f"nobody acknowledged after {progress.round} rounds of {len(policy.levels)} levels")]
    unreached = progress.model_copy(update={"stage": Stage.UNREACHED, "next_at": until, "round": progress.round + 1})
    responders = situation.reached_by(policy.fallback)
    if not responders:
        reason = situation.why_nobody(policy.fallback) if policy.fallback else "the policy has no fallback"
        return unreached, (*done, SkipLevel(level=FALLBACK, round=progress.round, reason=reason))
    page = PageLevel(
        level=FALLBACK,
        round=progress.round,
        responders=responders,
        until=until,
        reason=f"the policy is exhausted; its fallback is paged every {write_duration(policy.remind_every)}",
    )
    return unreached, (*done, page)
