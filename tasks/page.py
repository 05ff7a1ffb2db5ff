"""Who is woken, how, and until when?

The deeds of an escalation; plain functions of them serve the watchdog.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from prefect import task
from prefect.cache_policies import NO_CACHE

from blocks.interfaces import Channel, PageMessage, Receipt
from incident.configuration import Contact
from incident.contacts import usable_contacts
from incident.errors import ConfigurationError, ConnectionFailure, InHand
from incident.escalation import Exhausted
from ledger.escalations import advance, find_escalation, finish_escalation, is_over
from ledger.pages import OwedPage, drop_if_over, find_page, page_failed, page_sent, pages_owed_by, standing
from tasks.channels import say
from tasks.incident import Matter, matter
from tasks.once import once, worth_retrying
from tasks.phase import carrying_on
from tasks.surroundings import here
from tasks.welcome import welcome

logger = logging.getLogger(__name__)

LOOK_AGAIN = timedelta(milliseconds=500)
"""How often a waiting level looks into the ledger for an acknowledgement."""

SHORTEST_WAIT = 0.05
"""Seconds; a timer that has just run out is looked at again at once."""

QUICK_RETRIES: list[float] = [1, 2]
"""Seconds before a page is tried again by the same method.

After that the next method of the person is used.
"""


Send = Callable[[int, str, Contact], Awaitable[None]]
"""Sends a page (its id) to a person by one of their contacts."""


@dataclass(frozen=True)
class Step:
    """What an escalation waits for; `seconds_left` is None when it is over."""

    label: str
    seconds_left: float | None


async def next_step(escalation: int) -> Step:
    """Take the step that is due, if any, and say what to wait for."""
    surroundings = here()
    now = surroundings.now()
    actions = await surroundings.ledger.awrite(advance, escalation, now)
    row, incident = await surroundings.ledger.aread(find_escalation, escalation)
    if any(isinstance(action, Exhausted) for action in actions):
        about = await matter(incident.key)
        async with carrying_on(about.id, "saying that nobody was reached"):
            await say(about, f"unreached/{escalation}", about.text("room/unreached.md"))
    if row.next_at is None:
        return Step("over", None)
    label = await surroundings.ledger.aread(standing, escalation)
    return Step(label, max((row.next_at - now).total_seconds(), SHORTEST_WAIT))


@task(name="level", cache_policy=NO_CACHE)
async def level(escalation: int) -> str:
    """Page the people of a level, then wait until one of them acknowledges.

    Its time-out is the level's wait.
    """
    await send_owed(escalation, as_task)
    while not await here().ledger.aread(is_over, escalation):  # noqa: ASYNC110  another process may write it
        await asyncio.sleep(LOOK_AGAIN.total_seconds())
    row, _ = await here().ledger.aread(find_escalation, escalation)
    return f"acknowledged by {row.acknowledged_by}" if row.acknowledged_by else "nobody is needed any more"


async def send_owed(escalation: int, send: Send) -> None:
    """Send the pages of an escalation that are owed, side by side: of this level, or of a run that died."""
    owed = await here().ledger.aread(pages_owed_by, escalation)
    await asyncio.gather(*(reach_person(row.id or 0, send) for row in owed))


async def reach_person(page_id: int, send: Send) -> None:
    """Page one person: by their first method, and by the next one when a provider fails."""
    surroundings = here()
    owed = await surroundings.ledger.aread(find_page, page_id)
    about = await matter(owed.incident.key)
    problems: list[str] = []
    for contact in _contacts(about, owed.page.person):
        if await surroundings.ledger.awrite(drop_if_over, page_id):
            return
        try:
            await send(page_id, owed.page.person, contact)
        except InHand:
            return
        except (ConnectionFailure, ConfigurationError) as failure:
            problems.append(f"{contact.via}: {failure}")
        except (
            Exception
        ) as surprise:  # a fault of ours in one method must not keep the next one from waking them
            logger.exception("page %s by %s", page_id, contact.via)
            problems.append(f"{contact.via}: {type(surprise).__name__}")
        else:
            return
    problem = "; ".join(problems) or "no way to reach them is configured"
    await surroundings.ledger.awrite(page_failed, page_id, problem, surroundings.now())


@task(
    name="page",
    retries=len(QUICK_RETRIES),
    retry_delay_seconds=QUICK_RETRIES,
    retry_condition_fn=worth_retrying,
    cache_policy=NO_CACHE,
)
async def page(page_id: int, contact: Contact) -> None:
    """Send one page by one method."""
    await send_page(page_id, contact)


async def as_task(page_id: int, person: str, contact: Contact) -> None:
    """Send a page so that the Prefect UI shows it."""
    await page.with_options(task_run_name=f"page {person} by {contact.via}")(page_id, contact)


async def by_hand(page_id: int, _person: str, contact: Contact) -> None:
    """Send a page without Prefect: for the watchdog."""
    await send_page(page_id, contact)


async def send_page(page_id: int, contact: Contact) -> None:
    """Send one page by one method, once."""
    surroundings = here()
    owed = await surroundings.ledger.aread(find_page, page_id)
    about = await matter(owed.incident.key)
    channel = cast(Channel, await surroundings.contacted(contact.via, about.configuration))
    message = page_message(about, owed)
    name = f"page/{page_id}/{contact.via}"
    receipt, doubtful = await once(
        about.id, name, channel.repeat, lambda: channel.deliver(contact.to, message)
    )
    provider_id = Receipt.model_validate(receipt).provider_id
    await surroundings.ledger.awrite(
        page_sent, page_id, contact.via, provider_id, surroundings.now(), uncertain=doubtful
    )


def page_message(about: Matter, owed: OwedPage) -> PageMessage:
    """What the page says, in the language of the person who is woken."""
    surroundings, row = here(), owed.page
    language = about.language_of(row.person)
    links = {
        "acknowledge_url": surroundings.links.acknowledge(
            row.id or 0, row.person, about.story.key, surroundings.now()
        ),
        "incident_url": surroundings.links.act(row.person, about.story.key, surroundings.now()),
    }
    values: dict[str, Any] = {"language": language, "person": row.person, "because": row.because, **links}
    return PageMessage(
        key=about.key_of(f"page/{row.id}"),
        incident=about.story.key,
        severity=about.story.severity,
        subject=about.text("page/subject.line", **values),
        text=about.text("page/body.txt", **values),
        html=about.text("page/body.html", **values),
        **links,
    )


async def close_escalation(escalation: int) -> str | None:
    """The climb is over: whoever answered is welcomed; returns who that is."""
    row, incident = await here().ledger.aread(find_escalation, escalation)
    if row.acknowledged_by:
        about = await matter(incident.key)
        async with carrying_on(about.id, "saying who acknowledged"):
            text = about.text("room/acknowledged.md", person=row.acknowledged_by)
            await say(about, f"acknowledged/{escalation}", text)
        await welcome(incident.key, row.acknowledged_by)
    await here().ledger.awrite(finish_escalation, escalation, here().now())
    return row.acknowledged_by


def _contacts(about: Matter, person: str) -> tuple[Contact, ...]:
    known = about.configuration.people.get(person)
    return usable_contacts(about.configuration, known) if known else ()
