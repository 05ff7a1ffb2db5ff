"""Who is woken next, and until when is an answer waited for?

The deeds of an escalation; plain functions of them serve the watchdog.
"""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from prefect import task
from prefect.cache_policies import NO_CACHE

from incident.actions import Exhausted
from incident.progress import Stage
from ledger.escalations import advance, find_escalation, finish_escalation, is_over
from ledger.pages import pages_owed_by, standing
from ledger.tables import EscalationRow
from tasks.channels import say
from tasks.incident import matter
from tasks.notify import Send, as_task, reach_person
from tasks.phase import carrying_on
from tasks.surroundings import here
from tasks.welcome import welcome

LOOK_AGAIN = timedelta(milliseconds=500)
"""How often a waiting level looks into the ledger for an acknowledgement, and for a method that is due."""

SHORTEST_WAIT = 0.05
"""Seconds; a timer that has just run out is looked at again at once."""

SENDING = 60.0
"""Seconds for what is still to be sent although somebody has acknowledged."""


@dataclass(frozen=True)
class Step:
    """What an escalation waits for; `seconds_left` is None when it is over, or sleeps until another run.

    `version` is the step that is waited for: who takes another one ends the wait.
    """

    label: str
    seconds_left: float | None
    version: int = 0


async def next_step(escalation: int) -> Step:
    """Take the step that is due, if any, and say what to wait for."""
    surroundings = here()
    now = surroundings.now()
    actions = await surroundings.ledger.awrite(advance, escalation, now)
    row, incident = await surroundings.ledger.aread(find_escalation, escalation)
    if any(isinstance(action, Exhausted) for action in actions):
        about = await matter(incident.key)
        async with carrying_on(about.id, "saying that nobody was reached"):
            await say(about, _once_per_opening("unreached", row), about.text("room/unreached.md"))
    if not await _is_waited_for(escalation, row.version):
        return Step("over", None)
    label = await surroundings.ledger.aread(standing, escalation)
    if row.next_at is None or row.stage is Stage.ACKNOWLEDGED:
        return Step(label, SENDING, row.version)
    return Step(label, max((row.next_at - now).total_seconds(), SHORTEST_WAIT), row.version)


@task(name="level", cache_policy=NO_CACHE)
async def level(escalation: int, version: int) -> str:
    """Page the people of a level by each method when it is due, until one of them acknowledges.

    Its time-out is the level's wait; it ends early when another step is taken by hand.
    """
    await send_owed(escalation, as_task)
    while await _is_waited_for(escalation, version):
        await asyncio.sleep(LOOK_AGAIN.total_seconds())
        await send_owed(escalation, as_task)
    row, _ = await here().ledger.aread(find_escalation, escalation)
    return f"acknowledged by {row.acknowledged_by}" if row.acknowledged_by else "nobody is needed any more"


async def send_owed(escalation: int, send: Send) -> bool:
    """Send what is due of an escalation's pages, side by side: of every level, or of a run that died.

    Returns whether anything left.
    """
    now = here().now() + timedelta.resolution  # what is due at this instant is due
    owed = await here().ledger.aread(pages_owed_by, escalation, now)
    return any(await asyncio.gather(*(reach_person(row.id or 0, send) for row in owed)))


async def close_escalation(escalation: int) -> str | None:
    """The climb is over: whoever answered is welcomed; returns who that is."""
    row, incident = await here().ledger.aread(find_escalation, escalation)
    if row.acknowledged_by:
        about = await matter(incident.key)
        async with carrying_on(about.id, "saying who acknowledged"):
            text = about.text("room/acknowledged.md", person=row.acknowledged_by)
            await say(about, _once_per_opening("acknowledged", row), text)
        await welcome(incident.key, row.acknowledged_by)
    await here().ledger.awrite(finish_escalation, escalation, here().now())
    return row.acknowledged_by


async def _is_waited_for(escalation: int, version: int) -> bool:
    """Is this step still the last one, and is there an answer to wait for or a page to be sent?"""
    row, _ = await here().ledger.aread(find_escalation, escalation)
    if row.version != version:
        return False
    now = here().now() + timedelta.resolution
    over = await here().ledger.aread(is_over, escalation)
    return not over or bool(await here().ledger.aread(pages_owed_by, escalation, now))


def _once_per_opening(effect: str, row: EscalationRow) -> str:
    """The name of an effect that is repeated only when the escalation was opened again."""
    again = f"/{row.progress.reopened}" if row.progress.reopened else ""
    return f"{effect}/{row.id}{again}"
