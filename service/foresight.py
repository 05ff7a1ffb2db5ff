"""What does the ledger add to the outlook of a file? Overrides, calendars of others, contacts that work."""

from collections.abc import Iterator
from datetime import datetime

from incident.configuration import Configuration
from incident.findings import Finding
from ledger.engine import Ledger
from ledger.verifications import verified_addresses
from ledger.versions import with_overrides
from service.outlook import outlook


def foresee_edit(ledger: Ledger, now: datetime, configuration: Configuration) -> Iterator[Finding]:
    """What will hurt once this configuration is in force, contacts left aside: no edit makes those worse."""
    yield from outlook(_known(ledger, now, configuration), now)


def foresee(ledger: Ledger, now: datetime, configuration: Configuration) -> Iterator[Finding]:
    """What will hurt, and the contacts that nobody has tried."""
    yield from outlook(_known(ledger, now, configuration), now, ledger.read(verified_addresses))


def _known(ledger: Ledger, now: datetime, configuration: Configuration) -> Configuration:
    """The configuration with what people have changed, and what calendars of others say."""
    schedules = ledger.read(with_overrides, configuration.schedules, now)
    return configuration.model_copy(update={"schedules": schedules})
