"""What does a test of the deeds start with? A house of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES, temporary_settings

from tasks.surroundings import within
from tests.house import House, opened, prepared
from tests.prefect_server import free_port


@pytest.fixture(scope="session")
def prepared_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepared(tmp_path_factory.mktemp("prepared") / "ledger.db")


@pytest.fixture
def house(prepared_house: Path) -> Iterator[House]:
    house = House(opened(prepared_house))
    yield house
    house.ledger.close()


@pytest.fixture
def without_prefect() -> Iterator[None]:
    """No Prefect answers, and its client is in no mood to start a server of its own for a minute."""
    nowhere = {PREFECT_API_URL: f"http://127.0.0.1:{free_port()}/api", PREFECT_CLIENT_MAX_RETRIES: 0}
    with temporary_settings(updates=nowhere):
        yield


@pytest.fixture
def at_home(house: House) -> Iterator[House]:
    """Deeds that a test calls happen in this house."""
    with within(house.surroundings):
        yield house
