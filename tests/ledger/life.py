"""How does an incident in these tests come to be assessed, asked about, resolved?"""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from incident.decisions import Assessment, Question, Via
from incident.severity import Severity
from ledger import incidents
from ledger.decisions import Asked, Verdict, answer, ask
from ledger.incidents import find_incident
from tests.ledger.desk import START, Desk, at

ASSESSMENT: dict[str, Any] = {"severity": 2, "impact": "Nobody can pay."}


def assess(desk: Desk, minutes: float = 5, key: str = "INC-1", **changes: Any) -> None:
    """The manager, alice, says how bad it is."""
    desk.ledger.write(_assess, key, Assessment.model_validate(ASSESSMENT | changes), at(minutes))


def ask_about(
    desk: Desk, question: Question = Question.ASSESS, number: int = 1, now: datetime = START
) -> Asked:
    """The run asks its question."""
    return desk.ledger.write(ask, "INC-1", question, number, "run-1", now)


def give(desk: Desk, minutes: float = 1, by: str = "alice", via: Via = Via.WEB, **changes: Any) -> Verdict:
    """Somebody answers the first question."""
    values = {"severity": int(Severity.MAJOR), "impact": "Nobody can pay."} | changes
    return desk.ledger.write(answer, "INC-1", "assess-1", values, by=by, via=via, now=at(minutes))


def _assess(session: Session, key: str, assessment: Assessment, now: datetime) -> None:
    incidents.assess(session, find_incident(session, key), assessment, "alice", now)
