"""What goes on when somebody has been answered? Deeds that nobody waits for, and that others make good.

Whatever is begun here is written in the ledger before: a run that is owed or an answer that its run has not
seen is found by the watchdog, if this process dies or Prefect is away.
"""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from blocks.prefect_api import AWAY
from incident.errors import IncidentError

FORESEEN: tuple[type[Exception], ...] = (*AWAY, IncidentError)

logger = logging.getLogger(__name__)

_UNDER_WAY: set[asyncio.Task[None]] = set()
"""The loop itself keeps no reference that would save a task from the collector."""


def later(what: str, doing: Coroutine[Any, Any, object]) -> None:
    """Begin it now and do not wait; a failure is logged under ``what``."""
    begun = asyncio.create_task(_carefully(what, doing), name=what)
    _UNDER_WAY.add(begun)
    begun.add_done_callback(_UNDER_WAY.discard)


async def all_done() -> None:
    """Wait for everything that was begun in this loop."""
    loop = asyncio.get_running_loop()
    while mine := [each for each in _UNDER_WAY if each.get_loop() is loop]:
        await asyncio.gather(*mine)


async def _carefully(what: str, doing: Coroutine[Any, Any, object]) -> None:
    try:
        await doing
    except FORESEEN as failure:
        logger.warning("%s: %s", what, type(failure).__name__)
    except Exception:  # nobody waits for it: what nobody foresaw must not vanish unseen
        logger.exception("%s", what)
