"""How does a page leave? By each method of its person that is due, once, and by another way when one fails.

Plain functions serve the watchdog; in a flow each try is a task that the Prefect UI shows.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, cast

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task

from blocks.interfaces import Channel, Receipt
from blocks.prefect_api import AWAY
from incident.circuit import Answer
from incident.errors import ConfigurationError, ConnectionFailure, InHand, Rejected
from incident.failover import worth_waiting_for
from ledger.failing import notification_failed, other_way
from ledger.notifications import about_to_send, notification_sent, take_due
from ledger.owed import OwedNotification, find_notification
from tasks.incident import matter
from tasks.once import once, worth_retrying
from tasks.page_message import page_message
from tasks.surroundings import here

logger = logging.getLogger(__name__)

QUICK_RETRIES: list[float] = [1, 2]
"""Seconds before a page is tried again by the same provider.

After that another way is used: the second provider, else the next method of the person.
"""

Send = Callable[[OwedNotification], Awaitable[bool]]
"""Sends a notification; returns whether it left, now or before."""


async def reach_person(page_id: int, send: Send) -> bool:
    """Send whatever of a page is due, side by side, and what follows on a failure; did anything leave?"""
    tried: set[int] = set()
    left = False
    while due := await _due(page_id, tried):
        tried.update(due)
        left = any(await asyncio.gather(*(_notify(each, send) for each in due))) or left
    return left


async def _due(page_id: int, tried: set[int]) -> Sequence[int]:
    due = await here().ledger.awrite(take_due, page_id, here().now())
    return [each for each in due if each not in tried]


async def _notify(notification_id: int, send: Send) -> bool:
    """Send one notification, or write down why it did not leave; what another process sends is left to it."""
    owed = await here().ledger.aread(find_notification, notification_id)
    method = owed.notification.method
    try:
        return await send(owed)
    except InHand:
        return False
    except (Rejected, ConfigurationError) as refusal:
        problem, answer = str(refusal), Answer.REFUSED
    except ConnectionFailure as failure:
        problem, answer = str(failure), Answer.TROUBLE
    except Exception as surprise:  # a fault of ours in one method must not keep the next one from waking them
        logger.exception("notification %s by %s", notification_id, method)
        problem, answer = type(surprise).__name__, Answer.TROUBLE
    await here().ledger.awrite(notification_failed, notification_id, problem, here().now(), answer)
    return False


def worth_a_quick_try(_task: Task[..., Any], run: TaskRun, state: State[Any]) -> bool:
    """Is a page that has another way tried again by the same provider (for `retry_condition_fn`)?"""
    lasted = state.timestamp - run.start_time if run.start_time else timedelta()
    return worth_waiting_for(state.data, lasted)


@task(
    name="page",
    retries=len(QUICK_RETRIES),
    retry_delay_seconds=QUICK_RETRIES,
    retry_condition_fn=worth_retrying,
    cache_policy=NO_CACHE,
)
async def page(notification_id: int) -> bool:
    """Send one page by one method."""
    return await send_notification(notification_id)


async def as_task(owed: OwedNotification) -> bool:
    """Send a notification so that the Prefect UI shows it; if Prefect goes away meanwhile, without it."""
    row = owed.notification
    has_another = await here().ledger.aread(other_way, owed)
    tried = page.with_options(
        task_run_name=f"page {row.person} by {row.method}",
        retry_condition_fn=worth_a_quick_try if has_another else worth_retrying,
    )
    try:
        return await tried(row.id or 0)
    except AWAY as away:  # of Prefect: what a channel raises is one of our own errors
        logger.warning("notification %s is sent without Prefect: %r", row.id, away)
        return await by_hand(owed)


async def by_hand(owed: OwedNotification) -> bool:
    """Send a notification without Prefect: for the watchdog."""
    return await send_notification(owed.notification.id or 0)


async def send_notification(notification_id: int) -> bool:
    """Send one notification once, if it is still wanted; it may tell about others that waited with it."""
    ledger, now = here().ledger, here().now()
    named = await ledger.awrite(about_to_send, notification_id, now)
    if not named:
        return False
    owed = [await ledger.aread(find_notification, each) for each in named]
    row, about = owed[0].notification, await matter(owed[0].incident.key)
    channel = cast(Channel, await here().contacted(row.contact.via, about.configuration))
    message = await page_message(about, owed)
    receipt, doubtful = await once(
        about.id,
        row.effect,
        channel.repeat_of(channel.deliver),
        lambda: channel.deliver(row.contact.to, message),
    )
    provider_id = Receipt.model_validate(receipt).provider_id
    for each in named:
        await ledger.awrite(notification_sent, each, provider_id, here().now(), uncertain=doubtful)
    return True
