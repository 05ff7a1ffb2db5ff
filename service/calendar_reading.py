"""Who reads the calendars of others, again and again? A loop in the web service; when is in the ledger."""

import asyncio
import logging
from datetime import timedelta

from blocks.foreign_calendar import CalendarFetcher
from incident.errors import IncidentError
from tasks.calendars import Read, read_calendars

INTERVAL = timedelta(seconds=10)
"""How often it looks which calendars are due; each has its own pause."""

logger = logging.getLogger(__name__)


class CalendarReader:
    """The loop, and what it has said already."""

    def __init__(self, fetcher: CalendarFetcher | None = None) -> None:
        self._fetcher = fetcher or CalendarFetcher()
        self._said: dict[tuple[str, str], str] = {}

    async def run(self) -> None:
        """Look for ever; a look that fails is logged, and the next one comes."""
        while True:
            try:
                await self.look()
            except IncidentError as failure:
                logger.warning("calendars could not be read: %s", failure)
            except Exception:  # a supervisor must outlive whatever it looks at
                logger.exception("calendars could not be read")
            await asyncio.sleep(INTERVAL.total_seconds())

    async def look(self) -> None:
        """Read what is due; the log tells a problem once, and its end."""
        for read in await read_calendars(self._fetcher):
            self._tell(read)

    def _tell(self, read: Read) -> None:
        whose = (read.whose.value, read.name)
        if read.problem and self._said.get(whose) != read.problem:
            logger.warning("the calendar of %s %s could not be read: %s", *whose, read.problem)
        elif not read.problem and self._said.get(whose):
            logger.info("the calendar of %s %s can be read again", *whose)
        self._said[whose] = read.problem
