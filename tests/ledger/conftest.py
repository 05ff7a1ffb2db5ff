"""What does a test of the ledger start with? A `ledger` on SQLite and on PostgreSQL, a small firm in it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from ledger.configurations import accept_configuration
from ledger.engine import Ledger
from ledger.migrating import migrate
from tests.incident.organisations import organisation
from tests.ledger.desk import Desk, at
from tests.postgres_server import PostgresServer, binaries, postgres_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    if binaries() is None:
        pytest.skip("PostgreSQL is not installed: `apt install postgresql`; half of these tests need it")
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def prepared_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite ledger with all tables and the small organisation; each test gets a copy."""
    file = tmp_path_factory.mktemp("prepared") / "ledger.db"
    _prepare(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def prepared_database(postgres: PostgresServer) -> str:
    """The same on PostgreSQL; each test gets it as it was, which is faster than a copy."""
    url = postgres.new_database()
    _prepare(url)
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """Which database a test runs on."""
    return str(request.param)


@pytest.fixture
def empty_url(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if database == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres")
        return server.new_database()
    return f"sqlite:///{tmp_path / 'empty.db'}"


@pytest.fixture
def url(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a prepared database."""
    if database == "postgresql":
        return _as_prepared(request.getfixturevalue("prepared_database"))
    return f"sqlite:///{shutil.copy(request.getfixturevalue('prepared_file'), tmp_path)}"


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    """A ledger with all of its tables, and the small organisation in force."""
    ledger = Ledger(url)
    yield ledger
    ledger.close()


@pytest.fixture
def postgresql_ledger(prepared_database: str) -> Iterator[Ledger]:
    """For what only PostgreSQL does."""
    ledger = Ledger(_as_prepared(prepared_database))
    yield ledger
    ledger.close()


@pytest.fixture
def desk(ledger: Ledger) -> Desk:
    """Somebody who works with the ledger."""
    return Desk(ledger)


def _as_prepared(url: str) -> str:
    """Empty, with all counters at one: to truncate fifty tables takes twenty times as long."""
    emptied = [f'DELETE FROM "{name}"' for name in SQLModel.metadata.tables]
    ledger = Ledger(url)
    with ledger.transaction() as session:
        connection = session.connection()
        connection.exec_driver_sql("; ".join(["SET LOCAL session_replication_role = replica", *emptied]))
        connection.exec_driver_sql(
            "SELECT setval(sequencename::regclass, 1, false) FROM pg_sequences WHERE last_value IS NOT NULL"
        )
        accept_configuration(session, organisation(), at(-60))
    ledger.close()
    return url


def _prepare(url: str) -> None:
    ledger = Ledger(url)
    migrate(ledger)
    ledger.write(accept_configuration, organisation(), at(-60))
    ledger.close()
