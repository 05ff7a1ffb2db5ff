"""Who learns that the room, the call or the ticket is there at last? Whoever is in the room."""

from collections.abc import Mapping
from datetime import datetime

from incident.resources import Owed
from incident.story import Fact
from incident.timeline import Kind
from tasks.channels import say, set_topic
from tasks.incident import Matter
from tasks.phase import carrying_on

SAID = frozenset(
    {
        Kind.ACKNOWLEDGED,
        Kind.SEVERITY,
        Kind.UPDATE,
        Kind.ROLE,
        Kind.NOTE,
        Kind.OBSERVATION,
        Kind.THEORY,
        Kind.EXPERIMENT,
    }
)
"""What those who come into a late room should read."""
AT_MOST = 15
"""Lines; the incident's page has them all."""

LATE = ("ticket", "call", "room")


async def tell_of_late(about: Matter, works: Mapping[str, Owed]) -> None:
    """Say in the room what has come late, and what happened before there was a room; once per thing."""
    late = [name for name in LATE if name in works]
    if not late:
        return
    since = min(works[name].since for name in late)
    meanwhile = facts_since(about.story.timeline, since) if "room" in late else ()
    async with carrying_on(about.id, "saying in the room what has come late"):
        text = about.text("room/late.md", late=late, since=since, meanwhile=meanwhile)
        await say(about, f"late/{'+'.join(late)}", text)
    if "room" not in late:  # the topic of a room that has just been made knows them
        await set_topic(about.story.key, f"late-{'-'.join(late)}")


def facts_since(timeline: tuple[Fact, ...], since: datetime) -> tuple[Fact, ...]:
    """What people said and decided since then, the newest at the end."""
    return tuple(fact for fact in timeline if fact.kind in SAID and fact.at >= since)[-AT_MOST:]
