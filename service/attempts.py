"""How does one run go through this worker?

It is claimed, its flow is executed to the end or to its suspension, and what the worker itself interrupts is
settled: cancelled, or handed back. What breaks off here is one run's trouble and ends no other; if the run is
left unfinished, the watch puts it back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, assert_never
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import FlowRun, State
from prefect.flows import Flow
from prefect.states import Cancelled, Crashed

from service.claims import Claimed, NotOurs, NotYet, claim
from service.execution import execute, load_flow
from service.lost_runs import Log, put_back
from service.starts import Interruption, Turn


@dataclass
class Attempts:
    """What the worker named `me` does with the runs whose turn it is."""

    client: PrefectClient
    me: str
    lookahead: timedelta
    entered: Callable[[], None]
    log: Log
    _flows: dict[UUID, Flow[..., Any]] = field(default_factory=dict)

    async def take(self, turn: Turn) -> None:
        """Claim the run, execute it, and settle it if it is interrupted."""
        try:
            await self._claim_and_execute(turn)
        except asyncio.CancelledError:
            if turn.interruption is None:
                raise
            await self._settle(turn.run_id, turn.interruption)
        except Exception:  # one broken execution must not end the others of this process
            self.log.exception("The execution of flow run %s broke off.", turn.run_id)

    async def _claim_and_execute(self, turn: Turn) -> None:
        match await claim(self.client, turn.run_id, me=self.me, now=datetime.now(UTC)):
            case Claimed(run):
                await self._execute(run, turn)
            case NotYet(after):
                # What is due later than the polls look ahead is theirs to find: no timer for hours in memory.
                if after <= self.lookahead:
                    turn.again_after = after
            case NotOurs(why):
                self.log.debug("Flow run %s is not started: %s.", turn.run_id, why)
            case never:
                assert_never(never)

    async def _execute(self, run: FlowRun, turn: Turn) -> None:
        try:
            flow = await self._flow_of(run)
        except Exception as broken:  # whatever an import can raise: the run says so, and the worker lives on
            self.log.exception("The flow of run %r cannot be loaded.", run.name)
            state: State[None] = Crashed(message=f"No flow to run: {broken!r}")
            await self.client.set_flow_run_state(run.id, state, force=True)
            return
        await execute(flow, run, me=self.me, entered=self.entered, begun=turn.begin)

    async def _flow_of(self, run: FlowRun) -> Flow[..., Any]:
        if run.deployment_id is None:
            raise LookupError("the run has no deployment")
        if run.deployment_id not in self._flows:
            deployment = await self.client.read_deployment(run.deployment_id)
            self._flows[run.deployment_id] = load_flow(deployment.entrypoint or "")
        return self._flows[run.deployment_id]

    async def _settle(self, run_id: UUID, why: Interruption) -> None:
        match why:
            case Interruption.CANCELLED:
                await self.client.set_flow_run_state(run_id, Cancelled(message=f"{why}."), force=True)
            case Interruption.HANDED_BACK:
                run = await self.client.read_flow_run(run_id)
                if run.state is not None and (run.state.is_pending() or run.state.is_running()):
                    await put_back(self.client, run, why)
            case Interruption.TAKEN:
                self.log.warning("Flow run %s was let go: %s.", run_id, why)
            case never:
                assert_never(never)
