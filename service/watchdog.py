"""Who watches, and trusts nobody?

A loop in the web service that looks into the ledger and repairs what it finds.

Every accepted alert is triaged, every owed run is started, every open incident has a live run, every page
that is due was sent, every overdue decision is settled. While Prefect does not answer it pages by itself,
through the same deeds and the same ledger, and hands back when Prefect returns.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

from prefect.client.orchestration import get_client

from blocks.prefect_api import AWAY
from incident.errors import IncidentError
from ledger.decisions import decisions_overdue, decisions_unseen
from ledger.escalations import escalations_due
from ledger.heartbeats import beat
from ledger.intake import GRACE, untriaged
from ledger.pages import pages_owed
from ledger.runs import runs_unfinished
from service import run_repair
from service.configuration_watch import Seen, follow
from service.intake import triage_all
from tasks.doors import go_on
from tasks.overdue import settle
from tasks.page import by_hand, next_step, reach_person, send_owed
from tasks.runs import start_owed_runs
from tasks.surroundings import here

INTERVAL = timedelta(seconds=1)
PREFECT_TIMEOUT = timedelta(seconds=2)
FLOW_GRACE = timedelta(seconds=10)
"""How late a page may be while Prefect answers: its run may be starting, or recovering."""
ALONE_GRACE = timedelta(seconds=2)
"""The same while Prefect does not answer."""

FAILURES: tuple[type[Exception], ...] = (*AWAY, IncidentError)
logger = logging.getLogger(__name__)


class Watchdog:
    """The loop, and what it saw last."""

    def __init__(self, configuration_file: Path | None) -> None:
        self.prefect_answers = False
        self.looked_at: datetime | None = None
        self.repairs: dict[str, int] = {}
        self._file = configuration_file
        self._seen: Seen | None = None

    async def run(self) -> None:
        """Look once per interval, for ever; a look that fails is logged, and the next one comes."""
        while True:
            try:
                await self.look()
            except Exception:  # a supervisor must outlive whatever it looks at
                logger.exception("the watchdog could not finish its look")
            await asyncio.sleep(INTERVAL.total_seconds())

    async def look(self) -> None:
        """One look at everything; each part is tried even when another one fails."""
        now = here().now()
        self.prefect_answers = await prefect_answers()
        parts: list[Callable[[datetime], Awaitable[int]]] = [self._configuration, self._alerts, self._pages]
        if self.prefect_answers:
            parts += [self._owed_runs, self._lost_runs, self._unseen_answers]
        parts.append(self._overdue_decisions)
        for part in parts:
            try:
                self._count(part.__name__.strip("_"), await part(now))
            except FAILURES as failure:
                logger.warning("the watchdog's look at %s failed: %s", part.__name__.strip("_"), failure)
        self.looked_at = here().now()
        await here().ledger.awrite(beat, "watchdog", self.looked_at)

    async def _configuration(self, now: datetime) -> int:
        if self._file:
            self._seen = await asyncio.to_thread(follow, here().ledger, self._file, self._seen, now)
        return 0

    async def _alerts(self, now: datetime) -> int:
        alerts = await here().ledger.aread(untriaged, now - GRACE)
        await asyncio.to_thread(triage_all, here(), alerts)
        return len(alerts)

    async def _owed_runs(self, _now: datetime) -> int:
        return await start_owed_runs()

    async def _lost_runs(self, now: datetime) -> int:
        runs = await here().ledger.aread(runs_unfinished)
        async with get_client() as client:
            return await run_repair.repair(client, runs, now)

    async def _unseen_answers(self, now: datetime) -> int:
        unseen = await here().ledger.aread(decisions_unseen, now - ALONE_GRACE)
        return sum([await go_on(decision.flow_run_id) for decision in unseen])

    async def _overdue_decisions(self, now: datetime) -> int:
        overdue = await here().ledger.aread(decisions_overdue, now - self._grace)
        for decision, incident in overdue:
            await settle(incident.key, decision.key)
        return len(overdue)

    async def _pages(self, now: datetime) -> int:
        """Page by hand whoever a flow should have paged by now; claims keep a flow from doing it too."""
        late = now - self._grace
        due = await here().ledger.aread(escalations_due, late)
        for escalation in due:
            await next_step(escalation.id or 0)
            await send_owed(escalation.id or 0, by_hand)
        owed = await here().ledger.aread(pages_owed, late)
        for page in owed:
            await reach_person(page.id or 0, by_hand)
        return len(due) + len(owed)

    @property
    def _grace(self) -> timedelta:
        return FLOW_GRACE if self.prefect_answers else ALONE_GRACE

    def _count(self, what: str, repaired: int) -> None:
        if repaired:
            self.repairs[what] = self.repairs.get(what, 0) + repaired
            logger.info("the watchdog repaired %s: %d", what, repaired)


async def prefect_answers() -> bool:
    """Does the Prefect API answer within two seconds?"""
    try:
        async with asyncio.timeout(PREFECT_TIMEOUT.total_seconds()):
            async with get_client(httpx_settings={"timeout": PREFECT_TIMEOUT.total_seconds()}) as client:
                return await client.api_healthcheck() is None
    except AWAY:  # TimeoutError is an OSError
        return False
