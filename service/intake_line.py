"""How do deliveries become durable at speed, and when are they triaged? One thread writes them all.

Whatever gathers while a commit is under way is the next commit; when nothing is, a delivery is committed at
once. So the cost of the disk is shared when it hurts, and nobody waits for company when it does not. Between
commits the alerts are triaged in slices, the most urgent first; while deliveries wait, a slice is short and
rare, since their senders wait and whoever will be paged does not know yet. What a process leaves untriaged
is found in the ledger by the next one.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from incident.errors import IncidentError, LedgerUnavailable
from ledger.deliveries import Delivery, Numbers, accept_deliveries, accept_each
from ledger.engine import Ledger
from ledger.slices import Triaged, triage_next
from service.believed import Believed
from service.gathering import Bounds, Entry, Gathering
from service.rates import Rates

SLICE = 100
"""Alerts that are triaged in one transaction at most."""
SLICE_SECONDS = 0.1
"""So long a slice lasts at most: others write to the ledger, too."""
SHORT_SLICE, SHORT_SLICE_SECONDS = 20, 0.01
"""The same while deliveries wait for their commit."""
COMMITS_PER_SLICE = 8
"""While deliveries wait, so many commits come before a slice."""
CALM, CALM_ALERTS = 4, 50
"""A group of at most so many deliveries and alerts is told what became of them, if no other alert waits."""
NEXT_WITHIN = 0.005
"""Seconds; so soon after an answer, a sender that is not alone has its next delivery ready."""
REST = 0.2
"""Of the time of a slice, before the next: the write lock of SQLite is given to nobody in particular."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Safe:
    """A delivery that is committed. ``looked`` is done when its alerts had their turn; None: nobody waits."""

    numbers: Numbers
    looked: Future[None] | None = None


def _nothing() -> None:
    """What follows when nobody wants to know."""


class IntakeLine:
    """The one writer of deliveries in this process, and of what becomes of their alerts."""

    def __init__(
        self,
        ledger: Ledger,
        now: Callable[[], datetime],
        bounds: Bounds | None = None,
        opened: Callable[[], None] = _nothing,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._ledger, self._now, self._opened, self._clock = ledger, now, opened, clock
        self.configuration, self.rates = Believed(ledger), Rates()
        self._gathering: Gathering[Safe] = Gathering(bounds or Bounds())
        self._called = threading.Condition()
        self._alerts_wait = self._once_more = True  # a process before this one may have left some
        self._closing = self._busy = False
        self._commits = 0
        self._told: list[Future[None]] = []
        self._thread = threading.Thread(target=self._work, name="intake", daemon=True)

    def put(self, delivery: Delivery) -> Future[Safe]:
        """Line a delivery up; the answer comes after its commit, or says why there was none.

        Raises:
            TooMany: there is no room for it.
            LedgerUnavailable: this process is going down.
        """
        with self._called:
            if self._closing:
                raise LedgerUnavailable("this service is being stopped; send it again")
            entry = self._gathering.add(delivery)
            self._called.notify()
        return entry.answer

    def look(self) -> None:
        """Alerts may wait that did not come through here, or that could not be triaged before."""
        with self._called:
            self._alerts_wait = self._once_more = True
            self._called.notify()

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def close(self) -> None:
        """Commit what has gathered, and end; what waits for triage is left to the next process."""
        with self._called:
            self._closing = True
            self._called.notify()
        self._thread.join()

    def _work(self) -> None:
        while self._has_work():
            try:
                self._step()
            except Exception:  # the thread must outlive whatever it writes
                logger.exception("the intake could not finish a step")
        self._tell()

    def _has_work(self) -> bool:
        """Wait for work; False when there is none and never will be."""
        with self._called:
            while not (self._gathering or self._alerts_wait or self._closing):
                self._called.wait()
            return bool(self._gathering) or not self._closing

    def _step(self) -> None:
        if group := self._gathering.take():
            self._commits += 1
            self._commit(group)
        if self._alerts_wait and not self._closing and self._slice_is_due():
            self._commits = 0
            self._triage()

    def _slice_is_due(self) -> bool:
        if self._busy and self._commits < COMMITS_PER_SLICE:
            self._rest(NEXT_WITHIN)
            self._busy = bool(self._gathering)
        return not self._gathering or self._commits >= COMMITS_PER_SLICE

    def _commit(self, group: Sequence[Entry[Safe]]) -> None:
        self._busy = not _is_small(group)
        calm = not self._alerts_wait and not self._busy
        try:
            outcomes = self._written([entry.delivery for entry in group])
        except Exception as fault:  # noqa: BLE001  whatever it is, none of the group is safe, and each hears it
            for entry in group:
                entry.answer.set_exception(fault)
            return
        looked: Future[None] | None = Future() if calm else None
        if looked:
            self._told.append(looked)
        self._alerts_wait = True
        for entry, outcome in zip(group, outcomes, strict=True):
            if isinstance(outcome, Exception):
                entry.answer.set_exception(outcome)
            else:
                entry.answer.set_result(Safe(outcome, looked))

    def _written(self, deliveries: Sequence[Delivery]) -> Sequence[Numbers | Exception]:
        """All in one go; if one of them cannot be written, each behind a savepoint."""
        try:
            return self._ledger.write(accept_deliveries, deliveries)
        except IncidentError:
            raise
        except Exception as fault:  # noqa: BLE001  a fault of one may not spoil the others
            return [fault] if len(deliveries) == 1 else self._ledger.write(accept_each, deliveries)

    def _triage(self) -> None:
        began = self._clock()

        def enough() -> bool:
            return self._clock() - began > (SHORT_SLICE_SECONDS if self._gathering else SLICE_SECONDS)

        put_off, self._alerts_wait, self._once_more = self._once_more, False, False
        more = False
        try:
            done, more = self._slice(enough, put_off=put_off)
        except LedgerUnavailable as unavailable:
            logger.warning("alerts wait for their triage: %s", unavailable)
            return
        finally:
            if not more or self._gathering:
                self._tell()
        self._alerts_wait = more or self._alerts_wait
        if any(each.incident for each in done):
            self._opened()
        if more:
            self._rest((self._clock() - began) * REST)

    def _slice(self, enough: Callable[[], bool], *, put_off: bool) -> tuple[list[Triaged], bool]:
        """Triage some together; if one of them spoils it, each apart. What was put off spoils it again."""
        most = SHORT_SLICE if self._busy or self._gathering else SLICE
        if not put_off:
            try:
                return self._ledger.write(triage_next, most, self._now, enough)
            except LedgerUnavailable:
                raise
            except Exception as fault:  # noqa: BLE001  whatever it is, it is that of one alert
                logger.warning(
                    "an alert could not be triaged with others (%s): each apart", type(fault).__name__
                )
        return self._ledger.write(triage_next, most, self._now, enough, put_off=put_off, apart=True)

    def _tell(self) -> None:
        told, self._told = self._told, []
        for looked in told:
            looked.set_result(None)

    def _rest(self, seconds: float) -> None:
        with self._called:
            if not self._gathering:
                self._called.wait(seconds)


def _is_small(group: Sequence[Entry[Safe]]) -> bool:
    alerts = sum(len(entry.delivery.alerts) for entry in group)
    return len(group) <= CALM and alerts <= CALM_ALERTS
