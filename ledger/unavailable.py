"""Why can the ledger not be read or written just now? The faults of databases in the words of the product."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from incident.errors import LedgerUnavailable

OURS = (DataError, IntegrityError, ProgrammingError)
"""Faults of the program, not of the database: they are not translated."""

_WORDED = {
    "SQLITE_BUSY": "another process has kept it locked for too long",
    "SQLITE_LOCKED": "another process has kept it locked for too long",
    "SQLITE_READONLY": "it is read-only",
    "SQLITE_FULL": "the disk is full",
    "SQLITE_IOERR": "the disk fails",
    "SQLITE_CANTOPEN": "its file cannot be opened",
    "SQLITE_CORRUPT": "its file is damaged",
    "SQLITE_NOTADB": "its file is no SQLite database",
    "53100": "the disk is full",
    "55P03": "another process has kept a row locked for too long",
    "40P01": "two transactions waited for each other",
    "25006": "it is read-only",
}


@contextmanager
def translated() -> Iterator[None]:
    """Raise LedgerUnavailable for what keeps a database from serving us, without an address or a password."""
    try:
        yield
    except PoolTimeout:
        raise LedgerUnavailable("the ledger is unavailable: too many wait for it") from None
    except DBAPIError as error:
        if isinstance(error, OURS):
            raise
        raise LedgerUnavailable(f"the ledger is unavailable: {_reason(error)}") from error


def _reason(error: DBAPIError) -> str:
    """What the database calls the fault, in words where we have some."""
    code = getattr(error.orig, "sqlite_errorname", None) or getattr(error.orig, "sqlstate", None) or ""
    worded = (words for start, words in _WORDED.items() if code.startswith(start))
    return next(worded, f"{type(error.orig).__name__} {code}".strip())
