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
from datetime import timedelta
from enum import IntEnum, StrEnum, auto
from typing import TypeAlias
from uuid import UUID

Begun: TypeAlias = Callable[[], None]
Execute: TypeAlias = Callable[[UUID, Begun], Awaitable[None]]


class Urgency(IntEnum):
    """Who starts first when several runs wait for their start."""

    URGENT = auto()
    NORMAL = auto()


class Interruption(StrEnum):
    """Why this worker ends an execution before its flow does."""

    CANCELLED = "somebody cancelled the run"
    HANDED_BACK = "this worker stops"
    TAKEN = "another worker holds the run"


class StartLine:
    """The runs that want to start, and those in flight."""

    def __init__(
        self,
        execute: Execute,
        *,
        at_once: int,
        awake_at_most: int | None = None,
        context: Context | None = None,
    ) -> None:
        self._execute = execute
        self._context = context or copy_context()
        self._at_once = at_once
        self._awake_at_most = awake_at_most
        self._line: asyncio.PriorityQueue[tuple[Urgency, int, UUID]] = asyncio.PriorityQueue()
        self._arrivals = itertools.count()
        self._waiting: dict[UUID, asyncio.TimerHandle | None] = {}
        self._in_flight: dict[UUID, asyncio.Task[None]] = {}
        self._again: dict[UUID, tuple[Urgency, timedelta]] = {}
        self._interruptions: dict[UUID, Interruption] = {}
        self._someone_ended = asyncio.Event()

    @property
    def in_flight(self) -> frozenset[UUID]:
        """The runs that this worker claims or executes at this moment."""
        return frozenset(self._in_flight)

    @property
    def waiting(self) -> frozenset[UUID]:
        """The runs that stand in line or wait for their time."""
        return frozenset(self._waiting)

    def want(
        self, run_id: UUID, urgency: Urgency = Urgency.NORMAL, *, after: timedelta = timedelta()
    ) -> None:
        """Line the run up, now or after a delay; one that stands in line keeps its place."""
        if run_id in self._in_flight:
            self._again[run_id] = urgency, after
            return
        if run_id in self._waiting:
            timer = self._waiting[run_id]
            if timer is None or after > timedelta():
                return
            timer.cancel()
        if after > timedelta():
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
        """End the execution of a run in flight; the first reason counts."""
        if (task := self._in_flight.get(run_id)) and run_id not in self._interruptions:
            self._interruptions[run_id] = why
            task.cancel()

    def interruption(self, run_id: UUID) -> Interruption | None:
        """Why the execution of this run was ended, if this worker ended it."""
        return self._interruptions.get(run_id)

    async def interrupt_all(self, why: Interruption, *, within: timedelta) -> None:
        """End every execution and wait for them, though not longer than `within`."""
        self._clear_the_line()
        tasks = list(self._in_flight.values())
        for run_id in self.in_flight:
            self.interrupt(run_id, why)
        if tasks:
            await asyncio.wait(tasks, timeout=within.total_seconds())

    def _line_up(self, run_id: UUID, urgency: Urgency) -> None:
        self._waiting[run_id] = None
        self._line.put_nowait((urgency, next(self._arrivals), run_id))

    def _clear_the_line(self) -> None:
        for timer in self._waiting.values():
            if timer is not None:
                timer.cancel()
        self._waiting.clear()
        self._again.clear()
        while not self._line.empty():
            self._line.get_nowait()

    async def _start_one_after_the_other(self) -> None:
        while True:
            _, _, run_id = await self._line.get()
            await self._room_to_run()
            self._waiting.pop(run_id, None)
            begun = asyncio.Event()
            self._in_flight[run_id] = asyncio.create_task(
                self._execute_once(run_id, begun), context=self._context.copy()
            )
            await begun.wait()

    async def _room_to_run(self) -> None:
        while self._awake_at_most is not None and len(self._in_flight) >= self._awake_at_most:
            self._someone_ended.clear()
            await self._someone_ended.wait()

    async def _execute_once(self, run_id: UUID, begun: asyncio.Event) -> None:
        try:
            await self._execute(run_id, begun.set)
        finally:
            begun.set()
            self._someone_ended.set()
            self._in_flight.pop(run_id, None)
            self._interruptions.pop(run_id, None)
            if again := self._again.pop(run_id, None):
                urgency, after = again
                self.want(run_id, urgency, after=after)
