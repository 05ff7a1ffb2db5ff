"""What is left to do once sources have proved themselves? Topics are confirmed, old keys are forgotten.

Both by the watchdog: no request waits for Amazon SNS.
"""

import asyncio
import logging
from datetime import timedelta

from blocks.guard import Guard
from incident.errors import Rejected, RetryLater
from incident.trust.ways import SnsSignature
from ledger.configurations import configuration_in_force
from ledger.subscriptions import confirmation_failed, confirmations_due, confirmed, take_confirmation
from ledger.taken import anything_expired, forget_taken
from ledger.trust_tables import SubscriptionRow
from tasks.surroundings import here

MOST_BYTES = 64 << 10
TIME_LIMIT = timedelta(seconds=3)
"""Short, because the watchdog waits for it."""

logger = logging.getLogger(__name__)


async def forget_expired() -> None:
    """Forget which deliveries were taken, where their signatures have expired: they are refused for that."""
    if await here().ledger.aread(anything_expired, here().now()):
        await here().ledger.awrite(forget_taken, here().now())


async def confirm_subscriptions(guard: Guard | None = None) -> int:
    """Confirm every subscription that is due; returns how many were confirmed."""
    due = await here().ledger.aread(confirmations_due, here().now())
    guard = guard or Guard(time_limit=TIME_LIMIT)
    return sum(await asyncio.gather(*(_confirm(number, guard) for number in due)))


async def _confirm(number: int, guard: Guard) -> bool:
    ledger = here().ledger
    row = await ledger.awrite(take_confirmation, number, here().now())
    if row is None:
        return False
    try:
        await _call(row, guard)
    except (RetryLater, Rejected) as failure:
        for_good = isinstance(failure, Rejected)
        logger.warning("the subscription to %s could not be confirmed: %s", row.topic, failure)
        await ledger.awrite(confirmation_failed, number, str(failure), here().now(), for_good=for_good)
        return False
    await ledger.awrite(confirmed, number, here().now())
    logger.info("the subscription to %s is confirmed", row.topic)
    return True


async def _call(row: SubscriptionRow, guard: Guard) -> None:
    """Call the address that confirms it, if the configuration still wants the topic."""
    _, configuration = await here().ledger.aread(configuration_in_force)
    source = configuration.sources.get(row.source)
    way = source.verify if source else None
    if not isinstance(way, SnsSignature) or row.topic not in way.topics:
        raise Rejected("its topic is not under verify: topics: any more")
    allow = way.allow_private
    await guard.get(
        row.address, here().now(), accept="text/xml, */*;q=0.1", most_bytes=MOST_BYTES, allow_private=allow
    )
