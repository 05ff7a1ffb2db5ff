"""Where does the story of an incident stand? A run asks the ledger, and goes on from there."""

from sqlmodel import Session

from incident.decisions import Question
from incident.lifecycle import LIVE, Phase, Status
from ledger.incidents import find_incident, phase_finished
from ledger.questions import is_settled
from tasks.surroundings import here

NOTHING_TO_ASK = frozenset({Status.RESOLVED, Status.CLOSED, Status.MERGED})
"""It was merged, or resolved by a person or by itself."""


async def ahead(incident: str, phase: Phase) -> bool:
    """Does this phase lie ahead, or was it begun and not finished?"""
    if await status_of(incident) not in LIVE:
        return False
    return not await here().ledger.aread(phase_finished, incident, phase)


async def goes_on(incident: str) -> bool:
    """Is there still something to decide?"""
    return await status_of(incident) not in NOTHING_TO_ASK


async def settled(incident: str, question: Question) -> bool:
    """Was this asked, answered and acted on?"""
    return await here().ledger.aread(is_settled, incident, question)


async def status_of(incident: str) -> Status:
    """The incident's status now."""
    return await here().ledger.aread(_status, incident)


def _status(session: Session, key: str) -> Status:
    return find_incident(session, key).status
