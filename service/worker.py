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
from contextvars import Context, copy_context
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import anyio
import anyio.abc
import httpx
from prefect.client.schemas.filters import WorkPoolFilter, WorkPoolFilterName
from prefect.client.schemas.objects import FlowRun
from prefect.context import AsyncClientContext
from prefect.events import Event
from prefect.settings import (
    PREFECT_CLIENT_MAX_RETRIES,
    PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED,
    PREFECT_WORKER_QUERY_SECONDS,
    temporary_settings,
)
from prefect.workers.base import BaseJobConfiguration, BaseVariables, BaseWorker, BaseWorkerResult

from service.attempts import Attempts
from service.collecting import spare_what_stands
from service.execution import calm_the_log, load_flow
from service.patience import be_patient, keep_events
from service.recovery import RunWatch
from service.starts import Interruption, StartLine, Urgency
from service.wakeup import CANCELLING, READY, deployment_of, flow_run_of, listen, work_queue_of
from service.worker_settings import WorkerSettings

# Somebody has to be woken: that comes before the next incident's paperwork.
FLOWS_AHEAD = 20
"""How many of the pool's deployments have their flows imported when the worker starts."""

URGENT_DEPLOYMENTS = frozenset({"page"})


class IncidentWorkerResult(BaseWorkerResult):
    """An execution in this process; the flow's outcome is in its state."""


class IncidentWorker(BaseWorker[BaseJobConfiguration, BaseVariables, IncidentWorkerResult]):
    """Runs the flows of an incident pool in its own event loop."""

    type = "incident"
    _description = "Runs flows in the worker's own event loop: they start at once and wait for free."

    def __init__(self, work_pool_name: str, name: str | None = None, **options: Any) -> None:
        self.settings = WorkerSettings.from_environment(os.environ)
        # The name is new for every process: a restarted worker must not pass for the one that died.
        unique = f"{name or socket.gethostname()}-{os.getpid()}-{secrets.token_hex(2)}"
        options["heartbeat_interval_seconds"] = self.settings.heartbeat_seconds
        options["prefetch_seconds"] = self.settings.lookahead.total_seconds()
        super().__init__(work_pool_name, name=unique, **options)
        self._line: StartLine | None = None
        self._names: dict[UUID, str] = {}
        self._loops = anyio.CancelScope()
        self._host: asyncio.Task[Any] | None = None
        self._run_context: Context | None = None

    @classmethod
    def get_default_base_job_template(cls) -> dict[str, Any]:
        """As empty as Prefect allows: there is no job, and it checks each run that it makes against this."""
        return {"job_configuration": {"command": None}, "variables": {"type": "object", "properties": {}}}

    async def start(self, *args: Any, **options: Any) -> None:
        """Work until stopped."""
        keep_events()
        lasting = {
            PREFECT_WORKER_QUERY_SECONDS: self.settings.poll_seconds,
            PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED: False,
        }
        with temporary_settings(lasting):
            # One client for all runs: a new one per run costs 35 ms.
            async with AsyncClientContext.get_or_create() as shared:
                be_patient(shared.client)
                # When the server is away, runs wait for it; the worker's own loops have to notice.
                self._run_context = copy_context()
                with temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 0}):
                    self._host = asyncio.current_task()
                    self._own_sigterm()
                    await super().start(*args, **options)

    async def setup(self) -> None:
        """Prepare the worker, and begin to listen and to watch."""
        calm_the_log()
        await super().setup()
        attempts = Attempts(
            client=self.client,
            me=self.name,
            lookahead=self.settings.lookahead,
            entered=self._own_sigterm,
            log=self._logger,
        )
        self._line = StartLine(
            attempts.take,
            at_once=self.settings.starts_at_once,
            awake_at_most=self._limit,
            context=self._run_context,
        )
        if self._runs_task_group is not None:
            self._runs_task_group.start_soon(self._work, self._line)

    async def teardown(self, *exc_info: Any) -> None:
        """Hand the runs in flight back, so that another worker goes on with them at once."""
        self._loops.cancel()
        if self._line is not None:
            within = timedelta(seconds=self.settings.hand_back_seconds)
            await self._line.interrupt_all(Interruption.HANDED_BACK, within=within)
        await super().teardown(*exc_info)

    async def sync_with_backend(self) -> None:
        """Send a heartbeat; a server that is away is a reason to try again, not to give up."""
        try:
            await super().sync_with_backend()
        except httpx.HTTPError as away:
            self._logger.debug("No heartbeat: %r", away)

    async def get_and_submit_flow_runs(self) -> list[FlowRun]:
        """Poll for runs whose time has come or comes soon: the safety net below the event stream."""
        if self._work_pool is None or self._line is None:
            return []
        try:
            runs = [response.flow_run for response in await self._get_scheduled_flow_runs()]
            urgencies = [await self._urgency(run) for run in runs]
        except httpx.HTTPError as away:
            self._logger.debug("No poll: %r", away)
            return []
        now = self._last_polled_time = datetime.now(UTC)
        for run, urgency in zip(runs, urgencies, strict=True):
            self._line.want(run.id, urgency, after=(run.next_scheduled_start_time or now) - now)
        return runs

    async def run(
        self,
        flow_run: FlowRun,
        configuration: BaseJobConfiguration,
        task_status: anyio.abc.TaskStatus[int] | None = None,
    ) -> IncidentWorkerResult:
        """Not how this worker runs flows: there is no infrastructure to submit them to."""
        raise NotImplementedError("the incident worker takes runs of deployments only")

    async def _work(self, line: StartLine) -> None:
        with self._loops:
            while self._work_pool is None:  # noqa: ASYNC110  the base class sets it and tells nobody
                await anyio.sleep(1)
            await self._import_flows()
            spare_what_stands()
            watch = RunWatch(
                client=self.client,
                pool=self._work_pool_name,
                me=self.name,
                interval=self.settings.heartbeat,
                line=line,
                log=self._logger,
            )
            async with anyio.create_task_group() as loops:
                loops.start_soon(line.serve)
                loops.start_soon(watch.watch)
                loops.start_soon(self._listen, self._work_pool.id)

    async def _import_flows(self) -> None:
        """Import the pool's flows before the first run needs them: the first page is not to wait for it."""
        here = WorkPoolFilter(name=WorkPoolFilterName(any_=[self._work_pool_name]))
        try:
            known = await self.client.read_deployments(work_pool_filter=here, limit=FLOWS_AHEAD)
        except httpx.HTTPError as away:
            self._logger.debug("No flow is imported ahead: %r", away)
            return
        for deployment in known:
            try:
                load_flow(deployment.entrypoint or "")
            except Exception:  # somebody else's code: it fails when its run begins, and only there
                self._logger.exception("The flow of %s cannot be imported", deployment.name)

    async def _listen(self, work_pool_id: UUID) -> None:
        async with anyio.create_task_group() as polls:

            def poll() -> None:
                polls.start_soon(self.get_and_submit_flow_runs)

            await listen(work_pool_id, told=self._told, connected=poll, logger=self._logger)

    def _told(self, event: Event) -> None:
        if self._line is None:
            return
        run_id = flow_run_of(event)
        if event.event == CANCELLING:
            self._line.interrupt(run_id, Interruption.CANCELLED)
        elif event.event in READY and self._takes_at_once(event):
            urgent = deployment_of(event) in URGENT_DEPLOYMENTS
            self._line.want(run_id, Urgency.URGENT if urgent else Urgency.NORMAL)

    def _takes_at_once(self, event: Event) -> bool:
        # A paused or limited pool is the server's to ration, which it does when it is polled.
        rationed = self.work_pool.is_paused or self.work_pool.concurrency_limit is not None
        return not rationed and (not self._work_queues or work_queue_of(event) in self._work_queues)

    async def _urgency(self, run: FlowRun) -> Urgency:
        if run.deployment_id is None:
            return Urgency.NORMAL
        if run.deployment_id not in self._names:
            self._names[run.deployment_id] = (await self.client.read_deployment(run.deployment_id)).name
        return Urgency.URGENT if self._names[run.deployment_id] in URGENT_DEPLOYMENTS else Urgency.NORMAL

    def _own_sigterm(self) -> None:
        """Let SIGTERM stop the worker; each engine takes the signal for itself, so it is taken back."""
        if self._host is not None and threading.current_thread() is threading.main_thread():
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self._host.cancel)
