"""What must be true when everything is over? Nothing lost, nothing twice, and nothing left running."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session, col, select

from incident.decisions import Question
from incident.story import PageState, Story
from ledger.audit import Violation, audit
from ledger.runs import RESPOND
from ledger.tables import EffectRow, RunRow
from tests.e2e.system import DOORS, Running, told, wait_until

SETTLED_WITHIN = 90.0
"""Seconds; Prefect learns the states of tasks by events, which a killed server gets again later."""


def assert_kept(system: Running, keys: Sequence[str]) -> None:
    """Every promise about these incidents."""
    for key in keys:
        story = system.story(key)
        assert story.closed_at is not None, f"{key} is {story.status}"
        assert_paged_once(system, story)
        assert not doubtful_effects(system, key), f"a repeatable effect of {key} is called uncertain"
    wait_until(lambda: not violations(system), SETTLED_WITHIN, lambda: str(violations(system)))
    assert_settled_in_prefect(system, keys)


def violations(system: Running) -> Sequence[Violation]:
    """What was left lying, by any incident: a run may wait for a Prefect that has just come back."""
    return system.ledger.read(audit, datetime.now(UTC)).violations


def assert_paged_once(system: Running, story: Story) -> None:
    """Each page that the ledger calls sent arrived under one key, and no other page did."""
    owed = [page for page in story.pages if page.state is PageState.SENT and page.method == "phones"]
    arrived = system.phones.pages(story.key)
    assert Counter(page.person for page in owed) == Counter(body["to"] for body in arrived.values())
    assert {str(page.id) for page in owed} == {key.split("@")[0].split("/")[2] for key in arrived}
    assert len(arrived) == len(owed)
    reasons = Counter((page.person, page.escalation, page.level, page.round) for page in owed)
    assert max(reasons.values(), default=1) == 1, f"paged twice for the same reason: {reasons}"
    assert not [page for page in story.pages if page.state in (PageState.OWED, PageState.FAILED)]


def assert_settled_in_prefect(system: Running, keys: Sequence[str]) -> None:
    """No task run looks as if it ran forever, and every run of these incidents is over and well."""
    unfinished: list[str] = []

    def settled() -> bool:
        unfinished[:] = [f"{run['name']} is {run['state_name']}" for run in _unsettled(system, keys)]
        return not unfinished

    wait_until(settled, SETTLED_WITHIN, lambda: f"left in Prefect: {unfinished}")


def effects(system: Running, key: str) -> list[EffectRow]:
    """Every outside effect of an incident, in its order."""
    return system.ledger.read(_effects, _number(key))


def doubtful_effects(system: Running, key: str) -> list[str]:
    """The effects that may have happened twice."""
    return [effect.name for effect in effects(system, key) if effect.uncertain]


def runs(system: Running, key: str) -> list[RunRow]:
    """The flow runs that an incident owed."""
    return system.ledger.read(_runs, _number(key))


def respond_run(system: Running, key: str) -> dict[str, Any]:
    """The run that walks an incident through its phases."""
    row = next(run for run in runs(system, key) if run.deployment == RESPOND)
    return flow_run(system, row)


def until_suspended(system: Running, key: str, question: Question) -> dict[str, Any]:
    """The run of an incident as soon as it waits for the answer to a question of this kind."""

    def suspended() -> bool:
        asked = system.story(key).open_decision
        waits = asked is not None and asked.question is question
        return waits and respond_run(system, key)["state_type"] == "PAUSED"

    wait_until(suspended, 60, lambda: f"{key} waits in {question}\n{told(system.story(key))}")
    return respond_run(system, key)


def flow_run(system: Running, run: RunRow) -> dict[str, Any]:
    """A flow run as Prefect knows it."""
    found: dict[str, Any] = prefect(system, "GET", f"/flow_runs/{run.flow_run_id}")
    return found


def prefect(system: Running, method: str, path: str, body: Any = None) -> Any:
    """Ask the Prefect API as its UI does."""
    answer = DOORS.request(method, f"{system.up.prefect_url}/api{path}", json=body)
    answer.raise_for_status()
    return answer.json() if answer.content else None


def _unsettled(system: Running, keys: Sequence[str]) -> list[dict[str, Any]]:
    flow_runs = [flow_run(system, run) for key in keys for run in runs(system, key) if run.flow_run_id]
    fine = {"respond": ("COMPLETED",), "page": ("COMPLETED",), "deadline": ("COMPLETED", "CANCELLED")}
    deployments = {run.flow_run_id: run.deployment for key in keys for run in runs(system, key)}
    unsettled = [run for run in flow_runs if run["state_type"] not in fine[deployments[run["id"]]]]
    for start in range(0, len(flow_runs), 50):
        of = {"id": {"any_": [run["id"] for run in flow_runs[start : start + 50]]}}
        running = {"state": {"type": {"any_": ["RUNNING", "PENDING"]}}}
        unsettled += prefect(system, "POST", "/task_runs/filter", {"flow_runs": of, "task_runs": running})
    return unsettled


def _effects(session: Session, incident_id: int) -> list[EffectRow]:
    query = select(EffectRow).where(EffectRow.incident_id == incident_id)
    return list(session.exec(query.order_by(col(EffectRow.id))))


def _runs(session: Session, incident_id: int) -> list[RunRow]:
    return list(session.exec(select(RunRow).where(RunRow.incident_id == incident_id)))


def _number(key: str) -> int:
    return int(key.removeprefix("INC-"))
