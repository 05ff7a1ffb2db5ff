"""Does every outside effect happen once when its process is killed around it?

The effects are read from the ledger of a full run, so that a new one is covered by itself. One repetition
kills around each effect at one moment of the three; the moment changes with the repetition:
`INCIDENT_KILL_REPEATS=20 pytest tests/e2e/test_kill_effects.py` is the exhaustive sweep, several times over.
"""

from __future__ import annotations

import os
import re

import pytest

from tests.e2e.conftest import NewService
from tests.e2e.killing import Killer
from tests.e2e.people import EVERYTHING, People
from tests.e2e.promises import assert_kept, effects
from tests.e2e.system import Running

pytestmark = [pytest.mark.engine, pytest.mark.kill]

REPEATS = int(os.environ.get("INCIDENT_KILL_REPEATS", "1"))
MOMENTS = ("done", "claimed", "recorded")
SIDE_BY_SIDE = 11
NUMBER = re.compile(r"(?<=/)\d+(?=/|$)")


@pytest.fixture(scope="module")
def every_effect(shared_system: Running, new_service: NewService) -> list[str]:
    """The names of all effects of a full run in their order; what has a number in its name is a pattern."""
    shared_system.wait_until_well()
    key = shared_system.alert(new_service("steady"))
    People(shared_system, EVERYTHING).play([key])
    assert_kept(shared_system, [key])
    return list(dict.fromkeys(patterns_of(shared_system, key)))


@pytest.mark.parametrize("repetition", range(REPEATS))
def test_each_effect_happens_once_when_its_process_is_killed_around_it(
    system: Running, new_service: NewService, every_effect: list[str], repetition: int
) -> None:
    killer = Killer(system)
    points = [
        f"{MOMENTS[(number + repetition) % len(MOMENTS)]}:{name}" for number, name in enumerate(every_effect)
    ]
    keys = [system.alert(new_service("steady")) for _ in range(SIDE_BY_SIDE)]
    for number, key in enumerate(keys):
        killer.arm(key, points[number::SIDE_BY_SIDE])
    People(system, EVERYTHING).play(keys, within=300, meanwhile=killer)
    print(f"killed at {len(killer.met)} of {len(points)} points by {len(killer.kills)} kills")
    assert_kept(system, keys)
    for key in keys:
        happened = set(patterns_of(system, key))
        passed = {point for point in killer.armed[key] if point.partition(":")[2] in happened}
        assert not passed, f"{key} came by without being killed there: {passed}"


def patterns_of(system: Running, key: str) -> list[str]:
    """The effects of an incident, with the numbers that differ among incidents left open."""
    return [NUMBER.sub("*", effect.name) for effect in effects(system, key)]
