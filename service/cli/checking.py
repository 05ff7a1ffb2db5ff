"""What does a check of a configuration report?"""

import os
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from blocks.programs import missing
from incident.configuration import Configuration
from incident.errors import ConfigurationError, LedgerUnavailable
from ledger.configurations import accept_configuration
from ledger.engine import Ledger
from ledger.migrating import migrate
from service.cli.app import utc_now
from service.cli.found import found_ledger, here
from service.configuration import FILE_NAME, Examined, Remark, examine, schema
from service.foresight import foresee
from service.outlook import outlook, unread

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


BY_PROGRAMS = "sip-call"
"""The slug of the blocks that need other programs, see `blocks.programs`."""
VERIFIED_UNKNOWN = "it is not known which contacts are verified: there is no ledger here"


def check(file: Path, *, accept: bool) -> Report:
    """Look at a file, and put it in force if that is wanted and it has no problem."""
    examined, notes = _examine(file, utc_now())
    configuration = examined.configuration
    version = _put_in_force(configuration) if accept and configuration else None
    return Report(
        file=str(file),
        ok=configuration is not None,
        problems=examined.problems,
        warnings=examined.warnings,
        notes=(*notes, *_programs(configuration)) if configuration else (),
        version=version,
    )


def _examine(file: Path, now: datetime) -> tuple[Examined, tuple[str, ...]]:
    """The file with all that is known about it, and what could not be known for want of a ledger."""
    try:
        with found_ledger() as ledger:
            return examine(file, os.environ, partial(foresee, ledger, now)), ()
    except (ConfigurationError, LedgerUnavailable):
        examined = examine(file, os.environ, partial(outlook, now=now))
    calendars = sorted(unread(examined.configuration)) if examined.configuration else []
    return examined, (VERIFIED_UNKNOWN, *(_not_read(name) for name in calendars))


def _not_read(name: str) -> str:
    return f"it is not known who is on call for {name}: the system reads its calendar, and there is none here"


def _programs(configuration: Configuration) -> Iterator[str]:
    """What to install before these connections can ring anybody, if they are used from this machine."""
    if problem := missing():
        for name in configuration.connections_of(BY_PROGRAMS):
            yield f"connections.{name}: what it calls with is {problem}"


def _put_in_force(configuration: Configuration) -> int:
    ledger = Ledger(here().ledger_url)
    try:
        migrate(ledger)
        return ledger.write(accept_configuration, configuration, utc_now())
    finally:
        ledger.close()


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
