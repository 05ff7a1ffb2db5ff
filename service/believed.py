"""What was the configuration a moment ago? Reading it at every delivery would cost more than the delivery."""

from collections.abc import Callable
from datetime import timedelta
from time import monotonic

from incident.configuration import Configuration
from incident.errors import LedgerUnavailable, NotFoundError
from ledger.configurations import configuration_in_force
from ledger.engine import Ledger

BELIEVED = timedelta(seconds=0.25)
"""So long the web service believes what it has read: less than a changed file takes to be noticed."""


class Believed:
    """The configuration as it was read last."""

    def __init__(self, ledger: Ledger, clock: Callable[[], float] = monotonic) -> None:
        self._ledger, self._clock = ledger, clock
        self._read: Configuration | None = None
        self._until = 0.0

    def lately(self) -> Configuration | None:
        """The configuration if it was read lately."""
        return self._read if self._clock() < self._until else None

    def now(self) -> Configuration:
        """The configuration, read again unless it was lately."""
        if (known := self.lately()) is not None:
            return known
        until = self._clock() + BELIEVED.total_seconds()
        self._read = read_in_force(self._ledger)
        self._until = until
        return self._read


def read_in_force(ledger: Ledger) -> Configuration:
    """The configuration in force.

    Raises:
        LedgerUnavailable: there is none yet; a sender that heard of an unknown source would give up.
    """
    try:
        return ledger.read(configuration_in_force)[1]
    except NotFoundError as error:
        raise LedgerUnavailable(str(error)) from None
