"""Does the start line bound the starts, let the urgent ones first, and never run one thing twice at once?"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID, uuid4

from service.starts import Interruption, StartLine, Turn, Urgency


class Stage:
    """Takes turns that begin and end when the test says so, and remembers them."""

    def __init__(self) -> None:
        self.began: list[UUID] = []
        self.ended: list[tuple[UUID, Interruption | None]] = []
        self.begin = asyncio.Event()
        self.end = asyncio.Event()

    async def take(self, turn: Turn) -> None:
        self.began.append(turn.run_id)
        try:
            await self.begin.wait()
            turn.begin()
            await self.end.wait()
        finally:
            self.ended.append((turn.run_id, turn.interruption))


@asynccontextmanager
async def serving(line: StartLine) -> AsyncIterator[None]:
    loop = asyncio.create_task(line.serve())
    try:
        yield
    finally:
        loop.cancel()
        await asyncio.wait([loop])


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_no_more_than_the_bound_start_at_once_and_any_number_may_be_awake() -> None:
    stage = Stage()
    line = StartLine(stage.take, at_once=2)
    async with serving(line):
        for _ in range(5):
            line.want(uuid4())
        await settle()
        assert len(stage.began) == 2
        stage.begin.set()
        await settle()
        assert len(line.in_flight) == 5
        stage.end.set()
        await settle()
        assert line.in_flight == frozenset()


async def test_an_urgent_run_overtakes_those_that_wait() -> None:
    stage = Stage()
    line = StartLine(stage.take, at_once=1)
    busy, waiting, urgent = uuid4(), uuid4(), uuid4()
    async with serving(line):
        line.want(busy)
        await settle()
        line.want(waiting)
        line.want(urgent, Urgency.URGENT)
        stage.begin.set()
        await settle()
        assert stage.began == [busy, urgent, waiting]


async def test_a_run_that_is_told_of_three_times_starts_once() -> None:
    stage = Stage()
    line = StartLine(stage.take, at_once=1)
    run = uuid4()
    for _ in range(3):
        line.want(run)
    stage.begin.set()
    stage.end.set()
    async with serving(line):
        await settle()
    assert stage.began == [run]


async def test_a_run_wanted_while_in_flight_starts_again_when_that_ended() -> None:
    stage = Stage()
    line = StartLine(stage.take, at_once=2)
    run = uuid4()
    stage.begin.set()
    async with serving(line):
        line.want(run)
        await settle()
        line.want(run)
        await settle()
        assert stage.began == [run]
        stage.end.set()
        await settle()
        assert stage.began == [run, run]


async def test_a_run_with_a_time_starts_then_unless_it_is_wanted_now() -> None:
    stage = Stage()
    line = StartLine(stage.take, at_once=2)
    later, sooner = uuid4(), uuid4()
    async with serving(line):
        line.want(later, after=timedelta(seconds=0.05))
        line.want(sooner, after=timedelta(hours=1))
        await settle()
        assert stage.began == []
        line.want(sooner)
        await settle()
        assert stage.began == [sooner]
        stage.begin.set()
        await asyncio.sleep(0.1)
        assert stage.began == [sooner, later]


async def test_a_limit_on_awake_runs_holds_the_next_one_back() -> None:
    stage = Stage()
    line = StartLine(stage.take, at_once=2, awake_at_most=2)
    stage.begin.set()
    async with serving(line):
        for _ in range(3):
            line.want(uuid4())
        await settle()
        assert len(line.in_flight) == 2
        stage.end.set()
        await settle()
        assert len(stage.ended) == 3


async def test_a_stop_interrupts_what_is_in_flight_and_starts_nothing_more() -> None:
    stage = Stage()
    line = StartLine(stage.take, at_once=1)
    first, second = uuid4(), uuid4()
    async with serving(line):
        line.want(first)
        await settle()
        line.want(second)
        line.want(first)
        await line.interrupt_all(Interruption.HANDED_BACK, within=timedelta(seconds=1))
        await settle()
    assert stage.began == [first]
    assert stage.ended == [(first, Interruption.HANDED_BACK)]
    assert line.in_flight == frozenset()


async def test_the_first_reason_of_an_interruption_counts() -> None:
    stage = Stage()
    line = StartLine(stage.take, at_once=1)
    run = uuid4()
    async with serving(line):
        line.want(run)
        await settle()
        line.interrupt(run, Interruption.CANCELLED)
        line.interrupt(run, Interruption.HANDED_BACK)
        await settle()
    assert stage.ended == [(run, Interruption.CANCELLED)]
