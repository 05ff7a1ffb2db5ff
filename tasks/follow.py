"""What became of the pages that were sent? Providers are asked, until somebody answers or enough was asked.

An acknowledgement that was made in a provider's own app counts as one by the link, and a page that did not
arrive takes its next way.
"""

import asyncio
import logging
from typing import cast

from blocks.interfaces import Channel
from incident.errors import ConfigurationError, ConnectionFailure
from ledger.became import became
from ledger.following import stop_following, take_to_follow, to_follow
from ledger.story import configuration_behind
from tasks.surroundings import here

logger = logging.getLogger(__name__)


async def follow_pages() -> int:
    """Ask about every page for which it is time, side by side; returns how many told something.

    A fault of ours with one of them is raised when all are done.
    """
    due = await here().ledger.aread(to_follow, here().now())
    results = await asyncio.gather(*(_follow(each) for each in due), return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results.count(True)


async def _follow(notification_id: int) -> bool:
    """Ask about one; a provider that does not answer is asked again when it is time for the next question."""
    ledger = here().ledger
    found = await ledger.awrite(take_to_follow, notification_id, here().now())
    if found is None:
        return False
    row = found.notification
    configuration = await ledger.aread(configuration_behind, found.incident.key)
    try:
        channel = cast(Channel, await here().contacted(row.via, configuration))
        delivery = await channel.follow(row.provider_id)
    except (ConnectionFailure, ConfigurationError) as failure:
        logger.info("what became of notification %s by %s: %s", row.id, row.via, failure)
        return False
    if delivery is None:
        await ledger.awrite(stop_following, notification_id)
        return False
    await ledger.awrite(became, notification_id, delivery, here().now())
    return True
