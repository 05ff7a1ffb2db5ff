"""How many deliveries may a source send? As many as its limit says, in bursts up to all of them at once."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

from incident.configuration import DeliveryLimit
from service.gathering import TooMany


@dataclass
class _Allowance:
    """What is left of the limit of one source."""

    left: float
    at: float


class Rates:
    """The allowances of the sources; only names of configured ones get here, so there are few."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._allowances: dict[str, _Allowance] = {}

    def admit(self, source: str, limit: DeliveryLimit) -> None:
        """Count one delivery of a source.

        Raises:
            TooMany: it has sent too many lately; the error says when the next one is welcome.
        """
        a_second = limit.deliveries / limit.within.total_seconds()
        with self._lock:
            now = self._clock()
            known = self._allowances.setdefault(source, _Allowance(limit.deliveries, now))
            known.left = min(limit.deliveries, known.left + (now - known.at) * a_second)
            known.at = now
            if known.left < 1:
                after = timedelta(seconds=(1 - known.left) / a_second)
                raise TooMany(f"{source} may send {limit.deliveries} deliveries in {limit.within}", after)
            known.left -= 1
