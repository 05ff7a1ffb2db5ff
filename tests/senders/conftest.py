"""What does a test with a real monitor start with? Our doors, open on loopback, and a real clock."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from ruamel.yaml import YAML
from sqlmodel import Session, col, select

from incident.alert import Alert, AlertStatus, EndState
from incident.configuration import Configuration
from incident.decisions import Via
from incident.timeline import Kind
from ledger.by_hand import acknowledge_all
from ledger.configurations import accept_configuration
from ledger.engine import Ledger
from ledger.migrating import migrate
from ledger.story import tell
from ledger.tables import AlertRow, IncidentRow
from service.watchdog import Watchdog
from service.web.app import create_app
from tasks.links import Links
from tasks.passing_on import pass_on_acknowledgements
from tasks.surroundings import BASE_URL, LEDGER_URL, SIGNING_KEY, Surroundings, utc_now, within
from tests.incident.organisations import written
from tests.senders.programs import soon

SOURCES = ("alertmanager", "icinga2", "nagios", "prometheus")
TOKENS = {source: f"the token of {source}" for source in SOURCES}
ICINGA_PASSWORD = "the password that we have at Icinga"


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

    def employ(self, pasted: str | dict[str, Any]) -> None:
        """Put the small organisation in force, with what a page tells to paste into `incident.yaml`."""
        said: dict[str, Any] = YAML(typ="safe").load(pasted) if isinstance(pasted, str) else pasted
        firm = Configuration.model_validate(written(**said))
        self.surroundings.ledger.write(accept_configuration, firm, self.surroundings.now())

    def post(self, source: str, body: dict[str, Any]) -> None:
        """Deliver a body as a monitor does that a test plays."""
        headers = {"Authorization": f"Bearer {TOKENS[source]}"}
        httpx.post(f"{self.url}/alerts/{source}", json=body, headers=headers).raise_for_status()

    def answer(self, key: str, person: str) -> None:
        """Somebody acknowledges; nothing of what follows has happened yet."""
        place = self.surroundings
        place.ledger.write(acknowledge_all, key, person, via=Via.WEB, now=place.now())

    def acknowledge(self, key: str, person: str) -> None:
        """Somebody acknowledges, and what runs behind the doors tells the monitors."""
        self.answer(key, person)
        self.pass_on()

    def pass_on(self, later: timedelta = timedelta()) -> int:
        """Tell the monitors what they are to be told now, or at a later time."""
        with within(replace(self.surroundings, now=lambda: utc_now() + later)):
            return asyncio.run(pass_on_acknowledgements())

    @property
    def environment(self) -> dict[str, str]:
        """What another process needs to work here, too."""
        here = self.surroundings
        places = {LEDGER_URL: here.ledger.url, BASE_URL: here.links.base_url, SIGNING_KEY: here.links.key}
        return {**os.environ, **here.environment, **places}

    def said(self, key: str, kind: Kind) -> list[str]:
        """The lines of one kind in the timeline of an incident."""
        return [fact.text for fact in self.surroundings.ledger.read(tell, key).timeline if fact.kind is kind]

    def came(self) -> list[Came]:
        """Every alert that has an end state, in their order."""
        return self.surroundings.ledger.read(_came)

    def until(self, status: AlertStatus, fingerprint: str | None = None, source: str | None = None) -> Came:
        """The first alert of a status, of a condition or of a source, as soon as it came."""

        def look() -> Came | None:
            for came in self.came():
                named = fingerprint in (None, came.alert.fingerprint) and source in (None, came.alert.source)
                if came.alert.status is status and named:
                    return came
            return None

        return soon(look, lambda: f"an alert that is {status}; there came {self.came()}")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with serving(tmp_path) as place:
        yield place


@contextmanager
def serving(home: Path, port: int = 0, secrets: Mapping[str, str] | None = None) -> Iterator[Place]:
    """Our doors, open; no configuration is in force yet, and the loops behind them do not run.

    At a port that is chosen before, the others know us by it, too.
    """
    tokens = {f"INCIDENT_TOKEN_{source.upper()}": token for source, token in TOKENS.items()}
    ledger = Ledger(f"sqlite:///{home / 'ledger.db'}")
    migrate(ledger)
    base_url = f"http://127.0.0.1:{port}" if port else "https://incidents.example.org"
    links = Links(base_url=base_url, key="a key of this test")
    known = {**tokens, "ICINGA_PASSWORD": ICINGA_PASSWORD, **(secrets or {})}
    surroundings = Surroundings(ledger, links, known)
    app = create_app(surroundings=surroundings, watchdog=Watchdog(None))
    server = uvicorn.Server(
        uvicorn.Config(app, port=port, lifespan="off", log_level="warning", access_log=False)
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
