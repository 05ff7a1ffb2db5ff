"""What does a test of the doors start with? A house of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.surroundings import within
from tests.house import House, opened, prepared


@pytest.fixture(scope="session")
def prepared_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepared(tmp_path_factory.mktemp("prepared") / "ledger.db")


@pytest.fixture
def house(prepared_house: Path) -> Iterator[House]:
    house = House(opened(prepared_house))
    yield house
    house.ledger.close()


@pytest.fixture
def at_home(house: House) -> Iterator[House]:
    """Deeds that a test calls happen in this house."""
    with within(house.surroundings):
        yield house
