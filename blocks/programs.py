"""How is another program run? For a moment, without our secrets; whoever lacks it learns what to install."""

import asyncio
import os
import shutil
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import Iterable, Mapping
from datetime import timedelta

from incident.errors import Rejected, RetryLater

PACKAGES: Mapping[str, str] = {"baresip": "baresip-core", "espeak-ng": "espeak-ng", "sox": "sox"}
"""The packages of Debian and Ubuntu that have the programs we use."""

GOODBYE = timedelta(seconds=1)
"""For a program to end by itself; then it is killed."""


def missing(programs: Iterable[str] = PACKAGES) -> str:
    """What to do about programs that are not installed here, as a sentence; empty: they all are."""
    packages = [PACKAGES[each] for each in programs if shutil.which(each) is None]
    return f"not installed here: apt install {' '.join(packages)}" if packages else ""


async def run(program: str, *arguments: str, said: bytes = b"", within: timedelta) -> None:
    """Run a program to its end; what it reads never stands in its arguments, which every user can see.

    Raises:
        Rejected: it is not installed, or it failed.
        RetryLater: it had not ended in time.
    """
    process = await start(program, *arguments, stdin=PIPE, stdout=DEVNULL)
    try:
        async with asyncio.timeout(within.total_seconds()):
            await process.communicate(said)
    except TimeoutError:
        raise RetryLater(f"{program} had not ended within {within.total_seconds():g} s") from None
    finally:
        await end(process)
    if process.returncode:
        raise Rejected(f"{program} failed with status {process.returncode}")


async def start(program: str, *arguments: str, stdin: int = DEVNULL, stdout: int = PIPE) -> Process:
    """A program that runs; it gets none of our environment, where secrets stand.

    Raises:
        Rejected: it is not installed.
    """
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"}
    try:
        return await asyncio.create_subprocess_exec(
            program, *arguments, stdin=stdin, stdout=stdout, stderr=STDOUT, env=environment
        )
    except FileNotFoundError:
        raise Rejected(missing([program]) or f"{program} cannot be run") from None


async def end(process: Process) -> None:
    """End a program, by force if it must be, also when whoever waits for that is cancelled."""
    if process.returncode is not None:
        return
    try:
        process.terminate()
        async with asyncio.timeout(GOODBYE.total_seconds()):
            await process.wait()
    except (TimeoutError, ProcessLookupError):
        pass
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
