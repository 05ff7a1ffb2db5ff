"""How is a database reached, so that what was committed stays, and nobody waits for ever?"""

import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.engine import Connection
from sqlalchemy.exc import ArgumentError

from incident.errors import ConfigurationError, LedgerUnavailable

CONNECT_WITHIN = timedelta(seconds=10)
FORGOTTEN_AFTER = timedelta(seconds=30)
"""A PostgreSQL transaction whose process fell silent is ended: it may hold an incident others wait for."""

Engines = tuple[Engine, Engine]
"""One that writes, and one that only reads, over the same connections."""


def connect(url: str, patience: timedelta) -> Engines:
    """The engines of a database.

    Raises:
        ConfigurationError: the URL is none of a database that we know.
        LedgerUnavailable: the folder of the SQLite file cannot be made.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise _unknown() from None  # the URL may hold a password: it is not repeated
    match parsed.get_backend_name():
        case "sqlite" if parsed.database:
            return _sqlite(parsed, Path(parsed.database), patience)
        case "postgresql" | "postgres":
            return _postgresql(parsed.set(drivername="postgresql+psycopg"), patience)
        case _:
            raise _unknown()


def _unknown() -> ConfigurationError:
    return ConfigurationError(
        ["the ledger's address must be sqlite:///PATH or postgresql://USER:PASSWORD@HOST/DATABASE"]
    )


def _sqlite(url: URL, file: Path, patience: timedelta) -> Engines:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LedgerUnavailable(f"the folder of the ledger cannot be made: {error.strerror}") from error
    engine = create_engine(
        url, connect_args={"check_same_thread": False, "timeout": patience.total_seconds()}
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine, engine.execution_options(reading=True)


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # we begin transactions ourselves, see _begin_sqlite
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql(f"PRAGMA query_only={'ON' if reading else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _postgresql(url: URL, patience: timedelta) -> Engines:
    limits = {"lock_timeout": patience, "idle_in_transaction_session_timeout": FORGOTTEN_AFTER}
    settings = " ".join(f"-c {name}={limit // timedelta(milliseconds=1)}" for name, limit in limits.items())
    given = str(url.query.get("options", ""))
    arguments = {"connect_timeout": int(CONNECT_WITHIN.total_seconds()), "options": f"{settings} {given}"}
    engine = create_engine(url, connect_args=arguments, pool_pre_ping=True, pool_size=10)
    reading = engine.execution_options(
        reading=True, isolation_level="REPEATABLE READ", postgresql_readonly=True
    )
    return engine, reading
