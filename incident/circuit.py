"""Is a provider in trouble, so that no page should wait for it? The circuit breaker, from its last tries.

A provider that failed several times in a row is left alone, and each page takes its other way at once. After
a while one page tries it again; when that works, the others follow.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import takewhile

from pydantic import AwareDatetime, BaseModel, ConfigDict

FAILURES = 3
"""So many tries in a row find it in trouble, and nobody waits for it any more."""
LATELY = timedelta(minutes=5)
"""What is older says nothing about now."""
REST = timedelta(seconds=30)
"""So long it is left alone after a try in trouble, before a page tries it again."""
IN_FLIGHT = timedelta(seconds=15)
"""A try without an answer that is older belongs to a process that died."""


class Answer(StrEnum):
    """How a provider took a try."""

    TOOK = "took it"
    REFUSED = "refused it"
    TROUBLE = "was in trouble"


class Try(BaseModel):
    """One page on its way through a provider; `answer` is None while it has not answered."""

    model_config = ConfigDict(frozen=True)

    started_at: AwareDatetime
    answer: Answer | None = None


class Flows(BaseModel):
    """Send through it."""

    model_config = ConfigDict(frozen=True)

    reason: str


class Broken(BaseModel):
    """Take another way, if there is one."""

    model_config = ConfigDict(frozen=True)

    reason: str


def circuit(tries: Sequence[Try], now: datetime) -> Flows | Broken:
    """Decide about a provider by its last tries, newest first, of which `LOOKED_AT` are enough.

    A refusal is an answer: it is about one address or one setting, comes at once, and nobody waits for it.
    """
    answered = [each for each in tries if each.answer is not None and each.started_at > now - LATELY]
    trouble = [*takewhile(lambda each: each.answer is Answer.TROUBLE, answered)]
    if len(trouble) < FAILURES:
        return Flows(reason="it works")
    if (last := trouble[0].started_at) > now - REST:
        return Broken(reason=f"it failed {len(trouble)} times in a row, last at {last:%H:%M:%S UTC}")
    if any(each.answer is None and each.started_at > max(last, now - IN_FLIGHT) for each in tries):
        return Broken(reason=f"it failed {len(trouble)} times in a row, and another page tries it again")
    return Flows(reason=f"it failed {len(trouble)} times in a row until {last:%H:%M:%S UTC}; tried again")


LOOKED_AT = 20
"""Tries: enough to see the row of failures behind those that are still in the air."""
