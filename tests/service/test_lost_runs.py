"""When is a run lost, and when is it merely quiet?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.types._datetime import DateTime

from service.claims import held_by, holder
from service.lost_runs import RollCall, Verdict, judge

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ME, OTHER, DEAD = "me", "other", "dead"
RUN = UUID(int=1)


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def run(worker: str | None, changed: float, kind: StateType = StateType.RUNNING) -> FlowRun:
    message = held_by(worker) if worker else None
    state: State[None] = State(type=kind, message=message, timestamp=DateTime.instance(ago(changed)))
    return FlowRun(id=RUN, flow_id=uuid4(), state=state)


def roll(*in_flight: UUID, me: str = ME, other: float = 1) -> RollCall:
    heartbeats = {ME: NOW, OTHER: ago(other), DEAD: ago(60)}
    return RollCall(
        me=me, heartbeats=heartbeats, interval=timedelta(seconds=3), in_flight=frozenset(in_flight)
    )


@pytest.mark.parametrize(
    ("lost_run", "called", "verdict"),
    [
        pytest.param(run(ME, 60), roll(RUN), Verdict.EXECUTING, id="what I execute is not lost"),
        pytest.param(run(OTHER, 60), roll(RUN), Verdict.EXECUTING, id="nor what I just took over"),
        pytest.param(run(OTHER, 60), roll(), Verdict.HELD, id="a worker that is heard holds its runs"),
        pytest.param(run(OTHER, 60), roll(other=8), Verdict.HELD, id="two missed heartbeats are no death"),
        pytest.param(run(DEAD, 60), roll(), Verdict.ORPHANED, id="three are: the run is an orphan"),
        pytest.param(run("forgotten", 60), roll(), Verdict.ORPHANED, id="a worker nobody knows is dead"),
        pytest.param(run(None, 60), roll(), Verdict.ORPHANED, id="a run that nobody signed is an orphan"),
        pytest.param(run(DEAD, 5), roll(), Verdict.FRESH, id="a state that just changed is a sign of life"),
        pytest.param(run(ME, 60), roll(), Verdict.DROPPED, id="what I hold but do not execute is lost"),
        pytest.param(run(ME, 5), roll(), Verdict.FRESH, id="unless it only now came to this"),
        pytest.param(
            run(None, 60, StateType.CANCELLING), roll(), Verdict.ORPHANED, id="a cancelling that nobody ends"
        ),
    ],
)
def test_a_run_is_lost_when_nobody_gave_a_sign_of_life(
    lost_run: FlowRun, called: RollCall, verdict: Verdict
) -> None:
    assert judge(lost_run, called) is verdict


def test_the_second_in_line_leaves_the_recovery_to_the_first() -> None:
    orphan = run(DEAD, 11)
    heartbeats = {ME: NOW, OTHER: NOW, DEAD: ago(11)}

    def seen_by(worker: str) -> Verdict:
        return judge(orphan, RollCall(me=worker, heartbeats=heartbeats, interval=timedelta(seconds=3)))

    assert (seen_by(ME), seen_by(OTHER)) == (Verdict.ORPHANED, Verdict.HELD)


def test_the_second_in_line_acts_when_the_first_does_not() -> None:
    heartbeats = {ME: NOW, OTHER: NOW, DEAD: ago(13)}
    second = RollCall(me=OTHER, heartbeats=heartbeats, interval=timedelta(seconds=3))
    assert judge(run(DEAD, 13), second) is Verdict.ORPHANED


def test_time_is_the_servers_not_this_machines() -> None:
    long_ago = RollCall(me=ME, heartbeats={ME: ago(86400), OTHER: ago(86402)}, interval=timedelta(seconds=3))
    assert judge(run(OTHER, 86460), long_ago) is Verdict.HELD


@pytest.mark.parametrize(
    ("message", "name"),
    [
        pytest.param(held_by("host-1-af"), "host-1-af", id="a signature names the worker"),
        pytest.param("Put back: its worker is dead.", None, id="another message names nobody"),
        pytest.param(None, None, id="no message names nobody"),
    ],
)
def test_the_holder_is_read_from_the_signature(message: str | None, name: str | None) -> None:
    state: State[None] = State(type=StateType.RUNNING, message=message)
    assert holder(FlowRun(id=RUN, flow_id=uuid4(), state=state)) == name
