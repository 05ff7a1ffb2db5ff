"""Which vendors' blocks does the contract suite run against? Each rig says how to build one and call it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from blocks.exchange import READING, HttpConnection
from tests.blocks.rigs import StoppedClock

Answering = Callable[[httpx.Request], httpx.Response]
Call = Callable[[Any], Awaitable[object]]


@dataclass(frozen=True)
class VendorRig:
    """One vendor's block.

    ``calls`` has every method of its interface with an example call; ``friendly`` plays the vendor on a good
    day. ``meant`` names statuses that tell a method something, so that they are no failures of it;
    ``address`` is of the kind that a channel takes.
    """

    block: Callable[[], HttpConnection]
    calls: Mapping[str, Call]
    secrets: tuple[str, ...]
    friendly: Answering
    meant: Mapping[str, frozenset[int]] = field(default_factory=dict)
    reads: frozenset[str] = frozenset()
    address: str = "ann@example.com"

    def wired(self, answer: Answering) -> HttpConnection:
        """The block with this other side."""
        block = self.block()
        block._transport, block._clock = httpx.MockTransport(answer), StoppedClock()
        return block

    def failing(self, method: str, failure: Answering) -> Answering:
        """Friendly where a method only reads before it writes; then the failure."""
        if method in self.reads:
            return failure
        return lambda request: (self.friendly if request.method in READING else failure)(request)
