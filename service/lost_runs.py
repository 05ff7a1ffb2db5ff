"""Which flow runs were lost, and how do they come back?

A run is lost when nobody gave a sign of life for it: its state did not change, and the worker it is labelled
with sent no heartbeat, for a while. Any live worker then puts it back among the scheduled ones. Time is the
server's: the latest heartbeat in the pool is taken for now, so that clocks of different machines need not
agree.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TypeAlias
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterId,
    FlowRunFilterState,
    FlowRunFilterStateType,
    TaskRunFilter,
    TaskRunFilterState,
    TaskRunFilterStateType,
    WorkPoolFilter,
    WorkPoolFilterName,
)
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.client.schemas.sorting import FlowRunSort, TaskRunSort
from prefect.exceptions import ObjectNotFound
from prefect.states import Cancelled, Crashed, Scheduled

from service.claims import holder

HEARTBEATS_MISSED = 3
PAGE = 200
UNFINISHED = (StateType.PENDING, StateType.RUNNING, StateType.CANCELLING)

Log: TypeAlias = logging.Logger | logging.LoggerAdapter[logging.Logger]


class Verdict(StrEnum):
    """What became of a run that should be executing."""

    EXECUTING = "this worker executes it"
    HELD = "its worker is alive"
    FRESH = "its state changed a moment ago"
    DROPPED = "its worker lost the execution"
    ORPHANED = "its worker is dead"

    @property
    def lost(self) -> bool:
        """Whether the run has to be put back."""
        return self in {Verdict.DROPPED, Verdict.ORPHANED}


@dataclass(frozen=True)
class RollCall:
    """Who is there: the last heartbeat of each worker of the pool, as one of them (`me`) sees it."""

    me: str
    heartbeats: Mapping[str, datetime]
    interval: timedelta
    in_flight: frozenset[UUID] = field(default_factory=frozenset)

    @property
    def now(self) -> datetime:
        """The server's time, as far as heartbeats tell it."""
        return max(self.heartbeats.values())

    @property
    def lost_after(self) -> timedelta:
        """How long a silence means death."""
        return HEARTBEATS_MISSED * self.interval

    @property
    def patience(self) -> timedelta:
        """How long this worker leaves a recovery to those before it in line: usually only one does it."""
        alive = sorted(name for name, seen in self.heartbeats.items() if self.now - seen <= self.lost_after)
        return alive.index(self.me) * self.interval if self.me in alive else self.lost_after


def judge(run: FlowRun, roll: RollCall) -> Verdict:
    """Whether the run is lost, and why."""
    if run.id in roll.in_flight:
        return Verdict.EXECUTING
    changed = run.state.timestamp if run.state else datetime.min.replace(tzinfo=UTC)
    if roll.now - changed <= roll.lost_after:
        return Verdict.FRESH
    name = holder(run)
    if name == roll.me:
        return Verdict.DROPPED
    last_sign = max(changed, roll.heartbeats.get(name, changed)) if name else changed
    if roll.now - last_sign <= roll.lost_after + roll.patience:
        return Verdict.HELD
    return Verdict.ORPHANED


async def call_the_roll(
    client: PrefectClient, *, pool: str, me: str, interval: timedelta, in_flight: frozenset[UUID]
) -> RollCall:
    """The workers of the pool with their heartbeats; the latest come first, so one page is enough."""
    workers = await client.read_workers_for_work_pool(pool, offset=0, limit=PAGE)
    heartbeats = {worker.name: worker.last_heartbeat_time for worker in workers if worker.last_heartbeat_time}
    return RollCall(me=me, heartbeats=heartbeats, interval=interval, in_flight=in_flight)


async def unfinished(client: PrefectClient, pool: str, *, but: frozenset[UUID]) -> list[FlowRun]:
    """The pool's runs that some worker should be executing, `but` those."""
    return await _read(
        client,
        FlowRunFilter(state=_state_is(*UNFINISHED), id=FlowRunFilterId(not_any_=sorted(but))),
        WorkPoolFilter(name=WorkPoolFilterName(any_=[pool])),
    )


async def cancelling(client: PrefectClient, among: frozenset[UUID]) -> list[FlowRun]:
    """Those among the runs that somebody wants cancelled."""
    return await _read(
        client, FlowRunFilter(state=_state_is(StateType.CANCELLING), id=FlowRunFilterId(any_=sorted(among)))
    )


async def held_by_others(client: PrefectClient, among: frozenset[UUID], *, me: str) -> list[FlowRun]:
    """Those among the runs that another worker claimed or executes."""
    runs = await _read(client, FlowRunFilter(id=FlowRunFilterId(any_=sorted(among))))
    return [run for run in runs if holder(run) not in {None, me}]


def _state_is(*types: StateType) -> FlowRunFilterState:
    return FlowRunFilterState(type=FlowRunFilterStateType(any_=list(types)))


async def _read(
    client: PrefectClient, wanted: FlowRunFilter, pools: WorkPoolFilter | None = None
) -> list[FlowRun]:
    """All runs that match, page by page; the server refuses a query that leaves limit and order open."""
    runs: list[FlowRun] = []
    while len(runs) % PAGE == 0:
        page = await client.read_flow_runs(
            flow_run_filter=wanted,
            work_pool_filter=pools,
            sort=FlowRunSort.ID_DESC,
            limit=PAGE,
            offset=len(runs),
        )
        runs += page
        if not page:
            break
    return runs


async def put_back(client: PrefectClient, run: FlowRun, why: str) -> bool:
    """Schedule a lost run again, or end it if somebody cancelled it; False if its state changed meanwhile."""
    try:
        current = await client.read_flow_run(run.id)
    except ObjectNotFound:
        return False
    if current.state_id != run.state_id:
        return False
    await crash_task_runs(client, run.id, why)
    cancelled = current.state_type == StateType.CANCELLING
    state: State[None] = Cancelled(message=why) if cancelled else Scheduled(message=f"Put back: {why}.")
    await client.set_flow_run_state(run.id, state, force=True)
    return True


async def crash_task_runs(client: PrefectClient, flow_run_id: UUID, why: str) -> None:
    """End the task runs of an execution that is no more, so that none looks as if it ran forever."""
    states = TaskRunFilterStateType(any_=[StateType.PENDING, StateType.RUNNING])
    task_runs = await client.read_task_runs(
        flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[flow_run_id])),
        task_run_filter=TaskRunFilter(state=TaskRunFilterState(type=states)),
        sort=TaskRunSort.EXPECTED_START_TIME_DESC,
        limit=PAGE,
    )
    for task_run in task_runs:
        await client.set_task_run_state(task_run.id, Crashed(message=why), force=True)
