"""How does an incident get what a tool did not give it? It is tried again, thing by thing, until it is there.

The effects are those of the flow, by the same names, so that nothing is made twice: what the flow has done
meanwhile is found done, what it does at this moment is left to it, and a claim left open is settled by
looking for our key at the vendor.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from blocks.interfaces import TicketState
from incident.story import Audience
from ledger.repairs import drop, plan, put_off, settle
from ledger.story import attempted, owed_to
from tasks import ticket
from tasks.call import end_call, make_call
from tasks.channels import (
    archive_room,
    invite,
    make_room,
    pin,
    restore_status,
    say,
    set_status,
    set_topic,
)
from tasks.detect import register
from tasks.incident import Matter, matter
from tasks.late import tell_of_late
from tasks.phase import owing
from tasks.standing_in import serve_meanwhile
from tasks.surroundings import here
from tasks.tell import publish_newest

Deed = Callable[[Matter, str], Awaitable[None]]


async def repair(incident: str, *, alone: bool = False) -> tuple[str, ...]:
    """Try whatever is due for an incident; returns what works now. `alone`: no flow makes the set-up.

    Each thing is tried once, in the order in which they build on each other: a room that is there at last
    gets its text, its topic and its people in the same go. What was owed is owed until everybody is told.
    """
    about = await matter(incident)
    owed = await here().ledger.aread(owed_to, about.id)
    tried: list[str] = []
    while todo := [name for name in await _todo(about, alone=alone) if name not in tried]:
        for name in todo:  # what they make possible comes in the next round
            tried.append(name)
            kind, _, detail = name.partition("/")
            await DEEDS[kind](await matter(incident), detail)
    effects = await here().ledger.aread(attempted, about.id)
    works = tuple(name for name in dict.fromkeys([*owed, *tried]) if effects.get(name))
    late = {name: owed[name] for name in works if name in owed}
    await tell_of_late(await matter(incident), late)
    for name in works:
        await here().ledger.awrite(settle, about.id, name, here().now())
    await here().ledger.awrite(put_off, about.id, [name for name in tried if name not in works], here().now())
    return works


async def _todo(about: Matter, *, alone: bool) -> list[str]:
    """What should be tried now; what is of no use any more is forgotten on the way."""
    planned = await here().ledger.aread(plan, about.story.key, here().now(), alone=alone)
    if planned.dropped:
        await here().ledger.awrite(drop, about.id, planned.dropped.keys())
    return list(planned.todo)


async def _room(about: Matter, _: str) -> None:
    async with owing(about.id, "room"):
        await make_room(about)
    await serve_meanwhile(about, "room")


async def _call(about: Matter, detail: str) -> None:
    if detail == "end":
        return await end_call(about)
    async with owing(about.id, "call"):
        await make_call(about)
    return await serve_meanwhile(about, "call")


async def _announce(about: Matter, occasion: str) -> None:
    async with owing(about.id, f"say/{occasion}"):
        await say(about, occasion, about.text("room/opened.md"))


async def _pin(about: Matter, occasion: str) -> None:
    async with owing(about.id, f"pin/{occasion}"):
        await pin(about, occasion)


async def _ticket(about: Matter, detail: str) -> None:
    if not detail:
        async with owing(about.id, "ticket"):
            await register(about)
    elif detail.startswith("link/"):
        await ticket.link(about, detail.removeprefix("link/"))
    else:
        await TICKET_STEPS[detail](about)


TICKET_STEPS: Mapping[str, Callable[[Matter], Awaitable[None]]] = {
    "in-progress": partial(ticket.move, to=TicketState.IN_PROGRESS),
    "resolved": partial(ticket.move, to=TicketState.RESOLVED),
    "final": ticket.tell_the_end,
    "close": ticket.close_ticket,
}
DEEDS: Mapping[str, Deed] = {
    "ticket": _ticket,
    "call": _call,
    "room": _room,
    "say": _announce,
    "pin": _pin,
    "topic": lambda about, occasion: set_topic(about.story.key, occasion),
    "invite": lambda about, person: invite(about.story.key, person),
    "status": set_status,
    "status-back": restore_status,
    "status-page": lambda about, which: publish_newest(about.story.key, Audience(which.partition("/")[0])),
    "archive": lambda about, _: archive_room(about),
}
"""What is done for each kind of thing; the rest of its name says which one."""
