"""Is the configuration file another one by now?

`changed` tells it for the price of one stat; `follow` puts a changed file in
force, or a broken one on the log.
"""

import logging
import os
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from ledger.configurations import accept_configuration
from ledger.engine import Ledger
from service.configuration import Check, Environment, Examined, examine, no_further_check
from service.foresight import foresee_edit
from service.minimum import DEFAULT

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Seen:
    """What a file looked like when it was read last."""

    stamp: tuple[int, ...]


@dataclass(frozen=True)
class Change:
    """The file is another one than the one that was seen."""

    seen: Seen
    examined: Examined


def changed(
    path: Path,
    seen: Seen | None,
    environment: Environment = os.environ,
    further: Check = no_further_check,
) -> Change | None:
    """The file as it is now if it was changed since it was seen, else None."""
    now = _look(path)
    return None if now == seen else Change(now, examine(path, environment, further))


def follow(
    ledger: Ledger, path: Path, seen: Seen | None, now: datetime, environment: Environment = os.environ
) -> Seen:
    """Put a changed file in force; a broken one is logged once, and the last good one stays in force.

    What is no error and will hurt within 30 days is logged once, too: the edit is warned about, not refused.
    """
    # Nobody wrote the built-in minimum, so nobody is warned about it.
    further = no_further_check if path == DEFAULT else partial(foresee_edit, ledger, now)
    change = changed(path, seen, environment, further)
    if change is None:
        assert seen is not None, "a file that was never seen is a change"
        return seen
    if change.examined.configuration is None:
        log.error("%s is refused, the last good configuration stays in force", path)
        for problem in change.examined.problems:
            log.error("%s", problem)
    else:
        version = ledger.write(accept_configuration, change.examined.configuration, now)
        log.info("%s is in force as version %d", path, version)
        for warning in change.examined.warnings:
            log.warning("%s", warning)
    return change.seen


def _look(path: Path) -> Seen:
    try:
        stat = path.stat()
    except OSError:
        return Seen(())
    return Seen((stat.st_mtime_ns, stat.st_size, stat.st_ino))
