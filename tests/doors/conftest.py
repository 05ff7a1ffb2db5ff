"""Where do senders of other products knock in these tests? At the real web service, on loopback."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from ledger.tables import AlertRow, DeliveryRow, FactRow, IncidentRow
from service.watchdog import Watchdog
from service.web.app import create_app
from tests.house import House, prepared
from tests.ledger.one_place import as_it_was
from tests.loopback_certificate import self_signed

KEY = "0123456789abcdef0123456789abcdef"
"""The key that every sender of these tests was given; PagerDuty's have 32 characters."""

SOURCES: dict[str, Any] = {
    "pagerduty": {"dialect": "pagerduty_events_v2"},
    "opsgenie": {"dialect": "opsgenie_alert_api"},
    "alertmanager": {"dialect": "alertmanager"},
    "on-call": {"dialect": "victorops"},
    "generic": {"dialect": "generic"},
}
ENVIRONMENT = {
    f"INCIDENT_TOKEN_{name}": KEY for name in ("PAGERDUTY", "OPSGENIE", "ALERTMANAGER", "ON_CALL")
} | {"INCIDENT_TOKEN_GENERIC": "another one"}


@dataclass
class Doors(House):
    """A house whose sources have the keys of these tests; `url` is where it listens, if it does."""

    url: str = ""

    @property
    def alerts(self) -> list[tuple[str, str]]:
        """Every alert that was accepted: its fingerprint and its status."""
        return [(row.fingerprint, row.status.value) for row in self.desk.rows(AlertRow)]

    @property
    def deliveries(self) -> list[tuple[str, bool]]:
        """Every delivery that was kept: its source, and whether it was rejected."""
        return [(row.source, bool(row.problem)) for row in self.desk.rows(DeliveryRow)]

    @property
    def incidents(self) -> list[str]:
        """The keys of all incidents."""
        return [row.key for row in self.desk.rows(IncidentRow)]

    @property
    def timeline(self) -> list[FactRow]:
        """All lines of all timelines."""
        return self.desk.rows(FactRow)


@pytest.fixture(scope="session")
def prepared_doors(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepared(tmp_path_factory.mktemp("doors") / "ledger.db")


@pytest.fixture
def doors(prepared_doors: Path) -> Iterator[Doors]:
    house = Doors(as_it_was(prepared_doors), environment=ENVIRONMENT)
    house.employ(sources=SOURCES)
    yield house
    house.ledger.close()


@pytest.fixture
def served(doors: Doors) -> Iterator[Doors]:
    """The same, listening on a port of the loopback interface; its loops do not run."""
    with _serving(doors) as listening:
        yield listening


@pytest.fixture
def served_safely(doors: Doors, certificate: tuple[Path, Path]) -> Iterator[Doors]:
    """The same by TLS, as behind a proxy."""
    with _serving(doors, certificate) as listening:
        yield listening


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A self-signed certificate for 127.0.0.1, and its key."""
    return self_signed(tmp_path_factory.mktemp("tls"))


@contextmanager
def _serving(doors: Doors, certificate: tuple[Path, Path] | None = None) -> Iterator[Doors]:
    app = create_app(surroundings=doors.surroundings, watchdog=Watchdog(None))
    files = dict(zip(("ssl_certfile", "ssl_keyfile"), certificate or (), strict=False))
    settings = uvicorn.Config(app, port=0, log_level="warning", lifespan="off", access_log=False, **files)
    server = uvicorn.Server(settings)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        doors.url = f"{'https' if certificate else 'http'}://127.0.0.1:{port}"
        yield doors
    finally:
        server.should_exit = True
        thread.join()
