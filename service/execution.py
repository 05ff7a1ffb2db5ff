"""How is one flow run executed inside the worker's own event loop?

By Prefect's asynchronous flow engine, with four differences that come from many runs sharing one process:
SIGTERM stays the worker's; a run that the worker interrupts is not reported as crashed, because the worker
knows better; no thread and websocket per run watches for suspension, because the worker watches for all of
them; and no thread per run says that it lives, because the worker does.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from prefect.client.schemas.objects import FlowRun, State
from prefect.exceptions import Abort, Pause
from prefect.flow_engine import AsyncFlowRunEngine
from prefect.flows import Flow, load_flow_from_entrypoint

from service.claims import held_by


class NotAnAsyncFlowError(TypeError):
    """The deployment's flow cannot share an event loop; run it on a process pool instead."""


def _nothing() -> None:
    """What happens when nobody asked for anything."""


def load_flow(entrypoint: str) -> Flow[..., Any]:
    """The flow at a deployment's entry point; imports of what it needs happen here."""
    flow: Flow[..., Any] = load_flow_from_entrypoint(entrypoint, use_placeholder_flow=False)
    if not flow.isasync or flow.isgenerator:
        raise NotAnAsyncFlowError(f"{entrypoint} is not an `async def` flow")
    return flow


@dataclass
class SharedLoopEngine(AsyncFlowRunEngine[..., Any]):
    """Prefect's engine for a run that shares process and event loop with others."""

    me: str = ""
    entered: Callable[[], None] = _nothing
    begun: Callable[[], None] = _nothing

    @property
    def heartbeat_seconds(self) -> None:
        """No thread tells Prefect every three minutes that this run lives: see `service.lost_runs`."""

    @asynccontextmanager
    async def initialize_run(self) -> AsyncGenerator[SharedLoopEngine, None]:
        """Enter the run, and tell the worker right after the engine took SIGTERM for itself."""
        async with super().initialize_run():
            self.entered()
            yield self

    async def set_state(self, state: State[Any], force: bool = False) -> State[Any]:  # noqa: FBT001, FBT002  Prefect's own
        """Propose a state; in Running the worker signs."""
        if state.is_running():
            state.message = held_by(self.me)
        return await super().set_state(state, force=force)

    async def call_flow_fn(self) -> Any:
        """Call the flow, and tell the worker that its first line is next."""
        self.begun()
        return await super().call_flow_fn()

    async def handle_crash(self, exc: BaseException) -> None:
        """Report a crash, unless the worker itself ended the run: then the worker settles its state."""
        if not isinstance(exc, asyncio.CancelledError):
            await super().handle_crash(exc)


async def execute(
    flow: Flow[..., Any],
    flow_run: FlowRun,
    *,
    me: str,
    entered: Callable[[], None],
    begun: Callable[[], None],
) -> None:
    """Run the flow to its end or suspension; a failing flow ends in its state, not in an error here."""
    # Without a deployment id the engine starts no observer of its own (a thread, a websocket and 50 ms per
    # run); it reads the run again before the flow begins, so that the flow sees its deployment all the same.
    anonymous = flow_run.model_copy(update={"deployment_id": None})
    engine = SharedLoopEngine(
        flow=flow, flow_run=anonymous, parameters=flow_run.parameters, me=me, entered=entered, begun=begun
    )
    try:
        async with engine.start():
            while engine.is_running():
                async with engine.run_context():
                    await engine.call_flow_fn()
    except (Abort, Pause):
        return


class CalmEnd(logging.Filter):
    """Lowers the engine's ERROR line about ends that are no errors: suspended, or interrupted here."""

    ENDS = ("Finished in state Suspended", "Finished in state Running", "Finished in state Cancel")

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the record, at level INFO if nothing went wrong."""
        if record.levelno == logging.ERROR and record.getMessage().startswith(self.ENDS):
            record.levelno, record.levelname = logging.INFO, logging.getLevelName(logging.INFO)
        return True


def calm_the_log() -> None:
    """Attach the filter to the logger of flow runs, once however often it is called."""
    logger = logging.getLogger("prefect.flow_runs")
    if not any(isinstance(known, CalmEnd) for known in logger.filters):
        logger.addFilter(CalmEnd())
