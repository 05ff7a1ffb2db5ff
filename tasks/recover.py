"""What is done when everything that an incident is about has recovered? Its manager is asked.

Told once per recovery, in the room and by mail. The form that waits proposes that it is resolved; an incident
of severity 3 may close itself when its time has come. The watchdog asks for both.
"""

import asyncio
from collections.abc import Awaitable, Iterable
from datetime import datetime
from typing import Any

from sqlmodel import Session

from incident.errors import InHand
from ledger.incidents import find_incident
from ledger.recovering import recoveries_to_tell
from ledger.self_closing import close_itself, closing_due
from tasks.channels import say
from tasks.incident import Matter, matter
from tasks.mail import send_mail
from tasks.phase import carrying_on
from tasks.surroundings import here


async def close_what_is_due() -> int:
    """Resolve every incident whose time has come to close itself; returns how many did."""
    ledger, now = here().ledger, here().now()
    due = await ledger.aread(closing_due, now)
    return await _all(ledger.awrite(close_itself, key, now) for key in due)


async def tell_recoveries() -> int:
    """Tell the managers of incidents that have just recovered; returns how many were told."""
    return await _all(_tell(key) for key in await here().ledger.aread(recoveries_to_tell))


async def _all(deeds: Iterable[Awaitable[bool]]) -> int:
    """Do them side by side; one that fails stops no other, and is raised when all have had their turn."""
    done = await asyncio.gather(*deeds, return_exceptions=True)
    for failure in done:
        if isinstance(failure, BaseException):
            raise failure
    return sum(each is True for each in done)


async def _tell(incident: str) -> bool:
    about = await matter(incident)
    since = about.story.recovered_at
    if since is None:
        return False  # it fires again
    occasion = f"recovered/{since:%Y%m%dT%H%M%S}"
    try:
        async with carrying_on(about.id, "saying in the room that everything has recovered"):
            await say(about, occasion, about.text("room/recovered.md"))
        await _write(about, occasion)
    except InHand:
        return False
    return await here().ledger.awrite(_told, incident, since, here().now())


async def _write(about: Matter, occasion: str) -> None:
    manager = about.story.manager
    person = about.configuration.people.get(manager or "")
    if manager is None or person is None:
        return
    asked = about.story.open_decision
    values: dict[str, Any] = {
        "language": about.language_of(manager),
        "decide_url": here().links.decide(manager, about.story.key, here().now()) if asked else "",
    }
    subject, text = (about.text(f"recovery/{part}", **values) for part in ("subject.line", "notice.txt"))
    await send_mail(about, occasion, person.email, subject, text)


def _told(session: Session, key: str, since: datetime, now: datetime) -> bool:
    incident = find_incident(session, key)
    if incident.recovered_at != since:
        return False  # another recovery, of which nobody has been told
    incident.recovery_told_at = now
    session.add(incident)
    return True
