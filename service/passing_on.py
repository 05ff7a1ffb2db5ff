"""Who tells monitors that somebody has acknowledged? A loop in the web service.

What is owed is in the ledger. It is none of the watchdog's parts: a monitor that does not answer may hold up
nobody's page.
"""

import asyncio
import logging
from datetime import timedelta

from incident.errors import IncidentError
from tasks.passing_on import pass_on_acknowledgements

INTERVAL = timedelta(seconds=1)

logger = logging.getLogger(__name__)


class PassingOn:
    """The loop."""

    async def run(self) -> None:
        """Look for ever; a look that fails is logged, and the next one comes."""
        while True:
            try:
                await pass_on_acknowledgements()
            except IncidentError as failure:
                logger.warning("monitors could not be told: %s", failure)
            except Exception:  # a supervisor must outlive whatever it looks at
                logger.exception("monitors could not be told")
            await asyncio.sleep(INTERVAL.total_seconds())
