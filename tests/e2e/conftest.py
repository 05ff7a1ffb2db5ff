"""Which system do the end-to-end tests share? One for all of them: starting it costs more than most tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import pytest

from tests.e2e.organisation import SERVICES_PER_KIND
from tests.e2e.system import Running, running_system

NewService = Callable[[str], str]
_numbers = {kind: count(1) for kind in ("steady", "climbing", "mail")}


@pytest.fixture(scope="session")
def shared_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running_system(tmp_path_factory.mktemp("system")) as system:
        yield system


@pytest.fixture
def system(shared_system: Running) -> Iterator[Running]:
    """The system, well and with nothing armed."""
    shared_system.wait_until_well()
    yield shared_system
    shared_system.disarm()
    for program in shared_system.up.programs:
        shared_system.let_up(program.name)


@pytest.fixture
def new_service() -> NewService:
    """A service of a kind that has no incident yet."""

    def name(kind: str) -> str:
        number = next(_numbers[kind])
        assert number < SERVICES_PER_KIND, "more services are needed in the organisation of the tests"
        return f"{kind}-{number}"

    return name
