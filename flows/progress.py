"""Where does the story of an incident stand? A run asks the ledger, and goes on from there."""

from sqlmodel import Session

from incident.decisions import Question
from incident.lifecycle import Phase, Status
from ledger.incidents import find_incident, phase_finished
from ledger.questions import is_settled
from tasks.surroundings import here


async def ahead(incident: str, phase: Phase) -> bool:
    """Does this phase lie ahead, or was it begun and not finished?"""
    return not await here().ledger.aread(phase_finished, incident, phase)


async def settled(incident: str, question: Question) -> bool:
    """Was this asked, answered and acted on?"""
    return await here().ledger.aread(is_settled, incident, question)


async def status_of(incident: str) -> Status:
    """The incident's status now."""
    return await here().ledger.aread(_status, incident)


def _status(session: Session, key: str) -> Status:
    return find_incident(session, key).status
