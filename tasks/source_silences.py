"""How does a monitor learn that it is to keep quiet? Through its connection, once for each alert.

Monitors are told side by side, and one after the other at each of them, as with acknowledgements.
"""

import asyncio
import logging
from typing import cast

from blocks.interfaces import Silencer
from incident.errors import (
    ConfigurationError,
    ConnectionFailure,
    IncidentError,
    InHand,
    Rejected,
    RetryLater,
    UnknownOutcome,
)
from ledger.telling_silencers import (
    SilenceOwed,
    any_of_the_closed,
    due_at_silencer,
    end_those_of_the_closed,
    silence_failed,
    silence_told,
    silencers_due,
    take_silence,
)
from tasks.incident import Matter, matter
from tasks.once import once
from tasks.surroundings import here

logger = logging.getLogger(__name__)


async def keep_sources_quiet() -> int:
    """Tell every monitor what it is to be told now; returns how much they took."""
    ledger, now = here().ledger, here().now()
    if await ledger.aread(any_of_the_closed, now):
        await ledger.awrite(end_those_of_the_closed, now)
    silencers = await ledger.aread(silencers_due, now)
    return sum(await asyncio.gather(*(_tell(silencer) for silencer in silencers)))


async def _tell(silencer: str) -> int:
    """Tell one monitor, until it refuses to listen; returns how much it took."""
    told = 0
    for number in await here().ledger.aread(due_at_silencer, silencer, here().now()):
        owed = await here().ledger.awrite(take_silence, number, here().now())
        if owed is None:
            continue
        try:
            silence = await _settle(owed)
        except (InHand, UnknownOutcome):
            return told  # it stays taken for a while; the next try settles it
        except IncidentError as failure:
            await _failed(owed, failure)
            if not isinstance(failure, Rejected):
                return told
        else:
            await here().ledger.awrite(silence_told, owed, silence)
            told += 1
    return told


async def _settle(owed: SilenceOwed) -> str:
    """Make the silence, or end it; returns its id. One that is to end, and may be made, is made first."""
    about = await matter(owed.incident)
    silencer = cast(Silencer, await here().connected(owed.silencer, about.configuration))
    silence = await _made(owed, about, silencer)
    if not owed.wanted:
        name = f"unsilence/{owed.silencer}/{owed.number}"
        await once(owed.incident_id, name, silencer.repeat, lambda: silencer.expire(silence))
    return silence


async def _made(owed: SilenceOwed, about: Matter, silencer: Silencer) -> str:
    person = about.configuration.people.get(owed.person)
    author = person.name if person else owed.person
    comment = about.text("monitor/silenced.line", person=owed.person)
    name = f"silence/{owed.silencer}/{owed.number}"
    key = about.key_of(name)
    silence, _ = await once(
        owed.incident_id,
        name,
        silencer.repeat,
        lambda: silencer.silence(key, owed.matchers, owed.until, author, comment),
    )
    return str(silence)


async def _failed(owed: SilenceOwed, failure: IncidentError) -> None:
    known = isinstance(failure, ConnectionFailure | ConfigurationError)
    logger.warning(
        "%s could not be told of a silence: %s", owed.silencer, failure, exc_info=not known and failure
    )
    await here().ledger.awrite(
        silence_failed,
        owed.number,
        str(failure),
        here().now(),
        for_good=isinstance(failure, Rejected),
        after=failure.after if isinstance(failure, RetryLater) else None,
    )
