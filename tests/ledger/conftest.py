"""What does a test of the ledger start with? A `ledger` on SQLite and on PostgreSQL, and a small organisation in it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ledger.configurations import accept_configuration
from ledger.engine import Ledger
from tests.incident.organisations import organisation
from tests.ledger.desk import Desk, at
from tests.postgres_server import PostgresServer, binaries, postgres_server

NewUrl = Callable[[], str]


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    if binaries() is None:
        pytest.skip("PostgreSQL is not installed: `apt install postgresql`; half of these tests need it")
    with postgres_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> NewUrl:
    """Gives the URL of an empty database."""
    if request.param == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres")
        return server.new_database
    return lambda: f"sqlite:///{tmp_path / 'ledger.db'}"


@pytest.fixture
def url(new_url: NewUrl) -> str:
    return new_url()


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    """A ledger with all of its tables, and the small organisation in force."""
    ledger = Ledger(url)
    ledger.migrate()
    ledger.write(accept_configuration, organisation(), at(-60))
    yield ledger
    ledger.close()


@pytest.fixture
def postgresql_ledger(postgres: PostgresServer) -> Iterator[Ledger]:
    """For what only PostgreSQL does."""
    ledger = Ledger(postgres.new_database())
    ledger.migrate()
    yield ledger
    ledger.close()


@pytest.fixture
def desk(ledger: Ledger) -> Desk:
    """Somebody who works with the ledger."""
    return Desk(ledger)
