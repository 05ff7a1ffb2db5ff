"""Which system do the end-to-end tests share? One for all of them: starting it costs more than most tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest

from tests.e2e.organisation import KINDS, SERVICES_PER_KIND
from tests.e2e.people import thorough_people
from tests.e2e.system import Running, running_system

HERE = Path(__file__).parent
NewService = Callable[[str], str]
_numbers = {kind: count() for kind in KINDS}
_shared = ExitStack()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> None:
    """The system ends with the last of these tests; until that of all tests it would take its share."""
    if nextitem is None or HERE not in nextitem.path.parents:
        _shared.close()


@pytest.fixture(scope="session")
def shared_system(tmp_path_factory: pytest.TempPathFactory) -> Running:
    return _shared.enter_context(running_system(tmp_path_factory.mktemp("system")))


@pytest.fixture
def system(shared_system: Running) -> Iterator[Running]:
    """The system, well and with nothing armed."""
    shared_system.wait_until_well()
    yield shared_system
    shared_system.disarm()
    for program in shared_system.up.programs:
        shared_system.let_up(program.name)


@pytest.fixture(scope="session")
def full_run(shared_system: Running, new_service: NewService) -> str:
    """The key of an incident in which everything was done that can be done, and nothing was killed."""
    shared_system.wait_until_well()
    key = shared_system.alert(new_service("climbing"))
    shared_system.until(key, lambda story: len(story.pages) > 1)  # alice did not answer
    thorough_people(shared_system).play([key])
    return key


@pytest.fixture(scope="session")
def new_service() -> NewService:
    """A service of a kind that has no open incident; they come round again when theirs are closed."""

    def name(kind: str) -> str:
        return f"{kind}-{next(_numbers[kind]) % SERVICES_PER_KIND}"

    return name
