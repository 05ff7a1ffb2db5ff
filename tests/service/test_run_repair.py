"""Does every run that ended before its story go on, and no run twice?"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.types._datetime import DateTime
from sqlmodel import Session, select

from ledger.runs import runs_unfinished
from ledger.tables import RunRow
from service.run_repair import BACK_OFF, PAGE, repair
from tests.house import House

LONG_AGO = BACK_OFF + timedelta(seconds=1)


@dataclass
class Prefect:
    """Knows some runs, and tells about no more than a page of them at once, as the real one does."""

    house: House
    known: dict[UUID, FlowRun] = field(default_factory=dict)
    asked: list[int] = field(default_factory=list)
    scheduled: list[UUID] = field(default_factory=list)

    def keep(self, run: RunRow, kind: StateType, ago: timedelta = LONG_AGO) -> None:
        at = DateTime.instance(self.house.clock() - ago)
        state: State[Any] = State(type=kind, timestamp=at)
        number = UUID(run.flow_run_id)
        self.known[number] = FlowRun(id=number, flow_id=uuid4(), state=state)

    async def read_flow_runs(self, *, flow_run_filter: FlowRunFilter, limit: int, **_: Any) -> list[FlowRun]:
        assert flow_run_filter.id
        wanted = flow_run_filter.id.any_ or []
        self.asked.append(len(wanted))
        return [self.known[number] for number in wanted if number in self.known][:limit]

    async def set_flow_run_state(self, number: UUID, state: State[Any], *, force: bool) -> None:
        assert (force, state.is_scheduled()) == (True, True)
        self.scheduled.append(number)

    async def look(self) -> int:
        runs = self.house.ledger.read(runs_unfinished)
        return await repair(cast(PrefectClient, self), runs, self.house.clock())


@pytest.fixture
def prefect(at_home: House) -> Prefect:
    """Prefect, and an incident whose runs it was asked for."""
    at_home.desk.open()
    at_home.ledger.write(_start_all)
    return Prefect(at_home)


def story_run(house: House) -> RunRow:
    return next(run for run in house.desk.rows(RunRow) if run.deployment == "respond")


@pytest.mark.parametrize(
    "kind", [StateType.RUNNING, StateType.PAUSED, StateType.SCHEDULED, StateType.PENDING]
)
async def test_a_run_that_goes_on_or_waits_is_left_alone(prefect: Prefect, kind: StateType) -> None:
    for run in prefect.house.desk.rows(RunRow):
        prefect.keep(run, kind)
    assert await prefect.look() == 0
    assert prefect.scheduled == []


@pytest.mark.parametrize("kind", [StateType.CANCELLED, StateType.FAILED, StateType.CRASHED])
async def test_one_that_ended_before_its_story_goes_on_and_the_timeline_says_so(
    prefect: Prefect, kind: StateType
) -> None:
    for run in prefect.house.desk.rows(RunRow):
        prefect.keep(run, kind if run.deployment == "respond" else StateType.RUNNING)
    assert await prefect.look() == 1
    assert prefect.scheduled == [UUID(story_run(prefect.house).flow_run_id)]
    (line,) = prefect.house.desk.said("repaired")
    assert "before its story did; it goes on" in line


async def test_one_that_ended_just_now_waits_a_little_so_that_it_does_not_spin(prefect: Prefect) -> None:
    for run in prefect.house.desk.rows(RunRow):
        prefect.keep(run, StateType.FAILED, BACK_OFF / 2)
    assert (await prefect.look(), prefect.scheduled) == (0, [])


async def test_one_that_has_told_its_story_is_not_looked_at_again(prefect: Prefect) -> None:
    for run in prefect.house.desk.rows(RunRow):
        prefect.keep(run, StateType.COMPLETED)
    assert await prefect.look() == 0
    assert prefect.house.ledger.read(runs_unfinished) == []


async def test_one_that_prefect_has_forgotten_is_owed_again(prefect: Prefect) -> None:
    assert await prefect.look() == len(prefect.house.desk.rows(RunRow))
    assert {(run.flow_run_id, run.lost) for run in prefect.house.desk.rows(RunRow)} == {("", 1)}


async def test_no_run_is_taken_for_forgotten_because_there_are_many(prefect: Prefect) -> None:
    house = prefect.house
    house.ledger.write(_add_runs, PAGE * 2)
    for run in house.desk.rows(RunRow):
        prefect.keep(run, StateType.RUNNING)
    assert await prefect.look() == 0
    assert max(prefect.asked) <= PAGE
    assert sum(prefect.asked) == len(house.desk.rows(RunRow))
    assert {run.lost for run in house.desk.rows(RunRow)} == {0}


def _start_all(session: Session) -> None:
    for run in _runs(session):
        run.flow_run_id = str(uuid4())
        session.add(run)


def _add_runs(session: Session, count: int) -> None:
    pattern = _runs(session)[0]
    for number in range(count):
        values = pattern.model_dump(exclude={"id", "key", "flow_run_id"})
        session.add(RunRow(**values, key=f"many/{number}", flow_run_id=str(uuid4())))


def _runs(session: Session) -> Sequence[RunRow]:
    return session.exec(select(RunRow)).all()
