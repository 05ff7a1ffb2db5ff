"""What does the ledger add to the outlook of a file? Overrides, calendars of others, contacts that work."""

from collections.abc import Iterator
from datetime import datetime

from incident.configuration import Configuration
from incident.findings import Finding
from incident.foreign_rotation import told
from incident.publication import CalendarOf
from ledger.engine import Ledger
from ledger.imported import standings
from ledger.verifications import verified_addresses
from ledger.versions import with_overrides
from service.outlook import outlook


def foresee_edit(ledger: Ledger, now: datetime, configuration: Configuration) -> Iterator[Finding]:
    """What will hurt once this configuration is in force, contacts left aside: no edit makes those worse."""
    yield from outlook(_known(ledger, now, configuration), now)


def foresee(ledger: Ledger, now: datetime, configuration: Configuration) -> Iterator[Finding]:
    """What will hurt, tools that cannot be asked who is on call, and the contacts that nobody has tried."""
    yield from _unanswered(ledger, now, configuration)
    yield from outlook(_known(ledger, now, configuration), now, ledger.read(verified_addresses))


def _unanswered(ledger: Ledger, now: datetime, configuration: Configuration) -> Iterator[Finding]:
    """Schedules whose last answer is not from now, and names in it that mean nobody here."""
    for each in ledger.read(standings, now):
        schedule = configuration.schedules.get(each.name)
        if each.whose is not CalendarOf.SCHEDULE or schedule is None or schedule.source is None:
            continue
        said = (told(each.name, schedule.source, each.age(now), each.problem),) if each.problem else ()
        for message in (*said, *each.remarks):
            yield Finding(place=("schedules", each.name, "source"), message=message, fatal=False)


def _known(ledger: Ledger, now: datetime, configuration: Configuration) -> Configuration:
    """The configuration with what people have changed, and what calendars of others say."""
    schedules = ledger.read(with_overrides, configuration.schedules, now)
    return configuration.model_copy(update={"schedules": schedules})
