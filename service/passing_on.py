"""Who tells monitors that somebody has acknowledged, and what to keep quiet about? A loop in the web service.

What is owed is in the ledger. It is none of the watchdog's parts: a monitor that does not answer may hold up
nobody's page.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from incident.errors import IncidentError
from tasks.passing_on import pass_on_acknowledgements
from tasks.source_silences import keep_sources_quiet

INTERVAL = timedelta(seconds=1)

logger = logging.getLogger(__name__)


class PassingOn:
    """The loop: one for acknowledgements and one for silences, which do not wait for each other."""

    async def run(self) -> None:
        """Look for ever."""
        await asyncio.gather(_again(pass_on_acknowledgements), _again(keep_sources_quiet))


async def _again(look: Callable[[], Awaitable[int]]) -> None:
    """A look that fails is logged, and the next one comes."""
    while True:
        try:
            await look()
        except IncidentError as failure:
            logger.warning("monitors could not be told: %s", failure)
        except Exception:  # a supervisor must outlive whatever it looks at
            logger.exception("monitors could not be told")
        await asyncio.sleep(INTERVAL.total_seconds())
