"""What does a test with a real monitor start with? Our doors, open on loopback, and a real clock."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from ruamel.yaml import YAML
from sqlmodel import Session, col, select

from incident.alert import Alert, AlertStatus, EndState
from incident.configuration import Configuration
from ledger.configurations import accept_configuration
from ledger.engine import Ledger
from ledger.tables import AlertRow, IncidentRow
from service.watchdog import Watchdog
from service.web.app import create_app
from tasks.links import Links
from tasks.surroundings import Surroundings
from tests.incident.organisations import written
from tests.senders.programs import soon

TOKEN = "the token of this sender"


@dataclass(frozen=True)
class Came:
    """An alert that came through a door, and what became of it."""

    alert: Alert
    end_state: EndState
    incident: str | None


@dataclass(frozen=True)
class Place:
    """Our doors, and the ledger behind them."""

    url: str
    surroundings: Surroundings

    def employ(self, pasted: str) -> None:
        """Put the small organisation in force, with what a page tells to paste into `incident.yaml`."""
        said: dict[str, Any] = YAML(typ="safe").load(pasted)
        firm = Configuration.model_validate(written(**said))
        self.surroundings.ledger.write(accept_configuration, firm, self.surroundings.now())

    def came(self) -> list[Came]:
        """Every alert that has an end state, in their order."""
        return self.surroundings.ledger.read(_came)

    def until(self, status: AlertStatus, fingerprint: str | None = None, after: int = 0) -> Came:
        """The first alert of a status, as soon as it came; of the first ones so many are left out."""

        def look() -> Came | None:
            fitting = [
                came
                for came in self.came()
                if came.alert.status is status and fingerprint in (None, came.alert.fingerprint)
            ]
            return fitting[after] if len(fitting) > after else None

        return soon(look, lambda: f"an alert that is {status}; there came {self.came()}")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with serving(tmp_path, {}) as place:
        yield place


@contextmanager
def serving(home: Path, environment: Mapping[str, str]) -> Iterator[Place]:
    """Our doors, open; no configuration is in force yet, and the loops behind them do not run."""
    tokens = {f"INCIDENT_TOKEN_{source}": TOKEN for source in ("ALERTMANAGER", "ICINGA2", "NAGIOS")}
    ledger = Ledger(f"sqlite:///{home / 'ledger.db'}")
    ledger.migrate()
    links = Links(base_url="https://incidents.example.org", key="a key of this test")
    surroundings = Surroundings(ledger, links, {**tokens, **environment})
    app = create_app(surroundings=surroundings, watchdog=Watchdog(None))
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, lifespan="off", log_level="warning", access_log=False)
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield Place(f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", surroundings)
    finally:
        server.should_exit = True
        thread.join()
        ledger.close()


def _came(session: Session) -> list[Came]:
    rows = session.exec(
        select(AlertRow).where(col(AlertRow.end_state).is_not(None)).order_by(col(AlertRow.id))
    )
    incidents = {row.id: row.key for row in session.exec(select(IncidentRow))}
    return [
        Came(row.alert, row.end_state, incidents.get(row.incident_id or 0)) for row in rows if row.end_state
    ]
