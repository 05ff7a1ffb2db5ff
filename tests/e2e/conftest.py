"""Which system do the end-to-end tests share? One for all of them: starting it costs more than most tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import pytest

from tests.e2e.organisation import KINDS, SERVICES_PER_KIND
from tests.e2e.people import thorough_people
from tests.e2e.system import Running, running_system

NewService = Callable[[str], str]
_numbers = {kind: count() for kind in KINDS}


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
