"""How does the whole system run on one machine?

`incident up`: Prefect server, web service with watchdog, worker.

This process stays small: it starts the others, waits until each is well, and restarts what dies.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from rich.console import Console

from incident.errors import ConfigurationError
from service.home import Home, Place
from service.processes import Program, check_port, stop_all, stop_on_sigterm

LOOK_EVERY_SECONDS = 0.5
WELL_WITHIN_SECONDS = 90.0
PREFECT_SERVER = "prefect server"
Say = Callable[[str], None]


@dataclass(frozen=True)
class Settings:
    """What can be chosen on the command line."""

    home: Path = Path(".incident")
    configuration: Path | None = None
    port: int = 8080
    prefect_port: int = 4200
    pool_type: str = "incident"


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

        In a storm the web service goes first: it takes the alerts, and itself pages whoever is late.

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
            self._prepare_prefect()
            self._run(PREFECT_SERVER, prefect_server(self.settings.prefect_port), gives_way=True)
        self._wait(PREFECT_SERVER, f"{self.environment['PREFECT_API_URL']}/health")
        self.environment |= self._register()
        web = ["-m", "service.web", "--port", str(self.settings.port), *self._watched()]
        self._run("web", [sys.executable, *web], speaks=True)
        worker = [
            "-m",
            "prefect",
            "worker",
            "start",
            "--pool",
            "incidents",
            "--type",
            self.settings.pool_type,
        ]
        self._run("worker", [sys.executable, *worker], speaks=True, gives_way=True)
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
        server = [program for program in self.programs if program.name == PREFECT_SERVER]
        stop_all([program for program in reversed(self.programs) if program not in server])
        stop_all(server)

    def _run(self, name: str, command: list[str], *, speaks: bool = False, gives_way: bool = False) -> None:
        log = self.settings.home / "logs" / f"{name.replace(' ', '-')}.log"
        program = Program(name, command, self.environment, log, speaks, gives_way)
        self.programs.append(program)
        program.start()

    def _wait(self, name: str, url: str) -> None:
        until = time.monotonic() + WELL_WITHIN_SECONDS
        with httpx.Client(timeout=2) as client:
            while time.monotonic() < until:
                if any(program.name == name and not program.alive for program in self.programs):
                    break
                with suppress(httpx.HTTPError):
                    if client.get(url).is_success:
                        return
                time.sleep(0.1)
        log = self.settings.home / "logs" / f"{name.replace(' ', '-')}.log"
        raise ConfigurationError([f"the {name} does not get well; the end of {log} says why:\n{_tail(log)}"])

    def _prepare_prefect(self) -> None:
        """Make Prefect's tables in a process of their own: the server would keep the memory that it takes."""
        if (Path(self.environment["PREFECT_HOME"]) / "prefect.db").exists():
            return  # the server itself brings tables that are there to its version
        command = [sys.executable, "-m", "prefect", "server", "database", "upgrade", "--yes"]
        subprocess.run(command, env=self.environment, capture_output=True, check=False)  # noqa: S603  our own

    def _register(self) -> dict[str, str]:
        command = [sys.executable, "-m", "service.registration", self.settings.pool_type]
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


def run_up(settings: Settings) -> None:
    """Run everything until Ctrl-C, and say where it is.

    Raises:
        ConfigurationError: something is in the way; the message says what to do.
    """
    console = Console(highlight=False, soft_wrap=True)
    stop_on_sigterm()
    system = System(settings, console.print)
    try:
        console.print("starting Prefect server, web service with watchdog, and worker ...")
        system.start()
        for line in directions(system):
            console.print(line)
        system.watch()
    except KeyboardInterrupt:
        console.print("\nstopping")
    finally:
        system.stop()


def directions(system: System) -> Iterator[str]:
    """Where everything is, and how to send the first alert."""
    yield f"  Prefect UI    {system.prefect_url}/runs"
    yield f"  incidents     {system.base_url}/"
    yield f"  status page   {system.base_url}/status"
    yield f"  API           {system.base_url}/docs"
    yield f"  logs          {system.settings.home / 'logs'}"
    for variable, token in sorted(system.environment.items()):
        if variable == "INCIDENT_TOKEN_GENERIC":
            yield "\nSend an alert:"
            yield f"  curl -X POST {system.base_url}/alerts/generic -H 'Authorization: Bearer {token}' \\"
            yield "    -H 'Content-Type: application/json' \\"
            yield """    -d '{"title": "Checkout is slow", "severity": "critical"}'"""
    yield "\nCtrl-C stops everything."


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
        "MALLOC_ARENA_MAX": "2",  # many threads that are mostly idle: glibc would keep memory for each
    }
    if settings.configuration:
        ours["INCIDENT_CONFIGURATION"] = str(settings.configuration.absolute())
    return {**ours, **{name: value for name, value in given.items() if value}}


def prefect_server(port: int) -> list[str]:
    """The command of a Prefect server on loopback."""
    return [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]


def _tail(log: Path, lines: int = 8) -> str:
    return (
        "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else "(it is empty)"
    )


def clean_environment() -> dict[str, str]:
    """The environment without the addresses of another system."""
    ours = ("INCIDENT_", "PREFECT_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}
