"""Who kills in the end-to-end tests? It waits until processes hold at armed points, and ends one of them there."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.e2e.system import WORKER, Running

GATHERING_SECONDS = 1.5
"""So long nobody else has come to an armed point: then one kill does for all who hold."""


@dataclass
class Killer:
    """Kills a program (without a name: whoever holds) each time somebody holds at a point; then all go on."""

    system: Running
    victim: str | None = None
    met: set[str] = field(default_factory=set)
    kills: list[tuple[str, float]] = field(default_factory=list)
    _gathered: frozenset[str] = frozenset()
    _since: float = 0.0

    def arm(self, key: str, points: Iterable[str]) -> None:
        """Hold an incident at each of these points."""
        for point in points:
            self.system.arm(f"{key.removeprefix('INC-')} {point}")
            self.system.arm(f"{key} {point}")

    def __call__(self) -> None:
        """Look whether somebody holds."""
        held = self.system.held()
        new = frozenset(held.keys() - self.met)
        if new != self._gathered:
            self._gathered, self._since = new, time.monotonic()
        elif new and time.monotonic() - self._since > GATHERING_SECONDS:
            self._strike(new, {held[point] for point in new})

    def _strike(self, points: frozenset[str], pids: set[int]) -> None:
        programs = self.system.up.programs
        victims = [self.victim] if self.victim else [each.name for each in programs if each.pid in pids]
        self.system.kill(*victims)
        self.kills += [(victim, time.monotonic()) for victim in victims]
        if victims != [WORKER]:
            time.sleep(0.3)
            self.system.wait_until_well()
        self.system.release(points)
        self.met |= points
