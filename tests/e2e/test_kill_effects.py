"""Does every outside effect happen once when its process is killed around it?

The effects are read from the ledger of a full run, so that a new one is covered by itself. One repetition
kills around a sixth of them, each at one of three moments; eighteen repetitions are exhaustive.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from incident.timeline import Kind
from tests.e2e.conftest import NewService
from tests.e2e.killing import Killer
from tests.e2e.people import People, thorough_people
from tests.e2e.promises import assert_kept, assert_settled_in_prefect, effects
from tests.e2e.repeating import REPEATS, share
from tests.e2e.system import Running

pytestmark = [pytest.mark.engine, pytest.mark.kill]

MOMENTS = ("done", "claimed", "recorded")
SIDE_BY_SIDE = 4
PARTS = 6
NUMBER = re.compile(r"(?<=/)\d+(?=/|$)")


@pytest.fixture(scope="module")
def every_effect(shared_system: Running, full_run: str) -> list[str]:
    """The names of all effects of a full run in their order; what has a number in its name is a pattern."""
    return list(dict.fromkeys(patterns_of(shared_system, full_run)))


@pytest.mark.parametrize("repetition", range(REPEATS))
def test_each_effect_happens_once_when_its_process_is_killed_around_it(
    system: Running, new_service: NewService, every_effect: list[str], repetition: int
) -> None:
    killer = Killer(system)
    turn = repetition // PARTS
    points = [
        f"{MOMENTS[(number + turn) % len(MOMENTS)]}:{name}"
        for number, name in enumerate(share(every_effect, PARTS, repetition))
    ]
    keys = [
        alert_armed(killer, new_service("steady"), points[number::SIDE_BY_SIDE])
        for number in range(SIDE_BY_SIDE)
    ]
    thorough_people(system).play(keys, within=900, meanwhile=killer)
    print(f"killed at {len(killer.met)} of {len(points)} points by {len(killer.kills)} kills")
    assert_kept(system, keys)
    for key in keys:
        happened = set(patterns_of(system, key))
        passed = {point for point in killer.armed[key] if point.partition(":")[2] in happened}
        assert not passed, f"{key} came by without being killed there: {passed}"


@pytest.mark.parametrize(("moment", "mails"), [("claimed", 1), ("done", 2)])
def test_a_channel_that_cannot_tell_may_page_twice_and_the_ledger_says_so(
    system: Running, new_service: NewService, moment: str, mails: int
) -> None:
    killer = Killer(system)
    key = alert_armed(killer, new_service("mail"), [f"{moment}:page/*/relay"])
    People(system).play([key], meanwhile=killer)
    story = system.story(key)
    assert len(killer.kills) == 1
    assert [(page.person, page.uncertain) for page in story.pages if page.method == "relay"] == [
        ("erin", True)
    ]
    assert any("sent twice" in fact.text for fact in story.timeline if fact.kind is Kind.PAGED)
    assert len([mail for mail in system.relay.mails if key in str(mail["Subject"])]) == mails
    assert_settled_in_prefect(system, [key])


def alert_armed(killer: Killer, service: str, points: Sequence[str]) -> str:
    """An incident that holds at these points: they stand before its run can come by. Returns its key."""
    key = killer.system.next_key()
    killer.arm(key, points)
    assert killer.system.alert(service) == key
    return key


def patterns_of(system: Running, key: str) -> list[str]:
    """The effects of an incident, with the numbers that differ among incidents left open."""
    return [NUMBER.sub("*", effect.name) for effect in effects(system, key)]
