"""How often are the kill tests run, and how much of all does one repetition do?

`INCIDENT_KILL_REPEATS=20 pytest -m kill`: each repetition kills at other points, and eighteen of them at all.
Without it there is one, of a third.
"""

import os
from collections.abc import Sequence
from typing import TypeVar

REPEATS = int(os.environ.get("INCIDENT_KILL_REPEATS", "1"))
THINNED = 3 if REPEATS == 1 else 1

T = TypeVar("T")


def share(of: Sequence[T], parts: int, repetition: int) -> list[T]:
    """One part of all, another one in each repetition."""
    parts *= THINNED
    return list(of[repetition % parts :: parts])
