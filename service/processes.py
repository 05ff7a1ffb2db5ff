"""How are several programs kept running, and none left behind?"""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from incident.errors import ConfigurationError

STOP_WITHIN_SECONDS = 15.0
RESTART_AFTER_SECONDS = (0.5, 1, 2, 5, 10, 30)
GIVES_WAY_BY = 5
"""Steps of niceness."""


@dataclass
class Program:
    """One program of ours: started, restarted when it dies, stopped at the end.

    ``speaks``: it may write to this terminal. ``gives_way``: when there is more to do than processors, the
    programs that do not give way go first. For that all are of one session, each a process group of its own.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    speaks: bool = False
    gives_way: bool = False
    restarts: int = 0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    not_before: float = 0.0

    def start(self) -> None:
        """Start it, after what a dead one left behind; only pages to the console come to this terminal."""
        self._clear_away()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603  our own commands, never input
                self.command,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=None if self.speaks else log,
                stderr=log,
                process_group=0,
            )
        if self.gives_way:
            priority = os.getpriority(os.PRIO_PROCESS, 0) + GIVES_WAY_BY
            os.setpriority(os.PRIO_PROCESS, self.pid, priority)

    @property
    def alive(self) -> bool:
        """Is it running?"""
        return self.process is not None and self.process.poll() is None

    @property
    def pid(self) -> int:
        """Its process id; 0 before it was started."""
        return self.process.pid if self.process else 0

    def revive(self, say: Callable[[str], None]) -> None:
        """Start it again if it died, more slowly each time."""
        if self.alive or time.monotonic() < self.not_before:
            return
        delay = RESTART_AFTER_SECONDS[min(self.restarts, len(RESTART_AFTER_SECONDS) - 1)]
        code = self.process.returncode if self.process else None
        say(f"{self.name} ended ({_ending(code)}); starting it again, its log is {self.log}")
        self.restarts, self.not_before = self.restarts + 1, time.monotonic() + delay
        self.start()

    def ask_to_stop(self) -> None:
        """Send SIGTERM."""
        if self.alive:
            os.kill(self.pid, signal.SIGTERM)

    def stop(self, within: float) -> None:
        """Wait for its end, and force it after a while; its children go with it."""
        if self.process is None:
            return
        try:
            self.process.wait(max(within, 0.1))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._clear_away()

    def _clear_away(self) -> None:
        """A program that was killed cannot take its children along, and one may hold the port of the next."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)


def stop_all(programs: Sequence[Program]) -> None:
    """Stop them in this order of asking; none is left behind."""
    until = time.monotonic() + STOP_WITHIN_SECONDS
    for program in programs:
        program.ask_to_stop()
    for program in programs:
        program.stop(until - time.monotonic())


def stop_on_sigterm() -> None:
    """SIGTERM ends us like Ctrl-C, so that nothing is left behind."""

    def interrupt(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)


def free_port() -> int:
    """A port on loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def check_port(port: int, what: str, option: str) -> None:
    """Is the port ours to take?

    Raises:
        ConfigurationError: somebody listens there; the message says what to do.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            message = (
                f"port {port} for {what} is busy: stop what listens there, or choose another with {option}"
            )
            raise ConfigurationError([message]) from None


def _ending(code: int | None) -> str:
    if code is None:
        return "it never started"
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit {code}"
