"""Where is it measured? A whole system of its own on loopback: the programs of `incident up`, and a phone."""

import json
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar

import httpx

from service.processes import Program, free_port
from service.up import Settings, System, clean_environment

SERVICES = 400
ORGANISATION = """
people: {{alice: {{name: Alice, email: alice@example.com, contacts: [{{via: phone, to: alice}}]}}}}
policies: {{p: {{levels: [{{targets: [{{person: alice}}], wait: 2h}}]}}}}
services: {{{services}}}
default_service: s0
connections: {{phone: {{type: signed-webhook, url: {{env: BENCH_URL}}, secret: {{env: BENCH_SECRET}}}}}}
"""


@dataclass
class Bed:
    """A running system, and when each page arrived."""

    system: System
    arrived: dict[str, tuple[float, dict[str, Any]]]
    client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=60))
    used: int = 0

    def alert(self) -> tuple[str, float]:
        """Send an alert that opens an incident; returns its key, and when the alert was accepted."""
        self.used += 1
        token = self.system.environment["INCIDENT_TOKEN_GENERIC"]
        alert = {"title": f"alert {self.used}", "severity": "critical", "service": f"s{self.used}"}
        answer = self.client.post(
            f"{self.system.base_url}/alerts/generic", json=alert, headers={"Authorization": f"Bearer {token}"}
        )
        accepted = time.monotonic()
        return str(answer.raise_for_status().json()["alerts"][0]["incident"]), accepted

    def page(self, key: str, within: float = 120) -> tuple[float, dict[str, Any]]:
        """When the first page about an incident reached the phone, and the page."""
        return until(lambda: self.arrived.get(key), f"a page of {key}", within)

    def story(self, key: str) -> dict[str, Any]:
        """The incident as data."""
        story: dict[str, Any] = self.client.get(f"{self.system.base_url}/incidents/{key}.json").json()
        return story

    def asked(self, key: str) -> bool:
        """Is the incident's run suspended for the assessment?"""
        return any("assess-1" in decision["key"] for decision in self.story(key)["decisions"])

    def megabytes(self, name: str) -> float:
        """The proportional set size of a program."""
        lines = Path(f"/proc/{self.system.program(name).pid}/smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


@contextmanager
def bed(pool: str = "incident") -> Iterator[Bed]:
    """Start everything, and stop it in the end."""
    arrived: dict[str, tuple[float, dict[str, Any]]] = {}
    phone = _phone(arrived)
    services = ", ".join(f"s{number}: {{policy: p}}" for number in range(SERVICES))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "incident.yaml"
        file.write_text(ORGANISATION.format(services=services))
        given = clean_environment() | {
            "BENCH_URL": f"http://127.0.0.1:{phone.server_port}/",
            "BENCH_SECRET": secrets.token_hex(8),
        }
        settings = Settings(Path(folder) / "home", file, port=free_port(), prefect_port=free_port())
        system = System(settings, print, given)
        try:
            system.start()
            if pool != "incident":
                _use_pool(system, pool)
            time.sleep(8)
            yield Bed(system, arrived)
        finally:
            system.stop()
            phone.shutdown()


T = TypeVar("T")


def until(look: Callable[[], T | None], what: str, within: float) -> T:
    """Wait until something is there."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.01)
    raise TimeoutError(f"{what} did not come within {within:.0f} s")


def _use_pool(system: System, pool: str) -> None:
    """Replace the worker by one of Prefect's own, on a pool of its type."""
    system.program("worker").ask_to_stop()
    system.program("worker").stop(15)
    prefect = [sys.executable, "-m", "prefect"]
    for command in (
        ["work-pool", "delete", "incidents", "--no-prompt"],
        ["work-pool", "create", "incidents", "-t", pool],
    ):
        subprocess.run([*prefect, *command], env=system.environment, check=True, capture_output=True)
    subprocess.run(
        [sys.executable, "-m", "service.registration", pool],
        env=system.environment,
        check=True,
        capture_output=True,
    )
    old = system.program("worker")
    environment = {**old.environment, "PREFECT_WORKER_QUERY_SECONDS": "1"}
    worker = Program(
        "worker", [*prefect, "worker", "start", "-p", "incidents", "-t", pool], environment, old.log
    )
    system.programs[system.programs.index(old)] = worker
    worker.start()


def _phone(arrived: dict[str, tuple[float, dict[str, Any]]]) -> ThreadingHTTPServer:

    class Phone(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if message["type"] == "page":
                arrived.setdefault(message["incident"], (time.monotonic(), message))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Phone)
    server.socket.listen(256)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
