"""What does a test of the ledger start with? A `ledger` on SQLite and on PostgreSQL, a small firm in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from ledger.configurations import accept_configuration
from ledger.engine import Ledger
from ledger.migrating import migrate
from tests.incident.organisations import organisation
from tests.ledger.desk import Desk, at
from tests.ledger.one_place import as_it_was
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
def prepared_database(postgres: PostgresServer) -> Ledger:
    """The same on PostgreSQL; each test gets it emptied, which is faster than a copy."""
    url = postgres.new_database()
    _prepare(url)
    return Ledger(url)


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
def ledger(database: str, request: pytest.FixtureRequest) -> Iterator[Ledger]:
    """A ledger with all of its tables, and the small organisation in force."""
    if database == "postgresql":
        ledger = _emptied(request.getfixturevalue("prepared_database"))
    else:
        ledger = as_it_was(request.getfixturevalue("prepared_file"))
    yield ledger
    ledger.close()


@pytest.fixture
def url(ledger: Ledger) -> str:
    """The address of a prepared database."""
    return ledger.url


@pytest.fixture
def postgresql_ledger(prepared_database: Ledger) -> Iterator[Ledger]:
    """For what only PostgreSQL does."""
    yield _emptied(prepared_database)
    prepared_database.close()


@pytest.fixture
def desk(ledger: Ledger) -> Desk:
    """Somebody who works with the ledger."""
    return Desk(ledger)


def _emptied(ledger: Ledger) -> Ledger:
    """With the small organisation only, and all counters at one: to truncate all takes much longer."""
    emptied = [f'DELETE FROM "{name}"' for name in SQLModel.metadata.tables]
    with ledger.transaction() as session:
        connection = session.connection()
        connection.exec_driver_sql("; ".join(["SET LOCAL session_replication_role = replica", *emptied]))
        connection.exec_driver_sql(
            "SELECT setval(sequencename::regclass, 1, false) FROM pg_sequences WHERE last_value IS NOT NULL"
        )
        accept_configuration(session, organisation(), at(-60))
    return ledger


def _prepare(url: str) -> None:
    ledger = Ledger(url)
    migrate(ledger)
    ledger.write(accept_configuration, organisation(), at(-60))
    ledger.close()
