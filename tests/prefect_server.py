"""How does a test get a real Prefect server? `with prefect_server() as server: server.url`.

The server is a process of its own on an ephemeral loopback port, with its database in a directory of its own;
it can be killed and started again in the middle of a test and keeps its port and its data.
"""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import httpx

START_WITHIN_SECONDS = 180.0
DATABASE = "prefect.db"


def free_port() -> int:
    """A loopback port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class PrefectServer:
    """One real Prefect server; `env` is what its clients need."""

    home: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address of the API."""
        return f"http://127.0.0.1:{self.port}/api"

    @property
    def env(self) -> Mapping[str, str]:
        """The environment of a process that talks to this server."""
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("PREFECT")},
            "PREFECT_HOME": str(self.home),
            "PREFECT_API_URL": self.url,
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_LOGGING_TO_API_ENABLED": "true",
            "DO_NOT_TRACK": "1",
        }

    def start(self) -> None:
        """Start the server and return when it answers."""
        address = ("--host", "127.0.0.1", "--port", str(self.port))
        with (self.home / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "prefect", "server", "start", *address],
                env=dict(self.env),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait_until_healthy()

    def kill(self) -> None:
        """SIGKILL, as a machine that loses power would do it."""
        self._signal(signal.SIGKILL)

    def stop(self) -> None:
        """SIGTERM, then SIGKILL for what is still there."""
        self._signal(signal.SIGTERM)

    def _wait_until_healthy(self) -> None:
        deadline = time.monotonic() + START_WITHIN_SECONDS
        with httpx.Client(timeout=1) as client:
            while time.monotonic() < deadline:
                with suppress(httpx.TransportError):
                    if client.get(f"{self.url}/health").is_success:
                        return
                time.sleep(0.1)
        raise TimeoutError(f"no Prefect server after {START_WITHIN_SECONDS} s: see {self.home}/server.log")

    def _signal(self, signum: signal.Signals) -> None:
        # `prefect server start` supervises a child; both are in the session that was opened for them.
        if self.process is None:
            return
        os.killpg(self.process.pid, signum)
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process = None


def with_tables(home: Path) -> None:
    """Put an empty database there that has Prefect's tables: making them takes a server five seconds."""
    home.mkdir(parents=True, exist_ok=True)
    shutil.copy(_tables(), home / DATABASE)


@lru_cache(maxsize=1)
def _tables() -> Path:
    folder = tempfile.TemporaryDirectory(prefix="prefect-tables-", ignore_cleanup_errors=True)
    atexit.register(folder.cleanup)
    upgrade = [sys.executable, "-m", "prefect", "server", "database", "upgrade", "--yes"]
    subprocess.run(upgrade, env=PrefectServer(Path(folder.name)).env, check=True, capture_output=True)
    return Path(folder.name) / DATABASE


@contextmanager
def prefect_server() -> Iterator[PrefectServer]:
    """A running Prefect server with an empty SQLite database, gone at the end."""
    with tempfile.TemporaryDirectory(prefix="prefect-", ignore_cleanup_errors=True) as home:
        with_tables(Path(home))
        server = PrefectServer(Path(home))
        try:
            server.start()
            yield server
        finally:
            server.stop()
