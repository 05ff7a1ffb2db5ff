"""What does a test with a real CalDAV server start with? The server, and a house that serves real feeds."""

import threading
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import uvicorn

from service.watchdog import Watchdog
from service.web.app import create_app
from tasks.surroundings import within
from tests.house import House, opened, prepared

if TYPE_CHECKING:
    from tests.radicale_server import RadicaleServer


@pytest.fixture(scope="session")
def radicale() -> Iterator["RadicaleServer"]:
    for needed in ("radicale", "caldav"):
        if find_spec(needed) is None:
            pytest.skip(f"{needed} is not installed; `make test` installs it, it belongs to the extra dev")
    from tests.radicale_server import radicale_server

    with radicale_server() as server:
        yield server


@pytest.fixture(scope="session")
def prepared_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepared(tmp_path_factory.mktemp("prepared") / "ledger.db")


@pytest.fixture
def house(prepared_house: Path) -> Iterator[House]:
    house = House(opened(prepared_house))
    with within(house.surroundings):
        yield house
    house.ledger.close()


@pytest.fixture
def served(house: House) -> Iterator[str]:
    """The address at which the house's doors are open; its loops do not run."""
    app = create_app(surroundings=house.surroundings, watchdog=Watchdog(None))
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, lifespan="off", log_level="warning", access_log=False)
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()
