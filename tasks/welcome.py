"""What does somebody get who joins?

The room, the card of their role, and the question that waits for them.
"""

from typing import Any

from blocks.interfaces import TicketState
from incident.configuration import Role
from tasks import ticket
from tasks.channels import invite, say, show_busy
from tasks.incident import Matter, matter
from tasks.mail import send_mail
from tasks.phase import carrying_on
from tasks.surroundings import here


async def welcome(incident: str, person: str) -> None:
    """Bring a person in and give them the cards of the roles they hold. Doing it again changes nothing."""
    await invite(incident, person)
    about = await matter(incident)
    await ticket.move(about, TicketState.IN_PROGRESS)
    for role in Role:
        if about.story.holder(role) == person:
            await _give_card(about, person, role)
    if about.story.manager == person:
        await show_busy(incident, person)
        await announce_question(incident)


async def announce_question(incident: str) -> None:
    """Tell the manager about the question that waits, in the room and by a mail with a link to answer it."""
    about = await matter(incident)
    decision, manager = about.story.open_decision, about.story.manager
    if decision is None:
        return
    async with carrying_on(about.id, "putting the question into the room"):
        await say(about, f"asked/{decision.key}", about.text("room/asked.md", decision=decision))
    person = about.configuration.people.get(manager or "")
    if manager is None or person is None:
        return
    values: dict[str, Any] = {
        "language": about.language_of(manager),
        "decision": decision,
        "decide_url": here().links.decide(manager, incident, here().now()),
    }
    parts = ("subject.line", "notice.txt", "notice.html")
    subject, text, html = (about.text(f"decision/{part}", **values) for part in parts)
    await send_mail(about, decision.key, person.email, subject, text, html)


async def _give_card(about: Matter, person: str, role: Role) -> None:
    known = about.configuration.people.get(person)
    async with carrying_on(about.id, "naming the roles in the room"):
        await say(about, f"role/{role}/{person}", about.text("room/role.md", person=person, role=role))
    if known:
        values: dict[str, Any] = {"language": about.language_of(person), "person": person, "role": role}
        subject, text = (about.text(f"role-card/{part}", **values) for part in ("subject.line", "notice.txt"))
        await send_mail(about, f"role-card/{role}", known.email, subject, text)
