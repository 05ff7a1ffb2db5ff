"""How does one write to the ledger? One function of a session is one transaction.

SQLite (WAL, full sync) by default, PostgreSQL by its URL. On SQLite a writing transaction takes the write lock when it
begins, so that two writers queue instead of failing half-way; on PostgreSQL row locks and unique keys decide.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.engine import Connection
from sqlmodel import Session

P = ParamSpec("P")
T = TypeVar("T")
Work = Callable[Concatenate[Session, P], T]

BUSY_TIMEOUT_MS = 10_000
MIGRATIONS = Path(__file__).parent / "migrations"


class Ledger:
    """The memory of the system, at a database URL."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _connect(url)
        self._readers = self.engine.execution_options(reading=True)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """All or nothing: commits at the end, rolls back on an error."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    def write(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do one piece of work in one transaction."""
        with self.transaction() as session:
            return work(session, *args, **kwargs)

    def read(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Look something up; takes no write lock."""
        with Session(self._readers, expire_on_commit=False) as session:
            return work(session, *args, **kwargs)

    async def awrite(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`write` from a coroutine; the event loop goes on meanwhile."""
        return await asyncio.to_thread(self.write, work, *args, **kwargs)

    async def aread(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`read` from a coroutine; the event loop goes on meanwhile."""
        return await asyncio.to_thread(self.read, work, *args, **kwargs)

    def migrate(self) -> None:
        """Bring the tables to the newest version; safe to call at every start."""
        with self.engine.begin() as connection:
            command.upgrade(_alembic(connection), "head")

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def _alembic(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _connect(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True, pool_size=10)
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        parsed, connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_MS / 1000}
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # we begin transactions ourselves, see _begin_sqlite
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
