"""How is a message acted on once, however often its provider hands it over?"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from ledger.heard import first_time, unheard
from tasks.surroundings import here

T = TypeVar("T")


async def heard_once(connection: str, message: str, act: Callable[[], Awaitable[T]], again: T) -> T:
    """Act on a message the first time, and answer `again` after that; what fails may be handed over again.

    One without an id is always new.
    """
    if not await here().ledger.awrite(first_time, connection, message, here().now()):
        return again
    try:
        return await act()
    except BaseException:
        await here().ledger.awrite(unheard, connection, message)
        raise
