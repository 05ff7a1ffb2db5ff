"""Who watches over the runs in flight, this worker's and those of others?

One loop per worker, at the pace of heartbeats: it calls the roll, puts lost runs back, and cancels what
somebody wants cancelled. It judges only after it reached the server without a break for as long as a silence
means death: after an outage of the server every worker looks silent, and deserves the time to be heard again.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic
from uuid import UUID

import httpx
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import FlowRun

from service.lost_runs import (
    HEARTBEATS_MISSED,
    Log,
    call_the_roll,
    cancelling,
    held_by_others,
    judge,
    put_back,
    unfinished,
)
from service.starts import Interruption, StartLine


@dataclass
class RunWatch:
    """The watch of one worker over the runs of its pool."""

    client: PrefectClient
    pool: str
    me: str
    interval: timedelta
    line: StartLine
    log: Log
    heard_since: float | None = field(default=None, init=False)
    held_before: frozenset[UUID] = field(default=frozenset(), init=False)

    async def watch(self) -> None:
        """Look after the runs once per heartbeat, until cancelled."""
        while True:
            began = monotonic()
            try:
                await self.look()
            except httpx.TransportError as unreachable:
                if self.heard_since is not None:
                    self.log.warning("The Prefect API does not answer (%r).", unreachable)
                self.heard_since = None
            except httpx.HTTPStatusError as refused:
                self.log.warning("The Prefect API refuses (%r); looking again soon.", refused)
            await asyncio.sleep(self.interval.total_seconds())
            if monotonic() - began > self._silence:
                # This process was frozen, or the server slow: what seems silent may only have gone unheard.
                self.heard_since = None

    async def look(self) -> None:
        """Cancel what is to be cancelled, let go what others hold, and put back what is lost."""
        await self._be_heard()
        held = self.line.in_flight
        runs = await unfinished(self.client, self.pool, but=held)
        if held:
            for run in await cancelling(self.client, held):
                self.line.interrupt(run.id, Interruption.CANCELLED)
        if self.heard_since is None:
            self.heard_since = monotonic()
            await self._let_go_what_others_hold(held & self.held_before)
        elif runs and monotonic() - self.heard_since >= self._silence:
            await self._put_back_what_is_lost(runs, held | self.line.in_flight)
        self.held_before = held

    async def _be_heard(self) -> None:
        # The worker channel sends heartbeats too, but does not learn when a busy server fails to keep one.
        await self.client.send_worker_heartbeat(
            self.pool, self.me, heartbeat_interval_seconds=self.interval.total_seconds()
        )

    @property
    def _silence(self) -> float:
        return HEARTBEATS_MISSED * self.interval.total_seconds()

    async def _put_back_what_is_lost(self, runs: list[FlowRun], in_flight: frozenset[UUID]) -> None:
        roll = await call_the_roll(
            self.client, pool=self.pool, me=self.me, interval=self.interval, in_flight=in_flight
        )
        for run in runs:
            verdict = judge(run, roll)
            if verdict.lost and await put_back(self.client, run, verdict):
                self.log.warning("Run %r is put back: %s.", run.name, verdict)

    async def _let_go_what_others_hold(self, held: frozenset[UUID]) -> None:
        """After an outage or a freeze: others may have thought this worker dead, and taken its runs over."""
        for run in await held_by_others(self.client, held, me=self.me) if held else []:
            self.log.warning("Run %r now belongs to another worker.", run.name)
            self.line.interrupt(run.id, Interruption.TAKEN)
