"""Where can a test kill this process? Between claim and call, between call and record, and after the record."""

import os
import signal
from pathlib import Path

FAULT, MARK = "INCIDENT_FAULT_POINT", "INCIDENT_FAULT_MARK"


def fault_point(name: str) -> None:
    """Die here by SIGKILL if the environment names this point and the mark file still exists; it is removed first."""
    if os.environ.get(FAULT) != name:
        return
    mark = Path(os.environ[MARK])
    try:
        mark.unlink()
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
