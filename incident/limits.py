"""How fast may pages go through a provider? Its limit, and when the next message has its turn.

The limits of known vendors are the table below; docs/connections.md names the source of each. A connection
may say its own. What is over the limit waits for its turn and brings along whatever else waits for the same
contact by then, so that a storm becomes bundles; the first page to somebody never waits.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from pydantic import BaseModel, ConfigDict

from incident.configuration import Configuration
from incident.duration import write_duration

LULL = timedelta(minutes=1)
"""When nothing has gone to a contact for so long, the next page is a first one."""


class Scope(StrEnum):
    """What a limit counts together."""

    CONNECTION = "connection"
    CONTACT = "contact"


class Limit(BaseModel):
    """So many messages within any time as long as this."""

    model_config = ConfigDict(frozen=True)

    messages: int
    within: timedelta
    counts: Scope = Scope.CONNECTION

    def __str__(self) -> str:
        return f"{self.messages} in {write_duration(self.within)}"


_SECOND, _MINUTE = timedelta(seconds=1), timedelta(minutes=1)

OF_VENDORS: Mapping[str, Limit] = MappingProxyType(
    {
        "slack-pager": Limit(messages=1, within=_SECOND, counts=Scope.CONTACT),
        "twilio-text": Limit(messages=1, within=_SECOND),
        "twilio-call": Limit(messages=1, within=_SECOND),
        "pagerduty-pager": Limit(messages=120, within=_MINUTE),
        "matrix-pager": Limit(messages=10, within=timedelta(seconds=50)),
        "ntfy-push": Limit(messages=60, within=timedelta(minutes=5)),
    }
)
"""By block type: what is known to be refused or queued when it is faster."""


def limit_of(configuration: Configuration, via: str) -> Limit | None:
    """The limit of a connection: what the file says, else what its vendor is known to have."""
    connection = configuration.connections.get(via)
    if connection is None:
        return None
    if connection.per_second is not None:
        return Limit(messages=connection.per_second, within=_SECOND)
    if connection.per_minute is not None:
        return Limit(messages=connection.per_minute, within=_MINUTE)
    return OF_VENDORS.get(connection.slug)


def turn(limit: Limit, taken: Sequence[datetime], now: datetime) -> datetime:
    """The first instant from now on at which one more message is within the limit.

    `taken` are the instants of messages that went, and of those that have their turn to come.
    """
    known = sorted(taken)
    candidates = (now, *(at + limit.within for at in known if at + limit.within > now))
    return next(at for at in candidates if _used(limit, known, at) < limit.messages)


def _used(limit: Limit, known: Sequence[datetime], at: datetime) -> int:
    """How many of those, in their order, count at an instant: they went within the time before it."""
    return bisect_right(known, at) - bisect_right(known, at - limit.within)
