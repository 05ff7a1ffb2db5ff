"""An escalation on a fake clock: `night.at(5).expect_page("bob")`.

A timer wakes whenever the progress says so, as the flow and the watchdog do. Between two steps the progress
goes through JSON, as through its row, so that every step is taken by what might be a new process.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Self, TypeVar

from incident.escalation import (
    Action,
    Exhausted,
    PageLevel,
    Progress,
    Responder,
    Situation,
    SkipLevel,
    Stage,
    Stop,
    decide,
    start,
)
from incident.policy import Level, Policy, Target, targets

A = TypeVar("A", PageLevel, SkipLevel, Exhausted, Stop)
ALARM = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def policy(*levels: str, wait: int = 5, repeat: int = 0, fallback: str = "", remind: int = 60) -> Policy:
    """A policy whose levels are written as names: `policy("alice", "bob carol")`; waits are in minutes."""
    return Policy(
        levels=tuple(Level(targets=_targets(names), wait=timedelta(minutes=wait)) for names in levels),
        repeat=repeat,
        fallback=_targets(fallback),
        remind_every=timedelta(minutes=remind),
    )


def _targets(names: str) -> tuple[Target, ...]:
    return tuple(Target(person=name) for name in names.split())


def _instant(minute: int) -> datetime:
    return ALARM + timedelta(minutes=minute)


class EscalationScenario:
    """One escalation from minute 0 on; what happens has to be expected, in order."""

    def __init__(self, policy: Policy, *, first_page_at: int | None = None, level: int = 0) -> None:
        self.policy = policy
        self.minute = 0
        first_at = None if first_page_at is None else _instant(first_page_at)
        self.progress = start(ALARM, first_at=first_at, level=level)
        self.unreachable: set[str] = set()
        self.stands_in: dict[str, tuple[str, ...]] = {}
        self.acknowledged_by: str | None = None
        self.ended: str | None = None
        self.happened: list[tuple[int, Action]] = []
        self.ask()

    def ask(self) -> Self:
        """Ask for a decision now, as often as one likes."""
        row = Progress.model_validate_json(self.progress.model_dump_json())
        self.progress, actions = decide(self.policy, row, self._situation(), _instant(self.minute))
        self.happened += [(self.minute, action) for action in actions]
        return self

    def at(self, minute: int) -> Self:
        """The timer runs until this minute, waking for every step that becomes due."""
        while self.progress.next_at and self.progress.next_at <= _instant(minute):
            due = (self.progress.next_at - ALARM) // timedelta(minutes=1)
            self.minute = max(self.minute, due)
            self.ask()
        self.minute = minute
        return self

    def down_until(self, minute: int) -> Self:
        """Nothing runs until this minute; then a new process takes over."""
        self.minute = minute
        return self.ask()

    def acknowledge(self, person: str) -> Self:
        """Somebody takes it."""
        self.acknowledged_by = self.acknowledged_by or person
        return self.ask()

    def end(self, reason: str) -> Self:
        """The incident is over."""
        self.ended = reason
        return self.ask()

    def nobody_is(self, *names: str) -> Self:
        """These targets reach nobody from now on."""
        self.unreachable.update(names)
        return self

    def hand_off(self, target: str, *people: str) -> Self:
        """From now on this target means these people."""
        self.unreachable.discard(target)
        self.stands_in[target] = people
        return self

    def expect_page(self, *people: str, level: int | None = None) -> Self:
        """Now these people were paged, together."""
        page = self._next(PageLevel)
        assert tuple(responder.person for responder in page.responders) == people
        assert level is None or page.level == level - 1
        return self

    def expect_skip(self, reason: str) -> Self:
        """Now a level was left at once, because of this."""
        assert self._next(SkipLevel).reason == reason
        return self

    def expect_exhausted(self, reason: str) -> Self:
        """Now the policy was given up on, because of this."""
        assert self._next(Exhausted).reason == reason
        assert self.progress.stage is Stage.UNREACHED
        return self

    def expect_stop(self, reason: str) -> Self:
        """Now paging stopped, because of this, and never asks to be woken again."""
        assert self._next(Stop).reason == reason
        assert self.progress.next_at is None
        return self

    def expect_silence(self) -> Self:
        """Nothing happened that was not expected yet."""
        assert self.happened == []
        return self

    def _next(self, kind: type[A]) -> A:
        assert self.happened, f"nothing happened by minute {self.minute}"
        minute, action = self.happened.pop(0)
        assert isinstance(action, kind), f"{action!r} in minute {minute}"
        assert minute == self.minute, f"{action!r} happened in minute {minute} already"
        return action

    def _situation(self) -> Situation:
        return Situation(
            acknowledged_by=self.acknowledged_by,
            ended=self.ended,
            responders={
                name: tuple(Responder(person=person, because="named") for person in self._people(name))
                for name in map(str, targets(self.policy))
            },
            absent={name: f"nobody is {name}" for name in self.unreachable},
        )

    def _people(self, target: str) -> Iterable[str]:
        return () if target in self.unreachable else self.stands_in.get(target, (target,))
