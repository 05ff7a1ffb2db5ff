"""How many alerts a second are made safe, and how many does an Alertmanager take beside it, in memory?

Only the web service runs, on a ledger of its own; no Prefect, so that what is measured is the door. The same
alerts go to both; an Alertmanager keeps them in memory and answers before anything is on the disk.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import uvloop

from bench.senders import Taken, Target, requests, send
from bench.table import Row
from ledger.configurations import accept_configuration
from ledger.engine import Ledger
from ledger.migrating import migrate
from service.configuration import load
from service.processes import free_port
from service.up import clean_environment
from tests.postgres_server import binaries, postgres_server

SECONDS = 6
SIZES, CONNECTIONS = (1, 100), (1, 8, 32)
TOKEN = "bench"
ALERTMANAGER = "prometheus-alertmanager"
ORGANISATION = """
people: {alice: {name: Alice, contacts: [{via: console}]}}
policies: {p: {levels: [{targets: [{person: alice}], wait: 2h}]}}
services: {s1: {policy: p}}
default_service: s1
sources: {alertmanager: {dialect: alertmanager, limit: {deliveries: 10000000}}}
"""


def intake(seconds: int | None) -> list[Row]:
    """Every size and number of connections, on both databases and beside an Alertmanager."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        targets = [stack.enter_context(_ours("on SQLite", folder, f"sqlite:///{folder / 'ledger.db'}"))]
        if binaries() is not None:
            url = stack.enter_context(postgres_server(durable=True)).new_database()
            targets.append(stack.enter_context(_ours("on PostgreSQL", folder, url)))
        if shutil.which(ALERTMANAGER):
            targets.append(stack.enter_context(_alertmanager(folder)))
        return [
            row
            for alerts in SIZES
            for connections in CONNECTIONS
            for row in _measured(targets, alerts, connections, seconds or SECONDS)
        ]


def _measured(targets: list[Target], alerts: int, connections: int, seconds: int) -> Iterator[Row]:
    for target in targets:
        posts = requests(target, alerts, datetime.now(UTC).isoformat())
        taken: Taken = uvloop.run(send(target, posts, connections, seconds))
        what = f"{alerts} alerts a post, {connections} connections, {target.name}"
        yield Row(what, len(taken.times), taken.row(alerts))


@contextmanager
def _ours(name: str, folder: Path, url: str) -> Iterator[Target]:
    file, port = folder / "incident.yaml", free_port()
    file.write_text(ORGANISATION)
    ledger = Ledger(url)
    migrate(ledger)
    ledger.write(accept_configuration, load(file), datetime.now(UTC))
    ledger.close()
    environment = clean_environment() | {
        "INCIDENT_LEDGER_URL": url,
        "INCIDENT_BASE_URL": f"http://127.0.0.1:{port}",
        "INCIDENT_SIGNING_KEY": "bench",
        "INCIDENT_TOKEN_ALERTMANAGER": TOKEN,
        "PREFECT_API_URL": f"http://127.0.0.1:{free_port()}/api",
        "PREFECT_HOME": str(folder / "prefect"),
    }
    command = [sys.executable, "-m", "service.web", "--port", str(port)]
    with _program(command, environment, f"http://127.0.0.1:{port}/status"):
        yield Target(name, port, "/alerts/alertmanager", TOKEN)


@contextmanager
def _alertmanager(folder: Path) -> Iterator[Target]:
    file, port = folder / "alertmanager.yml", free_port()
    file.write_text("route: {receiver: nobody}\nreceivers: [{name: nobody}]\n")
    command = [
        ALERTMANAGER,
        f"--config.file={file}",
        f"--storage.path={folder / 'alertmanager'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
        "--log.level=error",
    ]
    with _program(command, dict(os.environ), f"http://127.0.0.1:{port}/-/ready"):
        yield Target("Alertmanager, in memory", port, "/api/v2/alerts", enveloped=False)


@contextmanager
def _program(command: list[str], environment: dict[str, str], ready: str) -> Iterator[None]:
    program = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 60
        while not _answers(ready):
            if time.monotonic() > until or program.poll() is not None:
                raise TimeoutError(f"{command[0]} does not get ready")
            time.sleep(0.2)
        yield
    finally:
        program.terminate()
        program.wait(30)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).is_success
    except httpx.TransportError:
        return False
