"""The page of heartbeats in every state that one can be in."""

from collections.abc import Iterator
from datetime import timedelta

from incident.configuration import Language
from incident.heartbeat import Heartbeat, Trouble, Watch
from templates.heartbeats import Awaited, HeartbeatsPage
from templates.pages import Page
from tests.stories import at

DAILY = Heartbeat(every=timedelta(days=1), grace=timedelta(minutes=30))
HOUR, CALLED = at(60), at(-60)
KNOWN = {
    "well": Watch(due_at=HOUR, called_at=CALLED),
    "waiting": Watch(due_at=HOUR),
    "late": Watch(due_at=at(1), called_at=CALLED),
    "running": Watch(due_at=HOUR, called_at=CALLED, began_at=at(-1)),
    "excused": Watch(due_at=HOUR, called_at=CALLED, excused_at=at(-5)),
    **{f"{each}": Watch(due_at=None, trouble=each, since=CALLED) for each in Trouble},
}


def heartbeats(language: Language) -> Iterator[tuple[str, Page]]:
    """With one of each, and with none."""
    frame = {"now": at(0), "language": language}
    awaited = tuple(Awaited(name, DAILY, watch) for name, watch in KNOWN.items())
    yield "heartbeats", HeartbeatsPage(awaited=awaited, **frame)
    yield "heartbeats, none", HeartbeatsPage(awaited=(), **frame)
