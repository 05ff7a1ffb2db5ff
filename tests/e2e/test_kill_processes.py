"""Does an incident survive the death of each program, whatever it is waiting for at that moment?

Five incidents are brought to five moments side by side, then one program is killed, and all must end well.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from incident.decisions import Question
from service.up import PREFECT_SERVER
from tests.e2e.conftest import NewService
from tests.e2e.people import People, waiting_pages
from tests.e2e.promises import assert_kept, until_suspended
from tests.e2e.system import PROGRAMS, WEB, WORKER, Running, wait_until

pytestmark = [pytest.mark.engine, pytest.mark.kill]

RECOVERED_WITHIN = timedelta(seconds=20)


def paging(system: Running, key: str) -> None:
    """Nobody has answered the page yet."""
    system.until(key, waiting_pages)


def suspended_for_the_assessment(system: Running, key: str) -> None:
    paging(system, key)
    story = system.story(key)
    People(system).acknowledge(story, waiting_pages(story)[0])
    until_suspended(system, key, Question.ASSESS)


def between_answer_and_next_phase(system: Running, key: str) -> None:
    """The worker knows the answer and has done nothing about it."""
    system.arm(f"{key} acting:assess-1")
    suspended_for_the_assessment(system, key)
    _answer(system, key)
    _until_held(system, f"{key} acting:assess-1")


def answered_and_not_passed_on(system: Running, key: str) -> None:
    """The web service has written the answer down, and has not resumed the run."""
    system.arm(f"{key} answered:assess-1")
    suspended_for_the_assessment(system, key)
    threading.Thread(target=People(system).act, args=(system.story(key),), daemon=True).start()
    _until_held(system, f"{key} answered:assess-1")


def suspended_in_resolve(system: Running, key: str) -> None:
    suspended_for_the_assessment(system, key)
    _answer(system, key)
    until_suspended(system, key, Question.RESOLVE)


def in_the_final_updates(system: Running, key: str) -> None:
    system.arm(f"{key} ended:resolve")
    suspended_in_resolve(system, key)
    _answer(system, key)
    _until_held(system, f"{key} ended:resolve")


Moment = Callable[[Running, str], None]
MOMENTS: tuple[Moment, ...] = (
    paging,
    suspended_for_the_assessment,
    between_answer_and_next_phase,
    suspended_in_resolve,
    in_the_final_updates,
)


@pytest.mark.parametrize("victim", PROGRAMS)
def test_every_incident_ends_well_whose_program_is_killed(
    system: Running, new_service: NewService, victim: str
) -> None:
    moments = (*MOMENTS, answered_and_not_passed_on) if victim == WEB else MOMENTS
    keys = {moment: system.alert(new_service("steady")) for moment in moments}
    with ThreadPoolExecutor(len(moments)) as pool:
        list(pool.map(lambda moment: moment(system, keys[moment]), moments))
    killed_at = datetime.now(UTC)
    system.kill(victim)
    if victim == PREFECT_SERVER:
        system.disarm()  # whoever goes on now meets a server that is away
    system.wait_until_well()
    system.disarm()
    People(system).play(list(keys.values()), within=90)
    assert_kept(system, list(keys.values()))
    if victim == WORKER:
        went_on_at = system.story(keys[between_answer_and_next_phase]).assessed_at
        assert went_on_at is not None
        assert went_on_at - killed_at < RECOVERED_WITHIN


def _answer(system: Running, key: str) -> None:
    story = system.story(key)
    asked = story.open_decision
    assert asked is not None, f"{key} asks nothing"
    People(system).answer(story, asked)


def _until_held(system: Running, point: str) -> None:
    wait_until(lambda: point in system.held(), 30, f"somebody comes by {point}")
