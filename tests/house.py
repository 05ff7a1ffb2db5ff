"""Where do doors, deeds and watchdog work in these tests? On SQLite, without Prefect, on a clock of ours."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

from fastapi.testclient import TestClient

from blocks.interfaces import Connection, Delivery, PageMessage, Receipt, Repeat
from incident.configuration import Configuration
from ledger.configurations import accept_configuration
from ledger.engine import Ledger
from ledger.migrating import migrate
from ledger.tables import RunRow
from service.watchdog import Watchdog
from service.web.app import create_app
from tasks.links import Links
from tasks.surroundings import Surroundings
from tests.incident.organisations import organisation
from tests.ledger.desk import START, Desk, at
from tests.ledger.one_place import as_it_was

TOKEN = "the-token-of-the-source"
ENVIRONMENT = {"INCIDENT_TOKEN_ALERTMANAGER": TOKEN, "INCIDENT_TOKEN_GENERIC": TOKEN, "HOOK": "s" * 40}
BASE_URL = "http://testserver"
IMPATIENT = timedelta(milliseconds=200)
"""So long a ledger waits for another writer in these tests."""


@dataclass
class Clock:
    """What time it is; a test puts it forward."""

    time: datetime = START

    def __call__(self) -> datetime:
        return self.time

    def forward(self, **much: float) -> None:
        """Time passes."""
        self.time += timedelta(**much)


@dataclass
class Pager:
    """A channel that keeps what it was asked to deliver; for each of its troubles it fails once first."""

    repeat: Repeat = Repeat.SAFE
    troubles: list[Exception] = field(default_factory=list)
    delivered: list[PageMessage] = field(default_factory=list)
    sent: list[tuple[str, str, str, str]] = field(default_factory=list)
    told: list[Delivery | Exception | None] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def repeat_of(self, _method: object) -> Repeat:
        """What happens when a method is called twice."""
        return self.repeat

    async def deliver(self, _to: str, message: PageMessage) -> Receipt:
        """Deliver one page."""
        if self.troubles:
            raise self.troubles.pop(0)
        self.delivered.append(message)
        return Receipt(provider_id=f"no. {len(self.delivered)}")

    async def send(self, to: str, key: str, subject: str, text: str, _html: str = "") -> Receipt:
        """Send a message that is no page."""
        if self.troubles:
            raise self.troubles.pop(0)
        self.sent.append((to, key, subject, text))
        return Receipt(provider_id=f"message {len(self.sent)}")

    async def follow(self, receipt: str) -> Delivery | None:
        """What became of a page: what it is to tell, one after the other; then that it cannot tell."""
        self.asked.append(receipt)
        told = self.told.pop(0) if self.told else None
        if isinstance(told, Exception):
            raise told
        return told


@dataclass(frozen=True)
class WithPagers(Surroundings):
    """Surroundings in which a contact leads to a pager of the test."""

    pagers: Mapping[str, Pager] = field(default_factory=dict)

    async def contacted(self, via: str, configuration: Configuration) -> Connection:
        """The pager of this name."""
        return cast(Connection, self.pagers[via])


@dataclass
class Prefect:
    """What the watchdog asks of Prefect, without it."""

    there: bool = True
    trouble: Exception | None = None
    started: int = 0
    repaired: list[int] = field(default_factory=list)
    resumed: list[str] = field(default_factory=list)

    async def answers(self) -> bool:
        """Is it there?"""
        return self.there

    async def start_owed_runs(self) -> int:
        """Count that it was asked, or be in trouble."""
        if self.trouble:
            raise self.trouble
        self.started += 1
        return 0

    async def repair(self, unfinished: Sequence[RunRow], now: datetime) -> int:
        """Keep how many runs it was asked about."""
        self.repaired.append(len(unfinished))
        return 0

    async def go_on(self, flow_run_id: str) -> bool:
        """Keep which run was to go on."""
        self.resumed.append(flow_run_id)
        return True


@dataclass
class House:
    """A ledger with a small organisation in it, and what works on it."""

    ledger: Ledger
    clock: Clock = field(default_factory=Clock)
    environment: Mapping[str, str] = field(default_factory=lambda: dict(ENVIRONMENT))

    def __post_init__(self) -> None:
        self.links = Links(base_url=BASE_URL, key="a key of this test")
        self.first, self.second = Pager(), Pager()
        pagers = {"console": self.first, "mail": self.second}
        self.surroundings = WithPagers(self.ledger, self.links, self.environment, self.clock, pagers=pagers)
        self.desk = Desk(self.ledger)

    def client(self, watchdog: Watchdog | None = None) -> TestClient:
        """A caller of the web service; its loops do not run."""
        app = create_app(surroundings=self.surroundings, watchdog=watchdog or Watchdog(None))
        return TestClient(app, base_url=BASE_URL, follow_redirects=False)

    def employ(self, **sections: Any) -> None:
        """Put another configuration in force: the small organisation with some sections replaced."""
        self.ledger.write(accept_configuration, organisation(**sections), self.clock())


def prepared(file: Path) -> Path:
    """A SQLite ledger with all tables and the small organisation; each test gets a copy."""
    ledger = Ledger(f"sqlite:///{file}")
    migrate(ledger)
    ledger.write(accept_configuration, organisation(), at(-60))
    ledger.close()
    return file


def opened(prepared_file: Path) -> Ledger:
    """A ledger of this test's own."""
    return as_it_was(prepared_file, IMPATIENT)


def generic(**changes: Any) -> dict[str, Any]:
    """An alert in our own JSON."""
    return {
        "fingerprint": "f1",
        "title": "Error rate",
        "severity": "critical",
        "service": "checkout",
    } | changes


def alertmanager(*fingerprints: str) -> dict[str, Any]:
    """A message of Alertmanager with an alert for each fingerprint."""
    alerts = [
        {
            "status": "firing",
            "labels": {"alertname": "ErrorRate", "service": "checkout", "severity": "critical"},
            "startsAt": "2026-11-23T03:09:00Z",
            "fingerprint": fingerprint,
        }
        for fingerprint in fingerprints
    ]
    return {"version": "4", "status": "firing", "receiver": "incidents", "alerts": alerts}


def as_body(value: Any) -> bytes:
    """JSON as it comes over the wire."""
    return json.dumps(value).encode()
