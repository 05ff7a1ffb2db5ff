"""Does an incident survive the death of each program, whatever it is doing at that moment?

Incidents are brought side by side to as many boundaries of their phases, then one program is killed, and all
must end well. One repetition takes a sixth of the boundaries for each program.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from incident.decisions import Question
from incident.lifecycle import Phase
from incident.story import DecisionTaken, Story
from service.up import PREFECT_SERVER
from tests.e2e.conftest import NewService
from tests.e2e.people import People
from tests.e2e.promises import assert_kept, prefect, respond_run, until_suspended
from tests.e2e.repeating import REPEATS, share
from tests.e2e.system import PROGRAMS, WEB, WORKER, Running, told, wait_until

pytestmark = [pytest.mark.engine, pytest.mark.kill]

RECOVERED_WITHIN = timedelta(seconds=20)
WAITING = tuple(f"waiting:{question}" for question in Question)
"""The run is suspended: nobody holds, a person is awaited."""
BOUNDARIES = (
    f"begun:{Phase.DETECT}",
    "acting:assess-1",
    f"begun:{Phase.ESCALATE}",
    f"begun:{Phase.DELEGATE}",
    "acting:resolve-1",
    "closing",
    f"ended:{Phase.DETECT}",
    f"begun:{Phase.TELL}",
    f"ended:{Phase.ESCALATE}",
    f"ended:{Phase.DELEGATE}",
    "resolved",
    "closed",
    f"begun:{Phase.CHANNELS}",
    f"ended:{Phase.CHANNELS}",
    "asked:assess-1",
    f"ended:{Phase.TELL}",
    "asked:resolve-1",
    f"ended:{Phase.RESOLVE}",
)
PARTS = 6


@pytest.mark.parametrize("repetition", range(REPEATS))
@pytest.mark.parametrize("victim", PROGRAMS)
def test_every_incident_ends_well_whose_program_is_killed(
    system: Running, new_service: NewService, victim: str, repetition: int
) -> None:
    turn = repetition + 2 * PROGRAMS.index(victim)
    goals = {}
    for goal in (*WAITING, *share(BOUNDARIES, PARTS, turn)):
        key = system.next_key()
        system.arm(f"{key} {goal}")
        assert system.alert(new_service("steady")) == key
        goals[key] = goal
    bring(system, goals)
    killed_at = datetime.now(UTC)
    system.kill(victim)
    if victim == PREFECT_SERVER:
        system.disarm()  # whoever goes on now meets a server that is away
    system.wait_until_well()
    system.disarm()
    if victim == WORKER:
        for key in [key for key, goal in goals.items() if goal not in WAITING]:
            wait_until(lambda key=key: went_on(system, key, killed_at), 60, f"{key} goes on")  # type: ignore[misc]  # bound
            assert taken_up(system, key, killed_at) - killed_at < system.here(RECOVERED_WITHIN)
    People(system).play(list(goals))
    assert_kept(system, list(goals))


def test_an_answer_that_its_door_could_not_pass_on_is_not_lost(
    system: Running, new_service: NewService
) -> None:
    key = system.alert(new_service("steady"))
    system.arm(f"{key} answered:assess-1")
    until_suspended(system, key, Question.ASSESS)
    story = system.story(key)
    asked = story.open_decision
    assert asked
    threading.Thread(target=answer_in_vain, args=(system, story, asked), daemon=True).start()
    wait_until(lambda: f"{key} answered:assess-1" in system.held(), 60, "the answer is written down")
    system.kill(WEB)
    system.until(key, lambda story: story.assessed_at)
    People(system).play([key])
    assert_kept(system, [key])


def answer_in_vain(system: Running, story: Story, asked: DecisionTaken) -> None:
    """Send an answer to a door that dies before it says a word."""
    with suppress(httpx.TransportError):
        People(system).answer(story, asked)


def bring(system: Running, goals: Mapping[str, str]) -> None:
    """Let people act until every incident is where it is wanted."""
    missing = dict(goals)

    def all_there() -> bool:
        for key in [key for key, goal in missing.items() if is_there(system, key, goal)]:
            del missing[key]
        return not missing

    wait_until(
        all_there, 120, lambda: "\n".join(f"{goal}: {told(system.story(k))}" for k, goal in missing.items())
    )


def is_there(system: Running, key: str, goal: str) -> bool:
    """Is an incident at its goal? If not, people do what it needs of them."""
    if f"{key} {goal}" in system.held():
        return True
    story = system.story(key)
    asked = story.open_decision
    if asked and goal == f"waiting:{asked.question}":
        return bool(respond_run(system, key)["state_type"] == "PAUSED")
    People(system).act(story)
    return False


def went_on(system: Running, key: str, since: datetime) -> bool:
    """Did a worker take the run up again since?"""
    return taken_up(system, key, since) > since


def taken_up(system: Running, key: str, since: datetime) -> datetime:
    """When a worker began to execute the run again after an instant; that instant while none has."""
    run = respond_run(system, key)["id"]
    states = prefect(system, "GET", f"/flow_run_states/?flow_run_id={run}")
    begun = [datetime.fromisoformat(state["timestamp"]) for state in states if state["type"] == "RUNNING"]
    return min((at for at in begun if at > since), default=since)
