"""How does the whole system run on one machine? `incident up`: Prefect server, web service with watchdog, worker.

This process stays small: it starts the others, waits until each is well, and restarts what dies.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from incident.errors import ConfigurationError
from service.home import Home, Place
from service.processes import Program, check_port, stop_all

LOOK_EVERY_SECONDS = 0.5
WELL_WITHIN_SECONDS = 90.0
Say = Callable[[str], None]


@dataclass(frozen=True)
class Settings:
    """What can be chosen on the command line."""

    home: Path = Path(".incident")
    configuration: Path | None = None
    port: int = 8080
    prefect_port: int = 4200


@dataclass
class System:
    """The programs of one system and where they are found."""

    settings: Settings
    say: Say
    given: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)
    environment: dict[str, str] = field(default_factory=dict, repr=False)
    programs: list[Program] = field(default_factory=list)

    @property
    def base_url(self) -> str:
        """Where the web service answers."""
        return self.environment.get("INCIDENT_BASE_URL", f"http://127.0.0.1:{self.settings.port}")

    @property
    def prefect_url(self) -> str:
        """Where the Prefect UI is."""
        return self.environment["PREFECT_API_URL"].removesuffix("/api")

    def program(self, name: str) -> Program:
        """One of the programs, by its name."""
        return next(program for program in self.programs if program.name == name)

    def start(self) -> None:
        """Start everything, each when what it needs is well.

        Raises:
            ConfigurationError: something is in the way; the message says what to do.
        """
        own_prefect = not self.given.get("PREFECT_API_URL")
        check_port(self.settings.port, "the web service", "--port")
        if own_prefect:
            check_port(self.settings.prefect_port, "the Prefect server", "--prefect-port")
        self.environment = environment_of(self.settings, self.given)
        self._leave_word()
        if own_prefect:
            self._run("prefect server", prefect_server(self.settings.prefect_port))
        self._wait("prefect server", f"{self.environment['PREFECT_API_URL']}/health")
        self.environment |= self._register()
        self._run("web", [sys.executable, "-m", "service.web", "--port", str(self.settings.port), *self._watched()])
        worker = ["-m", "prefect", "worker", "start", "--pool", "incidents", "--type", "incident"]
        self._run("worker", [sys.executable, *worker])
        self._wait("web", f"{self.base_url}/health")

    def watch(self) -> None:
        """Restart what dies, until interrupted."""
        while True:
            self.look()
            time.sleep(LOOK_EVERY_SECONDS)

    def look(self) -> None:
        """Restart what died."""
        for program in self.programs:
            program.revive(self.say)

    def stop(self) -> None:
        """Stop everything, the server last: the others say goodbye to it."""
        *server, web, worker = self.programs if len(self.programs) > 2 else [*self.programs, None, None]  # noqa: PLR2004
        stop_all([program for program in (worker, web) if program])
        stop_all([program for program in server if program])

    def _run(self, name: str, command: list[str]) -> None:
        log = self.settings.home / "logs" / f"{name.replace(' ', '-')}.log"
        program = Program(name=name, command=command, environment=self.environment, log=log)
        self.programs.append(program)
        program.start()

    def _wait(self, name: str, url: str) -> None:
        until = time.monotonic() + WELL_WITHIN_SECONDS
        while time.monotonic() < until:
            if any(program.name == name and not program.alive for program in self.programs):
                break
            try:
                if httpx.get(url, timeout=2).is_success:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
        log = self.settings.home / "logs" / f"{name.replace(' ', '-')}.log"
        raise ConfigurationError([f"the {name} does not get well; the end of {log} says why:\n{_tail(log)}"])

    def _register(self) -> dict[str, str]:
        command = [sys.executable, "-m", "service.registration"]
        done = subprocess.run(command, env=self.environment, capture_output=True, check=False)  # noqa: S603  our own
        if done.returncode:
            reason = done.stderr.decode(errors="replace").strip().splitlines()[-5:]
            raise ConfigurationError(["Prefect could not be told about the deployments:", *reason])
        secrets: dict[str, str] = json.loads(done.stdout)
        return secrets

    def _watched(self) -> list[str]:
        path = self.settings.configuration
        return ["--configuration", str(path)] if path else []

    def _leave_word(self) -> None:
        place = Place(
            ledger_url=self.environment["INCIDENT_LEDGER_URL"],
            base_url=self.base_url,
            prefect_api_url=self.environment["PREFECT_API_URL"],
            config_path=self.settings.configuration,
        )
        Home(self.settings.home).write(place)


def environment_of(settings: Settings, given: Mapping[str, str]) -> dict[str, str]:
    """The environment of all programs: what is given has the last word."""
    home = settings.home.absolute()
    ours = {
        "INCIDENT_LEDGER_URL": f"sqlite:///{home / 'ledger.db'}",
        "INCIDENT_BASE_URL": f"http://127.0.0.1:{settings.port}",
        "PREFECT_API_URL": f"http://127.0.0.1:{settings.prefect_port}/api",
        "PREFECT_HOME": str(home / "prefect"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "DO_NOT_TRACK": "1",
        "PYTHONUNBUFFERED": "1",
    }
    if settings.configuration:
        ours["INCIDENT_CONFIGURATION"] = str(settings.configuration.absolute())
    return {**ours, **{name: value for name, value in given.items() if value}}


def prefect_server(port: int) -> list[str]:
    """The command of a Prefect server on loopback."""
    return [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]


def _tail(log: Path, lines: int = 8) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else "(it is empty)"


def clean_environment() -> dict[str, str]:
    """The environment without the addresses of another system."""
    ours = ("INCIDENT_", "PREFECT_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}
