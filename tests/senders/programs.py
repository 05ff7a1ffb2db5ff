"""How does a test run a real monitor? As a process of its own, in a folder of its own, ended by its id.

Monitors refuse to run as root, so root gives the folder to their account, which Debian calls `nagios`.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

ACCOUNT = "nagios"
ENDS_WITHIN_SECONDS = 15.0
LOOKS_EVERY_SECONDS = 0.02
PLACES = (*os.get_exec_path(), "/usr/sbin")

Found = TypeVar("Found")


def needed(program: str, package: str) -> str:
    """The path of a program; the test is skipped where it is not installed."""
    found = shutil.which(program, path=os.pathsep.join(PLACES))
    if found is None:
        pytest.skip(f"{program} is not installed: `apt install --no-install-recommends {package}`")
    return found


@contextmanager
def folder(prefix: str) -> Iterator[Path]:
    """An empty folder that any account may enter, as those of pytest may not."""
    with tempfile.TemporaryDirectory(prefix=f"{prefix}-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)


def account() -> str:
    """Whom a monitor runs as: its own account where a test is root, else whoever runs the test."""
    return ACCOUNT if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name


def give_away(home: Path) -> None:
    """Let the monitor own everything in its folder."""
    if os.geteuid() == 0:
        owner = pwd.getpwnam(ACCOUNT)
        for path in (home, *home.rglob("*")):
            os.chown(path, owner.pw_uid, owner.pw_gid)


@contextmanager
def running(
    command: Sequence[str], home: Path, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A program that runs until the end of the block; what it says is in `said` in its folder."""
    with (home / "said").open("ab") as said:
        process = subprocess.Popen(
            command, cwd=home, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(ENDS_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def soon(look: Callable[[], Found], what: Callable[[], str], within: float = 40.0) -> Found:
    """The first thing that is true of what a look finds; `what` says what it was meant to be."""
    until = time.monotonic() + within
    while not (found := look()):
        if time.monotonic() > until:
            raise TimeoutError(f"not within {within:.0f} s: {what()}")
        time.sleep(LOOKS_EVERY_SECONDS)
    return found
