"""How does each test get a SQLite ledger of its own, at half the price? At the place where the last one was.

What SQLAlchemy has put together for the statements of one test is there for the next one.
"""

import atexit
import shutil
import tempfile
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

from ledger.engine import PATIENCE, Ledger


def as_it_was(prepared: Path, patience: timedelta = PATIENCE) -> Ledger:
    """A ledger like the prepared one; there is one of each patience at a time in a process."""
    ledger = _at_one_place(patience)
    ledger.close()
    file = Path(ledger.url.removeprefix("sqlite:///"))
    for leftover in file.parent.iterdir():
        leftover.unlink()
    shutil.copy(prepared, file)
    return ledger


@lru_cache
def _at_one_place(patience: timedelta) -> Ledger:
    folder = tempfile.TemporaryDirectory(prefix="ledger-", ignore_cleanup_errors=True)
    atexit.register(folder.cleanup)
    return Ledger(f"sqlite:///{folder.name}/ledger.db", patience)
