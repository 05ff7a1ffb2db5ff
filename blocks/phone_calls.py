"""Who looks after a call once the page counts as sent? The process that made it, until the call has ended."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

from blocks.interfaces import Delivery
from blocks.sip_call import PhoneCall, Script
from incident.errors import ConnectionFailure, RetryLater

logger = logging.getLogger(__name__)

NEWS_WITHIN = timedelta(seconds=6.5)
"""For the phone to ring, so that there is time to hang up within the limit of a method."""
REMEMBERED = 200
"""Calls of which it is still known how they ended."""

Report = Callable[[Delivery], Awaitable[None]]

_UNREACHED = "nobody on the way to the phone answers"


@dataclass(frozen=True)
class PhoneCalls:
    """The calls of this process, by the key of their page."""

    news_within: timedelta = NEWS_WITHIN
    _going: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _known: dict[str, PhoneCall] = field(default_factory=dict)

    async def place(self, key: str, script: Script, report: Report, *, most: int) -> Delivery:
        """Make a call, and return once it rings; it goes on then. The same key finds the one that goes on.

        A call that is on its way through the networks counts as made, although nothing rings yet. How a call
        that was made has ended is reported.

        Raises:
            Rejected: it cannot be made.
            RetryLater: nothing rings, or as many calls as may be made at once go on.
        """
        if key not in self._going:
            if len(self._going) >= most:
                raise RetryLater(f"{most} calls go on already")
            self._begin(key, PhoneCall(script), report)
        task, call = self._going[key], self._known[key]
        ringing = asyncio.create_task(call.placed.wait())
        try:
            await asyncio.wait(
                {task, ringing}, timeout=self.news_within.total_seconds(), return_when=asyncio.FIRST_COMPLETED
            )
        except asyncio.CancelledError:
            await _hang_up(task)
            raise
        finally:
            ringing.cancel()
        return await _outcome(task, call)

    def state_of(self, key: str) -> Delivery | None:
        """What is known of a call that this process made."""
        call = self._known.get(key)
        return call.state if call else None

    async def ended(self, key: str) -> Delivery | None:
        """What became of a call, once it has ended."""
        if task := self._going.get(key):
            await asyncio.wait({task})
        return self.state_of(key)

    async def all_ended(self) -> None:
        """Wait until no call goes on."""
        while self._going:
            await asyncio.wait(self._going.values())

    def _begin(self, key: str, call: PhoneCall, report: Report) -> None:
        self._known.pop(key, None)
        self._known[key] = call
        for forgotten in list(self._known)[:-REMEMBERED]:
            del self._known[forgotten]
        self._going[key] = task = asyncio.create_task(_carried(call, report), name=f"phone call {key}")
        task.add_done_callback(lambda _: self._over(key, call, task))

    def _over(self, key: str, call: PhoneCall, task: "asyncio.Task[None]") -> None:
        self._going.pop(key, None)
        failure = None if task.cancelled() else task.exception()
        if isinstance(failure, ConnectionFailure) or failure is None:
            logger.info("phone call %s has ended: %s", key, call.state.detail)
        else:
            logger.error("phone call %s", key, exc_info=failure)


async def _carried(call: PhoneCall, report: Report) -> None:
    try:
        await call.carry()
    except ConnectionFailure:
        if call.counts_as_made:  # else whoever wanted the call is told
            await _reported(call.state, report)
        raise
    await _reported(call.state, report)


async def _reported(state: Delivery, report: Report) -> None:
    try:
        await report(state)
    except ConnectionFailure as failure:  # the escalation goes on by its own clock
        logger.warning("how a phone call ended could not be told: %s", failure)


async def _outcome(task: "asyncio.Task[None]", call: PhoneCall) -> Delivery:
    if task.done():
        await task  # says why nothing rang
    elif not (call.placed.is_set() or call.is_taken):
        await _hang_up(task)
        raise RetryLater(_UNREACHED)
    call.counts_as_made = True
    return call.state


async def _hang_up(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.wait({task})
