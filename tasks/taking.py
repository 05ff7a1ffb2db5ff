"""How does somebody take a page, pass it on, or call in others, by a command?"""

from typing import assert_never

from incident.actions import PageLevel
from incident.commands import Acknowledge, PageTeam, PassOn
from ledger.by_hand import acknowledge_all, acknowledge_page
from ledger.calling_in import call_in_by_hand
from ledger.escalating import escalate_by_hand
from ledger.incidents import MANAGER_PURPOSE
from ledger.pages import find_page
from tasks.background import later
from tasks.incident import Matter
from tasks.runs import start_owed_runs
from tasks.speech import Reply, Said, about_it
from tasks.surroundings import here


async def take(said: Said, about: Matter, command: Acknowledge | PassOn | PageTeam) -> Reply:
    """Acknowledge, page the next level, or page somebody else as well.

    Raises:
        NotFoundError: whoever is to be paged is not known.
        TransitionError: the incident is over, or pages nobody.
    """
    match command:
        case Acknowledge():
            return await _acknowledge(said, about)
        case PassOn():
            return await _pass_on(said, about)
        case PageTeam():
            return await _page(said, about, command.whom)
        case _:
            assert_never(command)


async def _acknowledge(said: Said, about: Matter) -> Reply:
    ledger, now, key = here().ledger, here().now(), about.story.key
    if await _is_answered_by_page(said, about):
        purposes = await ledger.awrite(
            acknowledge_page, key, said.page or 0, said.person, via=said.via, now=now
        )
    else:
        purposes = await ledger.awrite(acknowledge_all, key, said.person, via=said.via, now=now)
    return about_it(said, about, "acknowledged" if purposes else "nobody_paged", purposes=purposes)


async def _pass_on(said: Said, about: Matter) -> Reply:
    ledger, purpose, step = here().ledger, MANAGER_PURPOSE, None
    if await _is_answered_by_page(said, about):
        answered = await ledger.aread(find_page, said.page or 0)
        purpose, step = answered.escalation.purpose, answered.page.step
    key, now = about.story.key, here().now()
    actions = await ledger.awrite(
        escalate_by_hand, key, said.person, via=said.via, now=now, purpose=purpose, step=step
    )
    later(f"{key}: paging the next level", start_owed_runs())
    paged = [action.label for action in actions if isinstance(action, PageLevel)]
    return about_it(said, about, "passed_on", paged=paged, reasons=[action.reason for action in actions])


async def _is_answered_by_page(said: Said, about: Matter) -> bool:
    """Was a page answered, and is it one of the incident that is meant?"""
    if said.page is None:
        return False
    return (await here().ledger.aread(find_page, said.page)).incident.key == about.story.key


async def _page(said: Said, about: Matter, whom: str) -> Reply:
    key, ledger = about.story.key, here().ledger
    called = await ledger.awrite(call_in_by_hand, key, whom, said.person, via=said.via, now=here().now())
    later(f"{key}: paging {called.name}", start_owed_runs())
    return about_it(said, about, "called_in", called=called)
