"""Which flow run starts next, and how many start at once?

Starting a run is what loads the Prefect server; waiting costs it nothing. So at most `at_once` runs are
between the claim and the first line of their flow, the urgent ones first, and any number may be awake. A run
that is wanted again while its last execution still unwinds starts when that one has ended: never twice at
once.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from datetime import timedelta
from enum import IntEnum, StrEnum, auto
from typing import TypeAlias
from uuid import UUID

NOW = timedelta()


class Urgency(IntEnum):
    """Who starts first when several runs wait for their start."""

    URGENT = auto()
    NORMAL = auto()


class Interruption(StrEnum):
    """Why this worker ends an execution before its flow does."""

    CANCELLED = "somebody cancelled the run"
    HANDED_BACK = "its worker was stopped"
    TAKEN = "another worker holds the run"


@dataclass
class Turn:
    """One run's turn: from its place in the line to the end of its execution."""

    run_id: UUID
    urgency: Urgency
    interruption: Interruption | None = None
    again_after: timedelta | None = None
    task: asyncio.Task[None] | None = None
    _begun: asyncio.Event = field(default_factory=asyncio.Event)

    def begin(self) -> None:
        """The flow's first line is next: somebody else may start."""
        self._begun.set()

    async def begun(self) -> None:
        """Wait for the flow's first line, or for the end of a turn that never comes so far."""
        await self._begun.wait()

    def interrupt(self, why: Interruption) -> None:
        """End the execution; the first reason counts."""
        if self.task is not None and self.interruption is None:
            self.interruption = why
            self.task.cancel()


Take: TypeAlias = Callable[[Turn], Awaitable[None]]


class StartLine:
    """The runs that want to start, and those in flight."""

    def __init__(
        self, take: Take, *, at_once: int, awake_at_most: int | None = None, context: Context | None = None
    ) -> None:
        self._take = take
        self._at_once = at_once
        self._awake_at_most = awake_at_most
        self._context = context or copy_context()
        self._line: asyncio.PriorityQueue[tuple[Urgency, int, UUID]] = asyncio.PriorityQueue()
        self._arrivals = itertools.count()
        self._waiting: dict[UUID, asyncio.TimerHandle | None] = {}
        self._turns: dict[UUID, Turn] = {}
        self._someone_ended = asyncio.Event()

    @property
    def in_flight(self) -> frozenset[UUID]:
        """The runs that this worker claims or executes at this moment."""
        return frozenset(self._turns)

    def want(self, run_id: UUID, urgency: Urgency = Urgency.NORMAL, *, after: timedelta = NOW) -> None:
        """Line the run up, now or after a delay; one that stands in line keeps its place."""
        if turn := self._turns.get(run_id):
            turn.again_after = max(after, NOW)
            return
        if run_id in self._waiting:
            timer = self._waiting[run_id]
            if timer is None or after > NOW:
                return
            timer.cancel()
        if after > NOW:
            loop = asyncio.get_running_loop()
            self._waiting[run_id] = loop.call_later(after.total_seconds(), self._line_up, run_id, urgency)
        else:
            self._line_up(run_id, urgency)

    async def serve(self) -> None:
        """Start what stands in line, until cancelled."""
        async with asyncio.TaskGroup() as starters:
            for _ in range(self._at_once):
                starters.create_task(self._start_one_after_the_other())

    def interrupt(self, run_id: UUID, why: Interruption) -> None:
        """End the execution of a run if it is in flight."""
        if turn := self._turns.get(run_id):
            turn.interrupt(why)

    async def interrupt_all(self, why: Interruption, *, within: timedelta) -> None:
        """Start nothing more, end every execution and wait for them, though not longer than `within`."""
        self._clear_the_line()
        turns = list(self._turns.values())
        for turn in turns:
            turn.again_after = None
            turn.interrupt(why)
        if tasks := [turn.task for turn in turns if turn.task is not None]:
            await asyncio.wait(tasks, timeout=within.total_seconds())

    def _line_up(self, run_id: UUID, urgency: Urgency) -> None:
        self._waiting[run_id] = None
        self._line.put_nowait((urgency, next(self._arrivals), run_id))

    def _clear_the_line(self) -> None:
        for timer in self._waiting.values():
            if timer is not None:
                timer.cancel()
        self._waiting.clear()
        while not self._line.empty():
            self._line.get_nowait()

    async def _start_one_after_the_other(self) -> None:
        while True:
            urgency, _, run_id = await self._line.get()
            await self._room_to_run()
            self._waiting.pop(run_id, None)
            turn = self._turns[run_id] = Turn(run_id, urgency)
            turn.task = asyncio.create_task(self._complete(turn), context=self._context.copy())
            await turn.begun()

    async def _room_to_run(self) -> None:
        while self._awake_at_most is not None and len(self._turns) >= self._awake_at_most:
            self._someone_ended.clear()
            await self._someone_ended.wait()

    async def _complete(self, turn: Turn) -> None:
        try:
            await self._take(turn)
        finally:
            turn.begin()
            self._someone_ended.set()
            del self._turns[turn.run_id]
            if turn.again_after is not None:
                self.want(turn.run_id, turn.urgency, after=turn.again_after)
