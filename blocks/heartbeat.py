"""How does somebody outside notice that we are gone? We call an address of theirs; silence is the alarm."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx

from blocks.interfaces import Repeat
from blocks.wire import Wire

TIME_LIMIT = timedelta(seconds=3)
"""Short, because the watchdog waits for it."""


@dataclass(frozen=True)
class Heartbeat:
    """An address to be called as long as all is well; whoever knows it could call it in our name."""

    url: str = field(repr=False)
    transport: httpx.AsyncBaseTransport | None = None

    async def beat(self, now: datetime) -> None:
        """Call it; anything but a 2xx in time is a ConnectionFailure, whose message does not name it."""
        wire = Wire(repeat=Repeat.SAFE, now=now, transport=self.transport, time_limit=TIME_LIMIT)
        await wire.send("GET", self.url, content=b"", headers={})
