"""An escalation on a fake clock: `night.at(5).expect_page("bob")`.

A timer wakes whenever the progress says so, as the flow and the watchdog do. Between two steps the progress
goes through JSON, as through its row, so that every step is taken by what might be a new process.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Self, TypeVar

from incident.acknowledging import acknowledge
from incident.actions import (
    Action,
    Answered,
    Exhausted,
    HandOver,
    HeldBack,
    PageLevel,
    Reopen,
    SkipLevel,
    Stop,
    WaitForHours,
)
from incident.climb import Step
from incident.escalation import decide
from incident.plan import Plan
from incident.policy import Level, Policy, Target
from incident.progress import Progress, Stage, start
from incident.reopening import escalate
from incident.severity import Severity
from incident.situation import Hold, Responder, Situation, Turn

Told = TypeVar(
    "Told",
    PageLevel,
    SkipLevel,
    WaitForHours,
    HandOver,
    HeldBack,
    Reopen,
    Exhausted,
    Answered,
    Stop,
)
ALARM = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
"""A Monday, before working hours."""


def level(names: str = "", wait: int = 5, **keys: Any) -> Level:
    """A level whose targets are written as names: `level("alice bob")`; waits are in minutes."""
    written = {"targets": [{"person": name} for name in names.split()]} if names else {}
    return Level.model_validate(written | {"wait": timedelta(minutes=wait)} | keys)


def policy(
    *levels: str | Level, wait: int = 5, repeat: int = 0, fallback: str = "", remind: int = 60, **keys: Any
) -> Policy:
    """A policy of levels, or of their names: `policy("alice", "bob carol")`; times are in minutes."""
    return Policy(
        levels=tuple(each if isinstance(each, Level) else level(each, wait) for each in levels),
        repeat=repeat,
        fallback=tuple(Target(person=name) for name in fallback.split()),
        remind_every=timedelta(minutes=remind),
        **keys,
    )


def instant(minute: float) -> datetime:
    """So many minutes after the alarm."""
    return ALARM + timedelta(minutes=minute)


class EscalationScenario:
    """One escalation from minute 0 on; what happens has to be expected, in order."""

    def __init__(
        self,
        policy: Policy,
        *,
        first_page_at: int | None = None,
        level: int = 0,
        severity: int = 1,
        others: dict[str, Policy] | None = None,
        turns: dict[str, Turn] | None = None,
    ) -> None:
        self.plan = Plan(name="checkout", policies={"checkout": policy, **(others or {})})
        self.minute = 0
        first_at = None if first_page_at is None else instant(first_page_at)
        self.progress = start(self.plan, ALARM, first_at=first_at, level=level)
        self.severity = Severity(severity)
        self.alerts: list[int] = [0]
        self.unreachable: set[str] = set()
        self.stands_in: dict[str, tuple[str, ...]] = {}
        self.handoffs: dict[str, int] = {}
        self.turns = turns or {}
        self.held: Hold | None = None
        self.ended: str | None = None
        self.happened: list[tuple[int, Action]] = []
        self.ask()

    def ask(self) -> Self:
        """Ask for a decision now, as often as one likes."""
        return self._take(decide(self.plan, self._row(), self._situation(), instant(self.minute)))

    def at(self, minute: int) -> Self:
        """The timer runs until this minute, waking for every step that becomes due."""
        while self.progress.next_at and self.progress.next_at <= instant(minute):
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
        return self._take(acknowledge(self.plan, self._row(), person, instant(self.minute)))

    def escalate(self, by: str) -> Self:
        """Somebody asks for the next level now."""
        return self._take(escalate(self.plan, self._row(), self._situation(), by, instant(self.minute)))

    def end(self, reason: str) -> Self:
        """The incident is over."""
        self.ended = reason
        return self.ask()

    def hold(self, why: str, until: int | None = None) -> Self:
        """A maintenance or a silence begins."""
        self.held = Hold(why=why, until=None if until is None else instant(until))
        return self

    def release(self) -> Self:
        """It is over."""
        self.held = None
        return self

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

    def expect_wait(self, until: int) -> Self:
        """Now a level waits for its hours, until this minute."""
        assert self._next(WaitForHours).until == instant(until)
        return self

    def expect_handover(self, policy: str) -> Self:
        """Now another policy goes on."""
        assert self._next(HandOver).policy == policy
        return self

    def expect_held_back(self, reason: str) -> Self:
        """Now a step was not taken, because of this."""
        assert self._next(HeldBack).reason == reason
        return self

    def expect_reopened(self) -> Self:
        """Now the acknowledgement does not count any more."""
        self._next(Reopen)
        return self

    def expect_answer(self, reason: str) -> Self:
        """Now an acknowledgement counted, and others are still waited for."""
        assert self._next(Answered).reason == reason
        return self

    def expect_exhausted(self, reason: str) -> Self:
        """Now the policy was given up on, because of this."""
        assert self._next(Exhausted).reason == reason
        assert self.progress.stage is Stage.UNREACHED
        return self

    def expect_stop(self, reason: str) -> Self:
        """Now paging stopped, because of this."""
        assert self._next(Stop).reason == reason
        assert self.progress.stage in {Stage.ACKNOWLEDGED, Stage.ENDED}
        return self

    def expect_silence(self) -> Self:
        """Nothing happened that was not expected yet."""
        assert self.happened == []
        return self

    def _take(self, step: Step) -> Self:
        self.progress, actions = step
        self.happened += [(self.minute, action) for action in actions]
        return self

    def _row(self) -> Progress:
        """The progress as a new process would read it."""
        return Progress.model_validate_json(self.progress.model_dump_json())

    def _next(self, kind: type[Told]) -> Told:
        assert self.happened, f"nothing happened by minute {self.minute}"
        minute, action = self.happened.pop(0)
        assert isinstance(action, kind), f"{action!r} in minute {minute}"
        assert minute == self.minute, f"{action!r} happened in minute {minute} already"
        return action

    def _situation(self) -> Situation:
        return Situation(
            ended=self.ended,
            held=self.held,
            severity=self.severity,
            alerts=tuple(instant(minute) for minute in self.alerts),
            responders={
                name: tuple(Responder(person=person, because="named") for person in self._people(name))
                for name in map(str, self.plan.targets())
            },
            absent={name: f"nobody is {name}" for name in self.unreachable},
            handoffs={name: instant(minute) for name, minute in self.handoffs.items()},
            turns=self.turns,
        )

    def _people(self, target: str) -> Iterable[str]:
        return () if target in self.unreachable else self.stands_in.get(target, (target,))
