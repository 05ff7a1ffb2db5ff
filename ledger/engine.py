"""How does one write to the ledger? One function of a session is one transaction.

SQLite (WAL, full sync) by default, PostgreSQL by its URL. On SQLite a writing transaction takes the write
lock when it begins, so that two writers queue instead of failing half-way. On PostgreSQL it holds the row of
the incident it changes (see `ledger.turns`). A reading one sees one moment, waits for nobody, cannot write.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Concatenate, ParamSpec, TypeVar

from sqlmodel import Session

from ledger.connecting import connect
from ledger.unavailable import translated

P = ParamSpec("P")
T = TypeVar("T")
Work = Callable[Concatenate[Session, P], T]

PATIENCE = timedelta(seconds=10)
"""How long a transaction waits for others before the ledger counts as unavailable."""


class Ledger:
    """The memory of the system, at a database URL.

    Whatever keeps it from being read or written is raised as LedgerUnavailable; then nothing has changed.
    (A connection that breaks in the very moment of a commit leaves that open: repeat only what is safe.)
    """

    def __init__(self, url: str, patience: timedelta = PATIENCE) -> None:
        self.url = url
        self.engine, self._readers = connect(url, patience)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """All or nothing: commits at the end, rolls back on an error."""
        with translated(), Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    def write(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do one piece of work in one transaction."""
        with self.transaction() as session:
            return work(session, *args, **kwargs)

    def read(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Look something up, at one moment of the ledger; takes no write lock."""
        with translated(), Session(self._readers, autoflush=False, expire_on_commit=False) as session:
            found = work(session, *args, **kwargs)
            changed = [*session.new, *session.dirty]
            assert not changed, "what is read is not changed; use write"
            return found

    async def awrite(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`write` from a coroutine; the event loop goes on meanwhile."""
        return await asyncio.to_thread(lambda: self.write(work, *args, **kwargs))

    async def aread(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`read` from a coroutine; the event loop goes on meanwhile."""
        return await asyncio.to_thread(lambda: self.read(work, *args, **kwargs))

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()
