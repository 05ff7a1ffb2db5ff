"""Who watches, and trusts nobody? A loop in the web service that looks into the ledger and repairs things.

Every accepted alert is triaged, every owed run is started, every open incident has a live run, every page
that is due was sent, every overdue decision is settled. While Prefect does not answer it pages by itself,
through the same deeds and the same ledger, and hands back when Prefect returns.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

from blocks.heartbeat import Heartbeat
from blocks.prefect_api import AWAY
from incident.errors import IncidentError
from incident.lasting import HEARING
from ledger.decisions import decisions_overdue, decisions_unseen
from ledger.escalations import escalations_due
from ledger.heartbeats import beat
from ledger.intake import GRACE, untriaged
from ledger.pages import pages_owed
from ledger.repointing import repoint, repointed
from ledger.runs import runs_unfinished
from service.beside import Beside
from service.calls import look_for_silent_callers
from service.configuration_watch import Seen, follow
from service.intake import triage_all
from service.lines import line_of
from service.patience import patient_when_busy
from service.posting import end_silent
from service.prefect_engine import Engine, PrefectEngine
from service.resource_repair import ResourceRepair
from service.second_looks import let_go_on, look_again
from tasks.follow import follow_pages
from tasks.handoff import note_handoffs, send_notes
from tasks.notices import send_notices
from tasks.notify import by_hand, reach_person
from tasks.overdue import settle
from tasks.page import next_step, send_owed
from tasks.recover import close_what_is_due, tell_recoveries
from tasks.surroundings import here
from tasks.trust import confirm_subscriptions, forget_expired
from tasks.verify import send_verifications

INTERVAL = timedelta(seconds=1)
FLOW_GRACE = timedelta(seconds=10)
"""How late a page may be, while Prefect answers, before the watchdog sends it: a run may be recovering."""
ALONE_GRACE = timedelta(seconds=2)
"""The same while Prefect does not answer."""
A_QUEUE = 5
"""More late pages than this are no runs that recover: Prefect starts fewer runs than are owed."""
STARTS_FOR = timedelta(seconds=2)
"""So long a look starts runs, or repairs them: the next look at late pages may not wait for the rest."""
A_MOMENT = timedelta(milliseconds=200)
"""So long a look waits for providers that are asked what became of pages."""
HEARTBEAT_EVERY = timedelta(minutes=1)
HANDOFFS_EVERY = timedelta(seconds=15)
"""How often the schedules are asked whether a duty has changed hands."""

logger = logging.getLogger(__name__)

Part = Callable[[datetime], Awaitable[int]]


class Watchdog:
    """The loop, and what it saw last."""

    def __init__(
        self,
        configuration_file: Path | None,
        engine: Engine | None = None,
        heartbeat: Heartbeat | None = None,
    ) -> None:
        self.prefect_answers = False
        self.looked_at: datetime | None = None
        self.repairs: dict[str, int] = {}
        self._file = configuration_file
        self._seen: Seen | None = None
        self._engine, self._heartbeat = engine or PrefectEngine(start_for=STARTS_FOR), heartbeat
        self._called_at: datetime | None = None
        self._handed_over_at: datetime | None = None
        self._all_well = False
        self._repairing, self._following = Beside(STARTS_FOR), Beside(A_MOMENT)
        self._heard_since: datetime | None = None
        self._resource_repair = ResourceRepair()

    async def run(self) -> None:
        """Look once per interval, for ever; a look that fails is logged, and the next one comes."""
        async with patient_when_busy():
            while True:
                try:
                    await self.look()
                except Exception:  # a supervisor must outlive whatever it looks at
                    logger.exception("the watchdog could not finish its look")
                await asyncio.sleep(INTERVAL.total_seconds())

    async def look(self) -> None:
        """One look at everything; each part is tried even when another one fails."""
        now = here().now()
        self.prefect_answers = self._all_well = await self._engine.answers()
        parts: list[Part] = [self._configuration, self._alerts, self._quiet_ends]
        parts += [self._overdue_decisions, self._pages, self._recoveries]
        parts += [self._other_policies, self._handoffs, self._contacts, self._notices, self._silent_alerts]
        parts += [self._followed_pages, self._trust, self._silent_callers, self._resources]
        if self.prefect_answers:
            parts += [self._owed_runs, self._unseen_answers, self._lost_runs]
        for part in parts:
            name = part.__name__.strip("_")
            try:
                self._count(name, await part(now))
            except Exception as failure:  # noqa: BLE001  a fault in one part may not stop the others
                self._report(name, failure)
        await here().ledger.awrite(beat, "watchdog", here().now())
        self.looked_at = here().now()
        await self._call_out(now)

    async def _configuration(self, now: datetime) -> int:
        if self._file:
            self._seen = await asyncio.to_thread(follow, here().ledger, self._file, self._seen, now)
        return 0

    async def _other_policies(self, now: datetime) -> int:
        moved = await here().ledger.aread(repointed)
        return await self._each("escalation", (here().ledger.awrite(repoint, each, now) for each in moved))

    async def _alerts(self, now: datetime) -> int:
        alerts = await here().ledger.aread(untriaged, now - GRACE)
        if alerts and (line := line_of(here().ledger)):
            line.look()  # it may be behind; a second one beside it would only be in its way
            return 0
        return await asyncio.to_thread(triage_all, here(), alerts)

    async def _silent_alerts(self, now: datetime) -> int:
        """End what Prometheus has not sent again in time; that is no repair."""
        self._heard_since = self._heard_since or now
        if now - self._heard_since >= HEARING:
            await asyncio.to_thread(end_silent, here())
        return 0

    async def _quiet_ends(self, now: datetime) -> int:
        """What a silence or a maintenance kept quiet until now is looked at again; that is no repair."""
        await asyncio.to_thread(look_again, here(), now)
        await let_go_on(now)
        return 0

    async def _overdue_decisions(self, now: datetime) -> int:
        overdue = await here().ledger.aread(decisions_overdue, now - self._grace)
        return await self._each("decision", (settle(incident.key, row.key) for row, incident in overdue))

    async def _pages(self, now: datetime) -> int:
        """Page by hand whoever a flow should have paged by now; claims keep a flow from doing it too."""
        late = now - self._grace
        due = await here().ledger.aread(escalations_due, now - ALONE_GRACE)
        if len(due) <= A_QUEUE:
            due = await here().ledger.aread(escalations_due, late)
        climbed = await self._each("escalation", (_climb(row.id or 0) for row in due))
        owed = await here().ledger.aread(pages_owed, late)
        return climbed + await self._each("page", (reach_person(row.id or 0, by_hand) for row in owed))

    async def _recoveries(self, _now: datetime) -> int:
        """Ask managers whose alerts have all recovered; severity 3 may close itself. That is no repair."""
        try:
            await close_what_is_due()
        finally:
            await tell_recoveries()
        return 0

    async def _handoffs(self, now: datetime) -> int:
        """Notes for whoever comes on call and whoever goes; they are sent late rather than never."""
        if self._handed_over_at is None or now - self._handed_over_at >= HANDOFFS_EVERY:
            self._handed_over_at = now
            await note_handoffs()
        await send_notes()
        return 0

    async def _contacts(self, _now: datetime) -> int:
        """Send the test messages that somebody asked for; that is no repair."""
        await send_verifications()
        return 0

    async def _notices(self, _now: datetime) -> int:
        """Tell people what others changed about their shifts; that is no repair."""
        await send_notices()
        return 0

    async def _trust(self, _now: datetime) -> int:
        """Confirm what topics have asked for, and forget expired keys; that is no repair."""
        await confirm_subscriptions()
        await forget_expired()
        return 0

    async def _silent_callers(self, now: datetime) -> int:
        """Raise an alert for whoever should have called by now; that is no repair."""
        await look_for_silent_callers(now)
        return 0

    async def _resources(self, now: datetime) -> int:
        """Try again what a tool did not give an incident: its room, its call, its ticket."""
        return await self._resource_repair.look(now, alone=not self.prefect_answers)

    async def _followed_pages(self, _now: datetime) -> int:
        """Ask providers what became of pages, beside the next looks if need be; that is no repair."""
        await self._following.look(follow_pages)
        return 0

    async def _owed_runs(self, _now: datetime) -> int:
        return await self._engine.start_owed_runs()

    async def _unseen_answers(self, now: datetime) -> int:
        unseen = await here().ledger.aread(decisions_unseen, now - ALONE_GRACE)
        return await self._each("answer", (self._engine.go_on(row.flow_run_id) for row in unseen))

    async def _lost_runs(self, now: datetime) -> int:
        """Start again what ended too early; a slow Prefect is asked on beside the next looks."""

        async def repair() -> int:
            return await self._engine.repair(await here().ledger.aread(runs_unfinished), now)

        return await self._repairing.look(repair)

    async def _call_out(self, now: datetime) -> None:
        """Tell whoever listens outside that all is well; silence is how they learn that it is not."""
        due = self._called_at is None or now - self._called_at >= HEARTBEAT_EVERY
        if self._heartbeat and self._all_well and due:
            self._called_at = now
            try:
                await self._heartbeat.beat(now)
            except IncidentError as failure:
                logger.warning("the heartbeat was not heard: %s", failure)

    @property
    def _grace(self) -> timedelta:
        return FLOW_GRACE if self.prefect_answers else ALONE_GRACE

    async def _each(self, what: str, deeds: Iterable[Awaitable[object]]) -> int:
        """Do all of them side by side; one that fails is reported. Returns how many did something."""
        results = await asyncio.gather(*deeds, return_exceptions=True)
        failures = [result for result in results if isinstance(result, BaseException)]
        for failure in failures:
            self._report(what, failure)
        return sum(result is not False for result in results) - len(failures)

    def _report(self, what: str, failure: BaseException) -> None:
        self._all_well = False
        known = isinstance(failure, (*AWAY, IncidentError))
        logger.warning(
            "the watchdog's look at %s failed: %s",
            what,
            failure or type(failure).__name__,
            exc_info=not known and failure,
        )

    def _count(self, what: str, repaired: int) -> None:
        if repaired:
            self.repairs[what] = self.repairs.get(what, 0) + repaired
            logger.info("the watchdog repaired %s: %d", what, repaired)


async def _climb(escalation: int) -> None:
    await next_step(escalation)
    await send_owed(escalation, by_hand)
