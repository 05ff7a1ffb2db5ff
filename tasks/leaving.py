"""What is left to do about the questions of an incident that is over without them?"""

from incident.lifecycle import Status
from ledger.settling import leave_questions
from tasks.artifacts import Transition, reached
from tasks.incident import matter
from tasks.runs import withdraw_deadline
from tasks.surroundings import here

REACHED = {Status.MERGED: Transition.MERGED, Status.RESOLVED: Transition.RESOLVED}


async def leave(incident: str) -> None:
    """Nothing is asked any more: deadlines disappear from the upcoming runs, and automations are told."""
    for decision in await here().ledger.awrite(leave_questions, incident, here().now()):
        await withdraw_deadline(incident, decision, "nothing is left to be decided")
    status = (await matter(incident)).story.status
    if status in REACHED:
        await reached(incident, REACHED[status])
