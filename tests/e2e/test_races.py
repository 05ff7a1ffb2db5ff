"""What becomes of answers that come at once, too late, too early or wrong, and of a cancelled run?

Each has an outcome that a person would call sane: one answer counts, none is lost, and the incident goes on.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from incident.decisions import Question, Via
from incident.lifecycle import Status
from incident.severity import Severity
from incident.timeline import Kind
from tests.e2e.conftest import NewService
from tests.e2e.people import ASSESSMENT, People, waiting_pages
from tests.e2e.promises import assert_kept, prefect, respond_run, until_suspended
from tests.e2e.system import DOORS, Running, wait_until

pytestmark = pytest.mark.engine

FORM = {"answered_by": "alice", "impact": "Nobody can log in", "severity": "1 critical"}


def test_of_answers_at_once_one_counts_and_the_others_are_kept(
    system: Running, new_service: NewService
) -> None:
    key = asked(system, system.alert(new_service("steady")))
    run = respond_run(system, key)["id"]
    by_hand = (
        "decide",
        key,
        "--as",
        "carol",
        "--question",
        "assess-1",
        "--severity",
        "2",
        "--impact",
        "some",
    )
    doors: list[Callable[[], bool]] = [
        lambda: system.command(*by_hand).returncode == 0,
        lambda: People(system).decide(key, "bob", ASSESSMENT).is_success,
        lambda: fill_in(system, run, FORM),
    ]
    with ThreadPoolExecutor(len(doors)) as pool:
        accepted = sum(pool.map(lambda door: door(), doors))
    People(system).play([key])
    first = system.story(key).decisions[0]
    assert (first.by, first.via) in {("bob", Via.WEB), ("alice", Via.PREFECT), ("carol", Via.CLI)}
    assert 1 + len(first.late) == accepted
    assert_kept(system, [key])


def test_nobody_decides_in_time_so_the_proposal_counts_and_one_level_more_is_paged(
    system: Running, new_service: NewService
) -> None:
    key = system.alert(new_service("steady"), severity="error")
    acknowledged(system, key)
    story = system.until(key, lambda story: story.assessed_at)
    settled = story.decisions[0]
    assert (settled.via, settled.answer) == (Via.DEADLINE, settled.proposal)
    assert story.severity is Severity.MAJOR
    wanted = "nobody answered assess-1"
    system.until(key, lambda story: [p.person for p in story.pages if p.escalation == wanted] == ["bob"])

    too_late = People(system).decide(key, "alice", {**ASSESSMENT, "decision": "assess-1"})
    assert too_late.is_success
    late = system.story(key).decisions[0].late
    assert [(each.by, each.via) for each in late] == [("alice", Via.WEB)]
    People(system).play([key])
    assert system.story(key).severity is Severity.MAJOR
    assert_kept(system, [key])


def test_an_answer_in_the_moment_of_the_suspension_is_not_lost(
    system: Running, new_service: NewService
) -> None:
    keys = [system.alert(new_service("steady")) for _ in range(3)]
    for key in keys:
        acknowledged(system, key)
        asked_at = system.until(key, lambda story: story.open_decision)
        assert asked_at.open_decision is not None
    with ThreadPoolExecutor(len(keys)) as pool:
        list(pool.map(lambda key: fill_in_when_it_is_there(system, key, FORM), keys))
    for key in keys:
        story = system.until(key, lambda story: story.assessed_at)
        assert (story.decisions[0].by, story.decisions[0].via) == ("alice", Via.PREFECT)
    People(system).play(keys)
    assert_kept(system, keys)


def test_an_answer_before_the_suspension_is_not_lost(system: Running, new_service: NewService) -> None:
    service = new_service("steady")
    key = system.alert(service)
    system.arm(f"{key} asked:assess-1")
    acknowledged(system, key)
    wait_until(
        lambda: f"{key} asked:assess-1" in system.held(), 60, "the question is written and not shown yet"
    )
    assert People(system).decide(key, "bob", ASSESSMENT).is_success
    system.disarm()
    story = system.until(key, lambda story: story.assessed_at)
    assert (story.decisions[0].by, story.decisions[0].via) == ("bob", Via.WEB)
    People(system).play([key])
    assert_kept(system, [key])


def test_an_invalid_form_is_asked_again_with_its_problem(system: Running, new_service: NewService) -> None:
    key = asked(system, system.alert(new_service("steady")))
    fill_in_when_it_is_there(system, key, {**FORM, "impact": ""})
    story = system.until(key, lambda story: len(story.decisions) > 1)
    again = story.decisions[1]
    assert again.question is Question.ASSESS
    assert "impact" in " ".join(again.problems)
    fill_in_when_it_is_there(system, key, FORM)
    story = system.until(key, lambda story: story.assessed_at)
    assert (story.decisions[1].by, story.decisions[1].via) == ("alice", Via.PREFECT)
    People(system).play([key])
    assert_kept(system, [key])


def test_an_incident_goes_on_when_its_run_is_cancelled_in_the_ui(
    system: Running, new_service: NewService
) -> None:
    key = asked(system, system.alert(new_service("steady")))
    run = respond_run(system, key)["id"]
    cancel = {"state": {"type": "CANCELLING", "name": "Cancelling"}, "force": False}
    prefect(system, "POST", f"/flow_runs/{run}/set_state", cancel)
    assert respond_run(system, key)["state_type"] in {"CANCELLING", "CANCELLED"}
    repaired = system.until(key, lambda story: [f for f in story.timeline if f.kind is Kind.REPAIRED])
    assert repaired.status is Status.OPEN
    until_suspended(system, key, Question.ASSESS)
    People(system).play([key])
    assert_kept(system, [key])


def test_what_is_no_incident_is_dismissed_with_its_reason(system: Running, new_service: NewService) -> None:
    key = asked(system, system.alert(new_service("steady")))
    answer = {"is_incident": "no", "severity": "3", "reason": "a drill of the database team"}
    assert People(system).decide(key, "alice", answer).is_success
    story = system.until(key, lambda story: story.closed_at)
    assert story.status is Status.DISMISSED
    assert story.summary == "a drill of the database team"
    assert not story.updates
    assert_kept(system, [key])


def test_an_alert_that_is_delivered_fifty_times_at_once_is_one_incident_and_one_page(
    system: Running, new_service: NewService
) -> None:
    service = new_service("steady")
    with ThreadPoolExecutor(50) as pool:
        opened = set(pool.map(lambda _: system.alert(service), range(50)))
    (key,) = opened
    People(system).play([key])
    managers = [page for page in system.story(key).pages if page.person == "alice"]
    assert len(managers) == 1
    assert_kept(system, [key])


def acknowledged(system: Running, key: str) -> None:
    """Whoever is paged first takes it."""
    story = system.until(key, waiting_pages)
    People(system).acknowledge(story, waiting_pages(story)[0])


def asked(system: Running, key: str) -> str:
    """An incident that waits for its assessment; returns its key."""
    acknowledged(system, key)
    until_suspended(system, key, Question.ASSESS)
    return key


def fill_in(system: Running, run: str, form: dict[str, Any]) -> bool:
    """Answer the form as the Prefect UI does; was the answer taken?"""
    url = f"{system.up.prefect_url}/api/flow_runs/{run}/resume"
    answer = DOORS.post(url, json={"run_input": form})
    return answer.is_success and answer.json()["status"] == "ACCEPT"


def fill_in_when_it_is_there(system: Running, key: str, form: dict[str, Any]) -> None:
    """Press the button again and again until it is taken, from before the form is saved."""
    run = respond_run(system, key)["id"]
    until = time.monotonic() + 60
    while not fill_in(system, run, form):
        assert time.monotonic() < until, f"{key} never took the form"
        time.sleep(0.02)
