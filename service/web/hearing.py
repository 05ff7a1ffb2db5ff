"""How is a message acted on once, however often its provider hands it over?"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

from incident.errors import LedgerUnavailable
from ledger.heard import first_time, heard, unheard
from tasks.surroundings import here

T = TypeVar("T")


async def heard_once(connection: str, message: str, act: Callable[[], Awaitable[T]], again: T) -> T:
    """Act on a message the first time, and answer `again` after that; what fails may be handed over again.

    At once, or half a minute later where the ledger or this process died over it. One without an id is
    always new.
    """
    if not await here().ledger.awrite(first_time, connection, message, here().now()):
        return again
    try:
        answer = await act()
    except BaseException:
        with suppress(LedgerUnavailable):
            await here().ledger.awrite(unheard, connection, message)
        raise
    await here().ledger.awrite(heard, connection, message, here().now())
    return answer
