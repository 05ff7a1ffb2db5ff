"""Which line writes the deliveries of a ledger in this process? None, where no web service runs."""

from collections.abc import Iterator
from contextlib import contextmanager

from ledger.engine import Ledger
from service.intake_line import IntakeLine

_SERVING: dict[int, IntakeLine] = {}


def line_of(ledger: Ledger) -> IntakeLine | None:
    """The line that serves a ledger in this process; None: whoever brings a delivery writes it."""
    return _SERVING.get(id(ledger))


@contextmanager
def serving(ledger: Ledger, line: IntakeLine) -> Iterator[None]:
    """All deliveries of this process go through the line, within this block."""
    _SERVING[id(ledger)] = line
    line.start()
    try:
        yield
    finally:
        del _SERVING[id(ledger)]
        line.close()
