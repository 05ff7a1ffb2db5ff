"""Where can a test stop this process? Around each claim, call and record, and at the ends of each phase.

A test names a folder in the environment and puts a file into its `armed/`, whose name is a pattern of points
such as `7 done:page|*`. Who comes by holds there and says so in `held/`, until the test kills the process or
removes the file. A point holds once: the next attempt passes.
"""

import asyncio
import os
from fnmatch import fnmatchcase
from pathlib import Path

FOLDER = "INCIDENT_FAULT_POINTS"
LOOK_EVERY_SECONDS = 0.05


async def fault_point(incident: int | str, name: str) -> None:
    """Hold here if a test asks for it; without the environment variable this does nothing."""
    if folder := os.environ.get(FOLDER):
        await _hold(Path(folder), f"{incident} {name}".replace("/", "|"))


async def _hold(folder: Path, point: str) -> None:
    held = folder / "held" / point
    armed = next((each for each in (folder / "armed").iterdir() if fnmatchcase(point, each.name)), None)
    if armed is None or held.exists():
        return
    held.write_text(str(os.getpid()))
    while armed.exists():  # noqa: ASYNC110  what is waited for is a file
        await asyncio.sleep(LOOK_EVERY_SECONDS)
