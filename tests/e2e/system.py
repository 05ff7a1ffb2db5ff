"""How does a test get the whole system, as real programs that can be killed?

`with running_system(folder) as system:`.

Prefect server, web service with watchdog, and worker are started by `service.up.System` itself, on ephemeral
ports; its supervisor runs in a thread, so that whatever is killed is started again as in real life.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlmodel import Session, col, select

from incident.story import Story
from ledger.engine import Ledger
from ledger.story import keys, tell
from ledger.tables import AlertRow, IncidentRow
from ledger.triage_tables import ConditionRow
from service.processes import Program, free_port
from service.up import PREFECT_SERVER, Settings, System, clean_environment
from tasks.fault_points import FOLDER
from tasks.links import Links
from tests.blocks.relay import Relay, relay
from tests.e2e.organisation import write_configuration
from tests.e2e.receivers import Phones
from tests.prefect_server import with_tables

WEB, WORKER = "web", "worker"
PROGRAMS = (WORKER, WEB, PREFECT_SERVER)
HEARTBEAT_SECONDS = 1
DOORS = httpx.Client(timeout=20, limits=httpx.Limits(max_keepalive_connections=0))
"""One for all requests: reading the certificates takes longer than an answer. No connection is kept, as the
program at its other end may be killed."""
STARTS_WITHIN = timedelta(seconds=20)
"""Of the whole system, on a machine of two cores that does nothing else."""


@dataclass
class Running:
    """A running system, the receivers that it pages, and its ledger."""

    up: System
    phones: Phones
    relay: Relay
    folder: Path
    ledger: Ledger
    slowness: float
    supervised: threading.Event = field(default_factory=threading.Event)
    said: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.up.base_url

    @property
    def links(self) -> Links:
        return Links(base_url=self.url, key=self.up.environment["INCIDENT_SIGNING_KEY"])

    def here(self, promised: timedelta) -> timedelta:
        """How long something may take on this machine that is promised for one which does nothing else."""
        return promised * self.slowness

    def program(self, name: str) -> Program:
        return self.up.program(name)

    def kill(self, *names: str) -> None:
        """SIGKILL, as a machine that loses power does it; the supervisor starts it again."""
        for name in names:
            os.killpg(self.program(name).pid, signal.SIGKILL)

    def hold_down(self, name: str) -> None:
        """SIGKILL, and it stays down until `let_up`."""
        program = self.program(name)
        program.not_before = float("inf")
        os.killpg(program.pid, signal.SIGKILL)
        assert program.process is not None
        program.process.wait()

    def let_up(self, name: str) -> None:
        self.program(name).not_before = 0.0

    def wait_until_well(self, within: float = 90.0) -> None:
        """Every program runs and every door answers."""
        for program in self.up.programs:
            wait_until(lambda program=program: program.alive, within, f"{program.name} runs")  # type: ignore[misc]  # bound
        wait_until(self._answers, within, "the web service and Prefect answer")

    def supervise(self) -> None:
        """Restart what dies, without the growing delay of real life."""
        while not self.supervised.wait(0.1):
            for program in self.up.programs:
                program.restarts = 0
                program.revive(self.said.append)

    def alert(self, service: str, *, severity: str = "critical", title: str = "error rate") -> str:
        """Deliver an alert as a monitor does, until it is accepted; returns the incident's key."""
        body = {"title": title, "service": service, "severity": severity, "fingerprint": service}
        answer = self.ask("POST", "/alerts/generic", json=body, headers=self.authorization)
        answer.raise_for_status()  # a busy system answers before it has triaged
        found = ""

        def triaged() -> str:
            nonlocal found
            found = self.ledger.read(_incident_of, service)
            return found

        wait_until(triaged, 60, f"the alerts of {service} are triaged")
        return found

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `incident` as somebody at a terminal does."""
        command = [sys.executable, "-c", "from service.cli import main; main()", *arguments]
        return subprocess.run(
            command, env=self.up.environment, capture_output=True, text=True, timeout=60, check=False
        )

    @property
    def authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.up.environment['INCIDENT_TOKEN_GENERIC']}"}

    def ask(self, method: str, path: str, *, within: float = 90.0, **request: Any) -> httpx.Response:
        """A request that is repeated while the web service is away, as people and monitors do."""
        until = time.monotonic() + within
        while True:
            try:
                answer = DOORS.request(method, f"{self.url}{path}", **request)
                if answer.status_code < 500 or time.monotonic() > until:
                    return answer
            except httpx.TransportError:
                if time.monotonic() > until:
                    raise
            time.sleep(0.2)

    def next_key(self) -> str:
        """The key of the incident that the next alert opens."""
        newest = self.ledger.read(keys, limit=1)
        return f"INC-{int(newest[0].removeprefix('INC-')) + 1 if newest else 1}"

    def story(self, key: str) -> Story:
        return self.ledger.read(tell, key)

    def until(self, key: str, holds: Callable[[Story], Any], within: float = 60.0) -> Story:
        """The story as soon as something holds of it."""
        wait_until(lambda: holds(self.story(key)), within, lambda: told(self.story(key)))
        return self.story(key)

    def arm(self, pattern: str) -> None:
        """Whoever comes by a fault point of this pattern holds there."""
        (self.folder / "armed" / pattern.replace("/", "|")).touch()

    def release(self, points: Iterable[str]) -> None:
        """Who holds at one of these points goes on."""
        for point in points:
            (self.folder / "armed" / point.replace("/", "|")).unlink(missing_ok=True)

    def disarm(self) -> None:
        """Whoever holds goes on."""
        for armed in (self.folder / "armed").iterdir():
            armed.unlink(missing_ok=True)

    def held(self) -> dict[str, int]:
        """The points at which a living process of ours holds (or held), with its id."""
        found = {each.name.replace("|", "/"): each.read_text() for each in (self.folder / "held").iterdir()}
        return {name: int(pid) for name, pid in found.items() if pid}

    def _answers(self) -> bool:
        try:
            return all(
                DOORS.get(f"{url}/health", timeout=2).is_success
                for url in (self.url, f"{self.up.prefect_url}/api")
            )
        except httpx.TransportError:
            return False


@contextmanager
def running_system(
    folder: Path,
    *,
    pool_type: str = "incident",
    written: Callable[[Path, int], Path] = write_configuration,
    **variables: str,
) -> Iterator[Running]:
    """A whole system in a folder, and nothing of it left at the end; ``written`` writes its configuration."""
    for name in ("armed", "held"):
        (folder / name).mkdir(parents=True)
    phones = Phones()
    phones.start()
    with relay() as mailbox:
        given = {
            **clean_environment(),
            "E2E_PHONES": phones.url,
            "E2E_SECRET": "signed",
            "INCIDENT_WORKER_HEARTBEAT_SECONDS": str(HEARTBEAT_SECONDS),
            FOLDER: str(folder),
            **variables,
        }
        configuration = written(folder, mailbox.port)
        with_tables(folder / "home" / "prefect")
        settings = Settings(folder / "home", configuration, free_port(), free_port(), pool_type)
        up = System(settings, print, given)
        supervisor: threading.Thread | None = None
        try:
            began = time.monotonic()
            up.start()
            slowness = max(1.0, (time.monotonic() - began) / STARTS_WITHIN.total_seconds())
            ledger = Ledger(up.environment["INCIDENT_LEDGER_URL"])
            system = Running(up, phones, mailbox, folder, ledger, slowness)
            supervisor = threading.Thread(target=system.supervise, daemon=True)
            supervisor.start()
            yield system
        finally:
            if supervisor is not None:
                system.supervised.set()
                supervisor.join()
                ledger.close()
            up.stop()
            phones.stop()


def _incident_of(session: Session, fingerprint: str) -> str:
    """The incident of a condition; empty while nobody has looked at one of its alerts."""
    mine = select(AlertRow.id).where(AlertRow.fingerprint == fingerprint)
    waits = session.exec(mine.where(col(AlertRow.end_state).is_(None))).first()
    of_it = select(IncidentRow.key).join(ConditionRow).where(ConditionRow.fingerprint == fingerprint)
    return "" if waits else session.exec(of_it).first() or ""


def wait_until(holds: Callable[[], Any], within: float, what: str | Callable[[], str]) -> None:
    """Return as soon as it holds."""
    until = time.monotonic() + within
    while not holds():
        if time.monotonic() > until:
            raise TimeoutError(f"not within {within:.0f} s: {what if isinstance(what, str) else what()}")
        time.sleep(0.1)


def told(story: Story) -> str:
    """The story in lines, for the message of a failing test."""
    lines = [
        f"{fact.at:%H:%M:%S.%f} {fact.kind}: {fact.text} ({fact.by} {fact.via})" for fact in story.timeline
    ]
    return "\n".join([f"{story.key} is {story.status}, it is {datetime.now(UTC):%H:%M:%S.%f}", *lines])
