"""Which deliveries wait for their commit? A bounded queue: what does not fit is refused before it is held.

Whoever is refused keeps its alerts and comes again, so a storm costs neither memory nor an alert.
"""

import threading
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import timedelta
from math import ceil
from typing import Generic, TypeVar

from incident.errors import IncidentError
from ledger.deliveries import Delivery

T = TypeVar("T")

COME_AGAIN = timedelta(seconds=2)
"""A full queue is empty by then: the ledger takes a thousand deliveries a second."""


class TooMany(IncidentError):  # noqa: N818  said of the deliveries
    """More comes in than is taken; nothing of this delivery was accepted, ``after`` this time it may be."""

    def __init__(self, message: str, after: timedelta) -> None:
        super().__init__(message)
        self.after = after
        self.headers = {"Retry-After": str(max(1, ceil(after.total_seconds())))}


class TooBusy(TooMany):
    """The same, said to a sender that would give up if it heard that it has sent too many."""


@dataclass(frozen=True)
class Bounds:
    """How much may wait, and how much of it is committed at once."""

    deliveries: int = 2_000
    bytes: int = 64 * 1024 * 1024
    group: int = 200
    alerts_of_group: int = 1_000


@dataclass(frozen=True)
class Entry(Generic[T]):
    """A delivery, and what its door waits for."""

    delivery: Delivery
    answer: Future[T] = field(default_factory=Future)


class Gathering(Generic[T]):
    """The deliveries that wait, oldest first; any thread may add."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._waiting: deque[Entry[T]] = deque()
        self._bytes = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, delivery: Delivery) -> Entry[T]:
        """Line a delivery up.

        Raises:
            TooMany: there is no room for it.
        """
        entry: Entry[T] = Entry(delivery)
        entry.answer.set_running_or_notify_cancel()  # a sender that hangs up takes nothing back
        with self._lock:
            full = len(self._waiting) >= self._bounds.deliveries
            if full or (self._waiting and self._bytes + len(delivery.body) > self._bounds.bytes):
                raise TooMany("more alerts come in than can be made safe; send this again", COME_AGAIN)
            self._waiting.append(entry)
            self._bytes += len(delivery.body)
        return entry

    def take(self) -> list[Entry[T]]:
        """The next group, which leaves the queue."""
        group: list[Entry[T]] = []
        alerts = 0
        with self._lock:
            while self._waiting and len(group) < self._bounds.group:
                alerts += len(self._waiting[0].delivery.alerts)
                if group and alerts > self._bounds.alerts_of_group:
                    break
                group.append(self._waiting.popleft())
                self._bytes -= len(group[-1].delivery.body)
        return group
