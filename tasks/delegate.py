"""Phase 6: everybody who joined gets a role and a card that says what it means."""

from datetime import datetime

from prefect import task
from sqlmodel import Session

from incident.configuration import Role
from incident.lifecycle import Phase
from ledger.incidents import find_incident, give_role
from tasks.incident import matter
from tasks.phase import phase
from tasks.surroundings import here
from tasks.welcome import welcome


@task(name="6 delegate", task_run_name="6 delegate · {incident}", persist_result=True)
async def delegate(incident: str) -> dict[str, str]:
    """Whoever acknowledged has their role; what nobody holds is the manager's until somebody joins."""
    async with phase(incident, Phase.DELEGATE):
        about = await matter(incident)
        for person in about.story.people():
            await welcome(incident, person)
        return {role: about.story.holder(role) or about.story.manager or "nobody yet" for role in Role}


async def hand_over(incident: str, role: Role, person: str, by: str) -> None:
    """Another person takes a role over; they are welcomed, the history is kept."""
    await here().ledger.awrite(_hand_over, incident, role, person, by, here().now())
    await welcome(incident, person)


def _hand_over(session: Session, key: str, role: Role, person: str, by: str, now: datetime) -> None:
    give_role(session, find_incident(session, key), role, person, by, now)
