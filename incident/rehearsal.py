"""Who would be woken, when, by which method and because of which rule, if nobody answered?

Time is played forward with the functions that the pager asks, and nothing is sent. A rehearsal begins with a
new incident, or with an escalation as it stands; it ends when the policies are exhausted and the fallback has
been paged once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import assert_never

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
from incident.configuration import Configuration
from incident.escalation import decide
from incident.outbox import Outbox, Owed
from incident.plan import Plan
from incident.progress import Progress, Stage
from incident.rehearsed import Entry, Happening
from incident.responders import situation_at
from incident.severity import Severity
from incident.situation import Hold, Turn, place

MOST_STEPS = 500
"""No policy that people write has so many; a rehearsal that needs more says that it is not complete."""


@dataclass(frozen=True)
class World:
    """What a rehearsal takes as given; schedules and people are asked as of each moment."""

    configuration: Configuration
    plan: Plan
    severity: Severity
    alerts: tuple[datetime, ...] = ()
    turns: Mapping[str, Turn] = field(default_factory=dict)
    known: tuple[Owed, ...] = ()
    """The methods of its pages that were used or are still to be, of an escalation that goes on."""
    held: Hold | None = None
    """What holds it back now, until it ends (E14)."""

    def held_at(self, at: datetime) -> Hold | None:
        """What holds it back at an instant, as far as one can know."""
        lasts = self.held is not None and (self.held.until is None or at < self.held.until)
        return self.held if lasts else None


@dataclass(frozen=True)
class Played:
    """What would happen, in order, and how the escalation stands then."""

    entries: tuple[Entry, ...]
    progress: Progress

    @property
    def exhausted(self) -> bool:
        """Whether it was played to the end."""
        return self.progress.stage is Stage.UNREACHED


def play(world: World, progress: Progress, since: datetime, *, steps: int = MOST_STEPS) -> Played:
    """Play an escalation forward, for so many steps at most; elapsed time counts from ``since``."""
    playing = _Playing(world, progress, since, steps)
    return Played(tuple(playing.entries()), playing.progress)


class _Playing:
    """The clock, and all that changes while it is put forward."""

    def __init__(self, world: World, progress: Progress, since: datetime, steps: int) -> None:
        self.progress = progress
        self._world, self._since, self._now, self._left = world, since, since, steps
        self._turns = dict(world.turns)
        urgency = world.configuration.urgency.of(world.severity)
        self._outbox = Outbox(world.configuration, urgency, world.known)
        self._over = False

    def entries(self) -> Iterator[Entry]:
        """What happens, one instant after the other: first the step that is due, then what is to be sent."""
        while (upcoming := self._upcoming()) is not None:
            self._now = max(self._now, upcoming)
            if not self._over and self.progress.next_at and self.progress.next_at <= self._now:
                yield from self._step()
            yield from map(self._paged, self._outbox.send(self._now))

    def _upcoming(self) -> datetime | None:
        """When something happens next; None: nothing more, or nothing that was asked for."""
        step, send = self.progress.next_at, self._outbox.next_due()
        if self._over or step is None:
            return send
        if self._left <= 0:
            return send if send is not None and send < step else None
        return step if send is None else min(step, send)

    def _step(self) -> Iterator[Entry]:
        world, policy = self._world, self.progress.policy
        situation = situation_at(
            world.configuration,
            world.plan,
            self._now,
            severity=world.severity,
            alerts=world.alerts,
            turns=self._turns,
        )
        held = world.held_at(self._now)
        situation = situation.model_copy(update={"held": held})
        self.progress, actions = decide(world.plan, self.progress, situation, self._now)
        self._left -= 0 if held and held.until else 1  # it is looked for whoever is paged afterwards
        self._over = self.progress.stage is Stage.UNREACHED
        for action in actions:
            yield from self._told(action, policy)
            policy = action.policy if isinstance(action, HandOver) else policy

    def _told(self, action: Action, policy: str) -> Iterator[Entry]:
        match action:
            case PageLevel():
                self._owe(action)
            case SkipLevel(not_meant=True):
                yield self._on_level(Happening.PASSED_OVER, action, policy)
            case SkipLevel():
                yield self._on_level(Happening.SKIPPED, action, policy)
            case WaitForHours():
                yield self._on_level(Happening.WAITS, action, policy)
            case HandOver():
                yield self._entry(Happening.HANDED_OVER, policy, f"policy {action.policy}: {action.reason}")
            case Exhausted():
                yield self._entry(Happening.UNREACHED, policy, action.reason)
            case Reopen():
                yield self._entry(Happening.REOPENED, policy, action.reason)
            case HeldBack() | Answered() | Stop():
                pass  # what is held back goes on later, and nobody answers
            case _:
                assert_never(action)

    def _owe(self, paged: PageLevel) -> None:
        if paged.turn is not None:
            turn = Turn(last=paged.turn, assigned=paged.turn)
            self._turns[place(paged.policy, paged.level)] = turn
        self._outbox.owe(paged, self._now)

    def _on_level(self, what: Happening, left: SkipLevel | WaitForHours, policy: str) -> Entry:
        until = f" until {left.until:%a %H:%M UTC}" if isinstance(left, WaitForHours) else ""
        entry = self._entry(what, policy, f"{left.reason}{until}")
        return entry.model_copy(update={"level": left.level + 1, "round": left.round + 1})

    def _paged(self, owed: Owed) -> Entry:
        paged = owed.paged
        return self._entry(Happening.PAGED, paged.policy, paged.reason).model_copy(
            update={
                "level": paged.level + 1,
                "round": paged.round + 1,
                "person": owed.responder.person,
                "method": owed.contact.method,
                "because": owed.responder.because,
                "method_rule": owed.because,
            }
        )

    def _entry(self, what: Happening, policy: str, rule: str) -> Entry:
        return Entry(at=self._now, elapsed=self._now - self._since, what=what, policy=policy, rule=rule)
