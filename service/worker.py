"""What is a work pool of type `incident`?

One process whose event loop runs all its flows: no interpreter per run, so a run starts in a fraction of a
second and costs a couple of megabytes while it is awake. `prefect worker start --pool incidents --type
incident` is all it takes. Prefect imports this module in every process that looks for workers, so it imports
no flow; docs/worker.md has the story.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import socket
import threading
from datetime import UTC, datetime, timedelta
from typing import Any, assert_never
from uuid import UUID

import anyio
import anyio.abc
import httpx
from prefect.client.schemas.objects import FlowRun
from prefect.context import AsyncClientContext
from prefect.events import Event
from prefect.flows import Flow
from prefect.settings import (
    PREFECT_CLIENT_MAX_RETRIES,
    PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED,
    PREFECT_WORKER_QUERY_SECONDS,
    temporary_settings,
)
from prefect.states import Cancelled, Crashed
from prefect.workers.base import BaseJobConfiguration, BaseVariables, BaseWorker, BaseWorkerResult

from service.busy_server import repeat_while_busy
from service.claims import Claimed, NotOurs, NotYet, claim
from service.execution import calm_the_log, execute, load_flow
from service.lost_runs import put_back
from service.recovery import RunWatch
from service.starts import Begun, Interruption, StartLine, Urgency
from service.wakeup import CANCELLING, READY, deployment_of, flow_run_of, listen, work_queue_of

STARTS_AT_ONCE = 2
POLL_SECONDS = 2.0
HEARTBEAT_SECONDS = 3
LOOKAHEAD_SECONDS = 15
HAND_BACK_WITHIN = timedelta(seconds=10)
URGENT_DEPLOYMENTS = frozenset({"page"})


class IncidentWorkerResult(BaseWorkerResult):
    """An execution in this process; the flow's outcome is in its state."""


class IncidentWorker(BaseWorker[BaseJobConfiguration, BaseVariables, IncidentWorkerResult]):
    """Runs the flows of an incident pool in its own event loop."""

    type = "incident"
    _description = "Runs flows in the worker's own event loop: they start at once and wait for free."

    def __init__(self, work_pool_name: str, name: str | None = None, **options: Any) -> None:
        # The name is new for every process: a restarted worker must not pass for the one that died.
        unique = f"{name or socket.gethostname()}-{os.getpid()}-{secrets.token_hex(2)}"
        options |= {"heartbeat_interval_seconds": HEARTBEAT_SECONDS, "prefetch_seconds": LOOKAHEAD_SECONDS}
        super().__init__(work_pool_name, name=unique, **options)
        self._flows: dict[UUID, Flow[..., Any]] = {}
        self._starts = StartLine(self._start, at_once=STARTS_AT_ONCE, awake_at_most=self._limit)
        self._loops = anyio.CancelScope()
        self._host: asyncio.Task[Any] | None = None

    async def start(self, *args: Any, **options: Any) -> None:
        """Work until stopped."""
        lasting = {
            PREFECT_WORKER_QUERY_SECONDS: POLL_SECONDS,
            PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED: False,
        }
        with temporary_settings(lasting):
            # One client for all runs: a new one per run costs 35 ms. The start line keeps this context for
            # the runs, whose calls are repeated for a minute when the server is away; the loops that have to
            # notice that do not repeat.
            async with AsyncClientContext.get_or_create() as shared:
                repeat_while_busy(shared.client)
                self._starts = StartLine(self._start, at_once=STARTS_AT_ONCE, awake_at_most=self._limit)
                with temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 0}):
                    self._host = asyncio.current_task()
                    self._own_sigterm()
                    await super().start(*args, **options)

    async def setup(self) -> None:
        """Prepare the worker, and begin to listen and to watch."""
        calm_the_log()
        await super().setup()
        if self._runs_task_group is not None:
            self._runs_task_group.start_soon(self._work)

    async def teardown(self, *exc_info: Any) -> None:
        """Hand the runs in flight back, so that another worker goes on with them at once."""
        self._loops.cancel()
        await self._starts.interrupt_all(Interruption.HANDED_BACK, within=HAND_BACK_WITHIN)
        await super().teardown(*exc_info)

    async def sync_with_backend(self) -> None:
        """Send a heartbeat; a server that is away is a reason to try again, not to give up."""
        try:
            await super().sync_with_backend()
        except httpx.HTTPError as away:
            self._logger.info("No heartbeat: the Prefect API is away (%s).", type(away).__name__)

    async def get_and_submit_flow_runs(self) -> list[FlowRun]:
        """Poll for runs whose time has come or comes soon: the safety net below the event stream."""
        if self._work_pool is None:
            return []
        try:
            runs = [response.flow_run for response in await self._get_scheduled_flow_runs()]
        except httpx.HTTPError as away:
            self._logger.info("No poll: the Prefect API is away (%s).", type(away).__name__)
            return []
        now = self._last_polled_time = datetime.now(UTC)
        for run in runs:
            self._starts.want(run.id, self._urgency(run), after=(run.next_scheduled_start_time or now) - now)
        return runs

    async def run(
        self,
        flow_run: FlowRun,
        configuration: BaseJobConfiguration,  # noqa: ARG002  there is no infrastructure to configure
        task_status: anyio.abc.TaskStatus[int] | None = None,
    ) -> IncidentWorkerResult:
        """Execute a run that was claimed already."""
        if task_status is not None:
            task_status.started(os.getpid())
        await self._execute(flow_run, lambda: None)
        return IncidentWorkerResult(identifier=str(flow_run.id), status_code=0)

    async def _work(self) -> None:
        with self._loops:
            while self._work_pool is None:  # noqa: ASYNC110  the base class sets it and tells nobody
                await anyio.sleep(1)
            watch = RunWatch(
                client=self.client,
                pool=self._work_pool_name,
                me=self.name,
                interval=timedelta(seconds=HEARTBEAT_SECONDS),
                starts=self._starts,
                log=self._logger,
            )
            async with anyio.create_task_group() as loops:
                loops.start_soon(self._starts.serve)
                loops.start_soon(watch.watch)
                loops.start_soon(self._listen, self._work_pool.id)

    async def _listen(self, work_pool_id: UUID) -> None:
        async with anyio.create_task_group() as polls:

            def poll() -> None:
                polls.start_soon(self.get_and_submit_flow_runs)

            await listen(work_pool_id, told=self._told, connected=poll, logger=self._logger)

    def _told(self, event: Event) -> None:
        run_id = flow_run_of(event)
        if event.event == CANCELLING:
            self._starts.interrupt(run_id, Interruption.CANCELLED)
        elif event.event in READY and self._takes_at_once(event):
            urgent = deployment_of(event) in URGENT_DEPLOYMENTS
            self._starts.want(run_id, Urgency.URGENT if urgent else Urgency.NORMAL)

    def _takes_at_once(self, event: Event) -> bool:
        # A paused or limited pool is the server's to ration, which it does when it is polled.
        rationed = self.work_pool.is_paused or self.work_pool.concurrency_limit is not None
        return not rationed and (not self._work_queues or work_queue_of(event) in self._work_queues)

    def _urgency(self, run: FlowRun) -> Urgency:
        flow = self._flows.get(run.deployment_id) if run.deployment_id else None
        return Urgency.URGENT if flow and flow.name in URGENT_DEPLOYMENTS else Urgency.NORMAL

    async def _start(self, run_id: UUID, begun: Begun) -> None:
        try:
            match await claim(self.client, run_id, me=self.name, now=datetime.now(UTC)):
                case Claimed(run):
                    await self._execute(run, begun)
                case NotYet(after):
                    # What is due later than the next polls look is theirs to find: no timer for hours in
                    # memory.
                    if after.total_seconds() <= LOOKAHEAD_SECONDS:
                        self._starts.want(run_id, after=after)
                case NotOurs(why):
                    self._logger.debug("Flow run %s is not started: %s.", run_id, why)
                case never:
                    assert_never(never)
        except asyncio.CancelledError:
            if (interruption := self._starts.interruption(run_id)) is None:
                raise
            await self._settle(run_id, interruption)
        except (
            Exception
        ):  # a supervisor: one run's trouble ends no other; if it is left unfinished the watch puts it back
            self._logger.exception("The execution of flow run %s broke off.", run_id)

    async def _execute(self, run: FlowRun, begun: Begun) -> None:
        try:
            flow = await self._flow_of(run)
        except Exception as broken:  # whatever an import can raise; the run says so, and the worker lives on
            self._logger.exception("The flow of run %r cannot be loaded.", run.name)
            await self.client.set_flow_run_state(
                run.id, Crashed(message=f"No flow to run: {broken!r}"), force=True
            )
            return
        await execute(flow, run, me=self.name, entered=self._own_sigterm, begun=begun)

    async def _flow_of(self, run: FlowRun) -> Flow[..., Any]:
        if run.deployment_id is None:
            raise LookupError("the run has no deployment")
        if (flow := self._flows.get(run.deployment_id)) is None:
            deployment = await self.client.read_deployment(run.deployment_id)
            flow = self._flows[run.deployment_id] = load_flow(deployment.entrypoint or "")
        return flow

    async def _settle(self, run_id: UUID, why: Interruption) -> None:
        match why:
            case Interruption.CANCELLED:
                await self.client.set_flow_run_state(run_id, Cancelled(message=f"{why}."), force=True)
            case Interruption.HANDED_BACK:
                run = await self.client.read_flow_run(run_id)
                if run.state is not None and (run.state.is_pending() or run.state.is_running()):
                    await put_back(self.client, run, why)
            case Interruption.TAKEN:
                pass
            case never:
                assert_never(never)

    def _own_sigterm(self) -> None:
        """SIGTERM stops the worker; each engine takes the signal for itself, so it is taken back each time."""
        if self._host is not None and threading.current_thread() is threading.main_thread():
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self._host.cancel)
