"""How much memory does a system take that has nothing to do?"""

import time

from bench.bed import bed
from bench.table import Row

SETTLED_AFTER_SECONDS = 20
PROGRAMS = ("prefect server", "web", "worker")


def idle(_count: int | None) -> list[Row]:
    """The proportional set sizes of the three programs, some time after their start."""
    with bed() as system:
        time.sleep(SETTLED_AFTER_SECONDS)
        sizes = {name: system.megabytes(name) for name in PROGRAMS}
    rows = [Row(f"idle: {name}", 1, f"{size:.0f} MiB") for name, size in sizes.items()]
    return [*rows, Row("idle: all three", 1, f"{sum(sizes.values()):.0f} MiB")]
