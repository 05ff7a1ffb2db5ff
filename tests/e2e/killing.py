"""Who kills in the end-to-end tests? It waits until processes hold at armed points, and ends them there.

A kill costs a restart, so it waits until every incident that has points left holds at one of them: then one
kill does for all.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from tests.e2e.system import WORKER, Running

GATHERING_SECONDS = 5.0
"""So long nobody else has come to an armed point: who is missing will not come, or only after this kill."""


@dataclass
class Killer:
    """Kills a program (without a name: whoever holds) each time somebody holds at a point; then all go on."""

    system: Running
    victim: str | None = None
    gathering: float = GATHERING_SECONDS
    armed: dict[str, set[str]] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)
    kills: list[tuple[str, float]] = field(default_factory=list)
    _held: frozenset[str] = frozenset()
    _since: float = 0.0

    def arm(self, key: str, points: Iterable[str]) -> None:
        """Hold an incident once at each of these points (or patterns of points)."""
        names = (key, key.removeprefix("INC-"))  # a point knows its incident by its key or by its number
        self.armed[key] = set(points)
        for pattern in (f"{name} {point}" for point in self.armed[key] for name in names):
            self.system.arm(pattern)

    def __call__(self) -> None:
        """Look whether somebody holds, and whether somebody else may still come."""
        held = {point: pid for point, pid in self.system.held().items() if self._is_ours(point)}
        if held.keys() != self._held:
            self._held, self._since = frozenset(held), time.monotonic()
        if held and (self._all_hold(held) or time.monotonic() - self._since > self.gathering):
            self._strike(held)

    def _is_ours(self, point: str) -> bool:
        """Points of other incidents stand there still, from tests that are over."""
        return point not in self.met and f"INC-{_incident(point.split(maxsplit=1)[0])}" in self.armed

    def _all_hold(self, held: Collection[str]) -> bool:
        awaited = {_incident(key) for key, left in self.armed.items() if left and self._is_open(key)}
        return awaited <= {_incident(point.split()[0]) for point in held}

    def _is_open(self, key: str) -> bool:
        return self.system.story(key).closed_at is None

    def _strike(self, held: dict[str, int]) -> None:
        pids = set(held.values())
        programs = self.system.up.programs
        victims = [self.victim] if self.victim else [each.name for each in programs if each.pid in pids]
        self.system.kill(*victims)
        self.kills += [(victim, time.monotonic()) for victim in victims]
        if victims != [WORKER]:
            time.sleep(0.3)
            self.system.wait_until_well()
        for point in held:
            self._let_pass(point)
        self.met |= held.keys()

    def _let_pass(self, point: str) -> None:
        """Nobody holds here again: neither at this point nor at another one of its pattern."""
        incident, name = point.split(" ", 1)
        key = f"INC-{_incident(incident)}"
        patterns = {pattern for pattern in self.armed[key] if fnmatchcase(name, pattern)}
        self.armed[key] -= patterns
        number = key.removeprefix("INC-")
        self.system.release(f"{who} {pattern}" for who in (key, number) for pattern in patterns)


def _incident(key: str) -> str:
    return key.removeprefix("INC-")
