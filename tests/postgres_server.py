"""How does a test get a real PostgreSQL? `with postgres_server() as server: server.new_database()`.

The server is a process of its own on an ephemeral loopback port, with its data and its socket in a folder of
its own under the temporary directory. It refuses to run as root, so root starts it as the user `postgres`.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg

PLACES = "/usr/lib/postgresql"
"""Where Debian keeps what is not on the PATH."""
USER = "postgres"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "max_connections": "150",
    "log_min_messages": "log",
}


def binaries() -> Path | None:
    """The folder of initdb and pg_ctl; None: PostgreSQL is not installed."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    return next(iter(sorted(Path(PLACES).glob("*/bin"), reverse=True)), None)


@dataclass
class PostgresServer:
    """One real PostgreSQL server; every call of `new_database` gives the URL of an empty database."""

    home: Path
    programs: Path
    port: int
    durable: bool = False

    def __post_init__(self) -> None:
        self._numbers = count(1)

    def new_database(self) -> str:
        """Create a database of its own for a test."""
        name = f"ledger_{next(self._numbers)}"
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self._url(name)

    def start(self) -> None:
        """Start the server and return when it answers."""
        chosen = SETTINGS | ({"fsync": "on"} if self.durable else {})
        settings = " ".join(f"-c {name}={value}" for name, value in chosen.items())
        options = f"-p {self.port} -k {self.home} {settings}"
        self._run("pg_ctl", "start", "-w", "-D", self._data, "-l", str(self.home / "log"), "-o", options)

    def stop(self) -> None:
        """Stop the server at once, as a test does not care for its connections."""
        self._run("pg_ctl", "stop", "-D", self._data, "-m", "immediate")

    def initialise(self) -> None:
        """Make the data directory."""
        self._run("initdb", "-D", self._data, "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync")

    @property
    def _data(self) -> str:
        return str(self.home / "data")

    def _url(self, database: str) -> str:
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"

    def _run(self, program: str, *arguments: str) -> None:
        as_user = (
            ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"] if os.geteuid() == 0 else []
        )
        command = [*as_user, str(self.programs / program), *arguments]
        log = self.home / "programs.log"
        with log.open("ab") as output:
            done = subprocess.run(command, cwd=self.home, stdout=output, stderr=output, check=False)
        if done.returncode:
            raise RuntimeError(f"{program} failed:\n{log.read_text()}")


@contextmanager
def postgres_server(*, durable: bool = False) -> Iterator[PostgresServer]:
    """A running PostgreSQL server without any database of ours, gone at the end.

    Tests do not wait for the disk; what is `durable` does, as in real life.

    Raises:
        FileNotFoundError: PostgreSQL is not installed.
    """
    programs = binaries()
    if programs is None:
        raise FileNotFoundError("initdb")
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        if os.geteuid() == 0:
            account = pwd.getpwnam(USER)
            os.chown(home, account.pw_uid, account.pw_gid)
        server = PostgresServer(home, programs, _free_port(), durable)
        server.initialise()
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
