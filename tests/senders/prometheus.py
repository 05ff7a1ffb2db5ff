"""How does a test get a real Prometheus that watches one number, and a real Alertmanager behind it?"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx

from tests.prefect_server import free_port
from tests.senders.programs import folder, needed, running, soon

METRIC = "checkout_error_ratio"

SCRAPING = """\
global: {{scrape_interval: 200ms, evaluation_interval: 200ms}}
scrape_configs:
  - job_name: checkout
    static_configs: [{{targets: ["{target}"]}}]
"""


@dataclass
class Checkout:
    """What Prometheus watches: one number, which a test changes."""

    error_ratio: float = 0.0
    _server: ThreadingHTTPServer = field(init=False)

    def __post_init__(self) -> None:
        watched = self

        class Metrics(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(f"{METRIC} {watched.error_ratio}\n".encode())

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Metrics)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def target(self) -> str:
        """Where Prometheus finds it."""
        return f"127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        """Close the door."""
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def checkout() -> Iterator[Checkout]:
    """Something to be watched."""
    watched = Checkout()
    try:
        yield watched
    finally:
        watched.stop()


@contextmanager
def prometheus(watched: Checkout, rules: str, alerting: str) -> Iterator[str]:
    """A real Prometheus, with its rules in `rules.yml`; its address."""
    program = needed("prometheus", "prometheus")
    with folder("prometheus") as home:
        port = free_port()
        (home / "rules.yml").write_text(rules)
        (home / "prometheus.yml").write_text(SCRAPING.format(target=watched.target) + alerting)
        command = [
            program,
            f"--config.file={home / 'prometheus.yml'}",
            f"--storage.tsdb.path={home / 'tsdb'}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--rules.alert.resend-delay=1s",
        ]
        with running(command, home):
            yield _ready(home, f"http://127.0.0.1:{port}")


@contextmanager
def alertmanager(configuration: str) -> Iterator[str]:
    """A real Alertmanager; its address."""
    program = needed("prometheus-alertmanager", "prometheus-alertmanager")
    with folder("alertmanager") as home:
        port = free_port()
        (home / "alertmanager.yml").write_text(configuration)
        command = [
            program,
            f"--config.file={home / 'alertmanager.yml'}",
            f"--storage.path={home / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--cluster.listen-address=",
        ]
        with running(command, home):
            yield _ready(home, f"http://127.0.0.1:{port}")


def metric(url: str, name: str) -> float:
    """What a program counts of itself, summed over all labels."""
    lines = httpx.get(f"{url}/metrics").text.splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith((f"{name} ", f"{name}{{")))


def _ready(home: Path, url: str) -> str:
    soon(lambda: _answers(url), lambda: f"{url} answers; {(home / 'said').read_text()}")
    return url


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/-/ready").is_success
    except httpx.TransportError:
        return False
