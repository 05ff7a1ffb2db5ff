"""Who is woken next, and why? One pure decision climbs a policy level by level.

The flow `page` and the watchdog both ask it and carry out its actions. The rules are in docs/escalation.md: a
policy is a snapshot, people are resolved when a level fires, and a level that reaches nobody is left at once.
After the last level the policy repeats, then the fallback is paged and the escalation is loudly unreached.
Asking again before anything is due does nothing.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from incident.duration import write_duration
from incident.policy import Policy, Target, targets

FALLBACK = -1
"""The number of the level that stands for the policy's fallback."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Stage(StrEnum):
    """Where an escalation stands."""

    CLIMBING = "climbing"
    UNREACHED = "unreached"
    ACKNOWLEDGED = "acknowledged"
    ENDED = "ended"


class Progress(_Value):
    """The timer of an escalation: a row, so that it dies with no process."""

    next_at: Annotated[AwareDatetime | None, Field(description="When to ask again; None: never.")]
    stage: Stage = Stage.CLIMBING
    level: Annotated[int, Field(description="The level that fires next, from 0.")] = 0
    round: Annotated[int, Field(description="The round it belongs to, from 0.")] = 0


class Responder(_Value):
    """Somebody whom a level reaches, and because of which target."""

    person: str
    because: str


class Situation(_Value):
    """What is true now: everything that a decision needs to know of the world."""

    acknowledged_by: str | None = None
    ended: Annotated[str | None, Field(description="Why nobody needs to be woken any more.")] = None
    responders: Annotated[dict[str, tuple[Responder, ...]], Field(description="By target, as text.")] = {}
    absent: Annotated[dict[str, str], Field(description="Why a target reaches nobody, by target.")] = {}

    def reached_by(self, targets: Iterable[Target]) -> tuple[Responder, ...]:
        """Each person once, for the first target that reaches them."""
        found: dict[str, Responder] = {}
        for target in targets:
            for responder in self.responders.get(str(target), ()):
                found.setdefault(responder.person, responder)
        return tuple(found.values())

    def why_nobody(self, targets: Iterable[Target]) -> str:
        """The reason that a level reached nobody, in words."""
        return "; ".join(
            self.absent.get(str(target), f"nobody is reachable for {target}") for target in targets
        )


class PageLevel(_Value):
    """Page these people now, and wait until ``until`` for an acknowledgement."""

    level: int
    round: int
    responders: tuple[Responder, ...]
    until: AwareDatetime
    reason: str

    @property
    def label(self) -> str:
        """How the level is called on screens: `level 2 · bob`."""
        names = ", ".join(responder.person for responder in self.responders)
        return f"{'fallback' if self.level == FALLBACK else f'level {self.level + 1}'} · {names}"


class SkipLevel(_Value):
    """A level reached nobody and was left at once (E3)."""

    level: int
    round: int
    reason: str


class Exhausted(_Value):
    """Nobody acknowledged, or nobody could be reached: the incident is loudly unreached."""

    reason: str


class Stop(_Value):
    """Nobody needs to be woken any more."""

    reason: str


Action = PageLevel | SkipLevel | Exhausted | Stop
Step = tuple[Progress, tuple[Action, ...]]


def start(now: datetime, *, first_at: datetime | None = None, level: int = 0) -> Progress:
    """The progress of a new escalation; ``first_at`` delays it, for instance to the morning."""
    return Progress(next_at=first_at or now, level=level)


def decide(policy: Policy, progress: Progress, situation: Situation, now: datetime) -> Step:
    """What is to be done now, and when to ask again (``next_at`` of the new progress; None: never)."""
    if progress.next_at is None:
        return progress, ()
    if situation.acknowledged_by:
        stop = Stop(reason=f"acknowledged by {situation.acknowledged_by}")
        return progress.model_copy(update={"stage": Stage.ACKNOWLEDGED, "next_at": None}), (stop,)
    if situation.ended:
        stop = Stop(reason=situation.ended)
        return progress.model_copy(update={"stage": Stage.ENDED, "next_at": None}), (stop,)
    if now < progress.next_at:
        return progress, ()
    if progress.stage is Stage.UNREACHED:
        return _fall_back(policy, progress, situation, now)
    return _climb(policy, progress, situation, now)


def _climb(policy: Policy, progress: Progress, situation: Situation, now: datetime) -> Step:
    skipped: list[Action] = []
    while progress.round <= policy.repeat and len(skipped) < len(policy.levels):
        number = min(progress.level, len(policy.levels) - 1)
        level = policy.levels[number]
        following = _following(policy, progress)
        if responders := situation.reached_by(level.targets):
            until = now + level.wait
            reason = _why(policy, progress.round, number)
            page = PageLevel(
                level=number, round=progress.round, responders=responders, until=until, reason=reason
            )
            return following.model_copy(update={"next_at": until}), (*skipped, page)
        reason = situation.why_nobody(level.targets)
        skipped.append(SkipLevel(level=number, round=progress.round, reason=reason))
        progress = following
    unreached, actions = _fall_back(policy, progress, situation, now)
    return unreached, (*skipped, _exhausted(policy, progress, skipped), *actions)


def _following(policy: Policy, progress: Progress) -> Progress:
    last = progress.level + 1 >= len(policy.levels)
    return progress.model_copy(
        update={"level": 0, "round": progress.round + 1} if last else {"level": progress.level + 1}
    )


def _why(policy: Policy, round_: int, number: int) -> str:
    level = policy.levels[number]
    named = ", ".join(str(target) for target in level.targets)
    turn = f"round {round_ + 1} of {policy.repeat + 1}, " if policy.repeat else ""
    place = f"level {number + 1} of {len(policy.levels)}"
    return f"{turn}{place} pages {named}, {write_duration(level.wait)} to answer"


def _exhausted(policy: Policy, progress: Progress, skipped: list[Action]) -> Exhausted:
    if len(skipped) >= len(policy.levels):
        return Exhausted(reason="not one level of the policy reaches anybody now")
    rounds = "1 round" if progress.round == 1 else f"{progress.round} rounds"
    return Exhausted(reason=f"nobody acknowledged in {rounds} of {len(policy.levels)} levels")


def _fall_back(policy: Policy, progress: Progress, situation: Situation, now: datetime) -> Step:
    """Page the fallback; if it reaches nobody, whoever else of the policy can be reached by now."""
    until = now + policy.remind_every
    step = {"level": FALLBACK, "round": progress.round}
    unreached = progress.model_copy(
        update={"stage": Stage.UNREACHED, "next_at": until, "round": progress.round + 1}
    )
    why = f"the policy is exhausted; its fallback is paged every {write_duration(policy.remind_every)}"
    if responders := situation.reached_by(policy.fallback):
        return unreached, (PageLevel(responders=responders, until=until, reason=why, **step),)
    missing = situation.why_nobody(policy.fallback) or "the policy has no fallback"
    skip = SkipLevel(reason=missing, **step)
    if responders := situation.reached_by(sorted(targets(policy), key=str)):
        why = f"the policy is exhausted, and all of its levels are paged: {missing}"
        return unreached, (skip, PageLevel(responders=responders, until=until, reason=why, **step))
    return unreached, (skip,)
