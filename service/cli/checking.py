"""What does a check of a configuration report?"""

import os
from collections.abc import Collection, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from incident.configuration import Configuration
from incident.contacts import Address
from incident.errors import ConfigurationError, LedgerUnavailable
from incident.findings import Finding
from ledger.configurations import accept_configuration
from ledger.engine import Ledger
from ledger.imported import with_imported
from ledger.verifications import verified_addresses
from service.cli.app import utc_now
from service.cli.found import found_ledger, here
from service.configuration import FILE_NAME, Remark, examine, schema
from service.outlook import outlook

__all__ = ["FILE_NAME", "Report", "check", "schema"]


class Report(BaseModel):
    """A file with its problems and warnings; ``version`` is set once it is in force.

    ``notes`` say what could not be looked at here.
    """

    model_config = ConfigDict(frozen=True)

    file: str
    ok: bool
    problems: tuple[Remark, ...]
    warnings: tuple[Remark, ...]
    notes: tuple[str, ...] = ()
    version: int | None = None

    def lines(self) -> Iterator[str]:
        """As people read it."""
        yield from map(str, self.problems)
        for warning in self.warnings:
            yield f"{warning} (warning)"
        yield from self.notes
        if not self.ok:
            yield f"{self.file}: {_count(len(self.problems), 'problem')}"
        elif self.version is not None:
            yield f"{self.file} is in force as version {self.version}"
        else:
            warned = f", with {_count(len(self.warnings), 'warning')}" if self.warnings else ""
            yield f"{self.file} is good{warned}"


VERIFIED_UNKNOWN = "it is not known which contacts are verified: there is no ledger here"


def check(file: Path, *, accept: bool) -> Report:
    """Look at a file, and put it in force if that is wanted and it has no problem."""
    now, verified = utc_now(), _verified()
    foresee = partial(_foreseen, now=now, verified=verified)
    examined = examine(file, os.environ, foresee)
    version = _put_in_force(examined.configuration) if accept and examined.configuration else None
    return Report(
        file=str(file),
        ok=examined.configuration is not None,
        problems=examined.problems,
        warnings=examined.warnings,
        notes=(VERIFIED_UNKNOWN,) if examined.configuration and verified is None else (),
        version=version,
    )


def _foreseen(
    configuration: Configuration, now: datetime, verified: Collection[Address] | None
) -> Iterator[Finding]:
    """What will hurt; shifts that were imported from calendars count, where there is a ledger."""
    try:
        with found_ledger() as ledger:
            known = ledger.read(with_imported, configuration, now)
    except (ConfigurationError, LedgerUnavailable):
        known = configuration
    yield from outlook(known, now, verified)


def _verified() -> Collection[Address] | None:
    """Where messages are known to arrive; None without a ledger that can be read."""
    try:
        with found_ledger() as ledger:
            return ledger.read(verified_addresses)
    except (ConfigurationError, LedgerUnavailable):
        return None


def _put_in_force(configuration: Configuration) -> int:
    ledger = Ledger(here().ledger_url)
    try:
        ledger.migrate()
        return ledger.write(accept_configuration, configuration, utc_now())
    finally:
        ledger.close()


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
