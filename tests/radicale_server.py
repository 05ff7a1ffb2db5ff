"""How does a test get a real CalDAV server? `with radicale_server() as server: server.calendar("team")`.

The server is a process of its own on an ephemeral loopback port, with its calendars in a folder of its own;
it can be stopped and started again in the middle of a test and keeps its port and its calendars.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import caldav
import httpx

from tests.prefect_server import free_port

USER, PASSWORD = "team", "a password of this test"
START_WITHIN_SECONDS = 20.0

SETTINGS = """
[server]
hosts = 127.0.0.1:{port}
[auth]
type = htpasswd
htpasswd_filename = {home}/users
htpasswd_encryption = plain
delay = 0
[storage]
filesystem_folder = {home}/calendars
"""


@dataclass
class RadicaleServer:
    """One real Radicale with one user."""

    home: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address, with name and password, as it stands in a setting."""
        return f"http://{USER}:{PASSWORD.replace(' ', '%20')}@127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the server and return when it answers."""
        (self.home / "users").write_text(f"{USER}:{PASSWORD}\n")
        settings = self.home / "settings"
        settings.write_text(SETTINGS.format(port=self.port, home=self.home))
        with (self.home / "log").open("ab") as log:
            command = [sys.executable, "-m", "radicale", "--config", str(settings)]
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        last = time.monotonic() + START_WITHIN_SECONDS
        while time.monotonic() < last:
            with suppress(httpx.HTTPError):
                if httpx.get(f"http://127.0.0.1:{self.port}/.web/").status_code < 500:
                    return
            time.sleep(0.05)
        raise RuntimeError(f"Radicale did not start:\n{(self.home / 'log').read_text()}")

    def stop(self) -> None:
        """Stop the server; its calendars stay."""
        if self.process:
            self.process.terminate()
            self.process.wait(timeout=10)
            self.process = None

    def calendar(self, name: str) -> caldav.Calendar:
        """A new calendar, as a person sees it with a CalDAV client."""
        client = caldav.DAVClient(f"http://127.0.0.1:{self.port}/", username=USER, password=PASSWORD)
        return client.principal().make_calendar(name=name, cal_id=name)


@contextmanager
def radicale_server() -> Iterator[RadicaleServer]:
    """A running CalDAV server without a calendar, gone at the end."""
    with tempfile.TemporaryDirectory(prefix="radicale-") as folder:
        server = RadicaleServer(Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.stop()
