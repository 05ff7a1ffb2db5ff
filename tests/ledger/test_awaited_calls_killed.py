"""Is silence raised exactly once when two who look for it are killed at any moment?"""

import os
import random
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ledger.awaited_calls import awaited_calls
from ledger.configurations import accept_configuration
from ledger.engine import Ledger
from ledger.tables import AlertRow
from tests.incident.organisations import organisation
from tests.ledger.desk import Desk

ROOT = Path(__file__).parents[2]
REPEATS = int(os.environ.get("INCIDENT_KILL_REPEATS", "1"))
KILLS = REPEATS
"""In one repetition; each costs the start of a process."""
NAMES = tuple(f"job{number}" for number in range(20))
LOOKER = """
import sys
from datetime import UTC, datetime
from ledger.awaited_calls import look_for_silence
from ledger.engine import Ledger
ledger = Ledger(sys.argv[1])
print("looks", flush=True)
while True:
    ledger.write(look_for_silence, datetime.now(UTC))
"""


def looker(url: str) -> subprocess.Popen[bytes]:
    """A process that looks without end, once it has begun to."""
    process = subprocess.Popen([sys.executable, "-c", LOOKER, url], cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    return process


@pytest.mark.kill
@pytest.mark.parametrize("seed", range(REPEATS))
def test_whoever_is_killed_has_raised_each_silence_once_or_left_it_to_the_next(
    ledger: Ledger, seed: int
) -> None:
    chance, now = random.Random(seed), datetime.now(UTC)
    soon = {name: {"every": f"{1 + number / 10:.1f}s", "grace": "0s"} for number, name in enumerate(NAMES)}
    ledger.write(accept_configuration, organisation(heartbeats=soon), now - timedelta(seconds=1))
    lookers = [looker(ledger.url), looker(ledger.url)]
    for victim in chance.choices((0, 1), k=KILLS):
        time.sleep(chance.uniform(0.05, 0.5))
        lookers[victim].kill()
        lookers[victim].wait()
        lookers[victim] = looker(ledger.url)
    until = time.monotonic() + 60
    while time.monotonic() < until and not _all_raised(ledger):
        time.sleep(0.1)
    for process in lookers:
        process.kill()
        process.wait()
    raised = sorted(row.fingerprint for row in Desk(ledger).rows(AlertRow))
    assert raised == sorted(f"heartbeat-{name}" for name in NAMES)


def _all_raised(ledger: Ledger) -> bool:
    rows = ledger.read(awaited_calls)
    return len(rows) == len(NAMES) and all(row.watch.trouble for row in rows)
