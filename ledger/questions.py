"""Which questions were put to incident managers, and which of them wait?"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from incident.decisions import Question
from incident.errors import NotFoundError
from incident.recovery import proposed_step
from incident.timeline import Kind
from ledger.configurations import configuration_of
from ledger.incidents import find_incident
from ledger.runs import DEADLINE, owe_run
from ledger.tables import DecisionRow, IncidentRow
from ledger.timeline import note

LONGEST_PROPOSAL = 1000
"""Characters of a title that a proposal repeats: an answer has a limit, and the proposal must be one."""


def put_question(
    session: Session,
    incident: IncidentRow,
    question: Question,
    name: str,
    flow_run_id: str,
    problems: tuple[str, ...],
    now: datetime,
) -> DecisionRow:
    """Write a question with its proposal and its deadline, and owe the run that settles it then."""
    deadlines = configuration_of(session, incident).deadlines.of(incident.severity)
    allowed = deadlines.assess if question is Question.ASSESS else deadlines.resolve
    assert incident.id is not None, "an incident that was found has its id"
    row = DecisionRow(
        incident_id=incident.id,
        key=name,
        question=question,
        proposal=proposal_for(question, incident),
        reason=incident.severity_reason if question is Question.ASSESS else "",
        problems=problems,
        asked_at=now,
        due_at=now + allowed,
        flow_run_id=flow_run_id,
    )
    session.add(row)
    note(session, row.incident_id, now, Kind.ASKED, f"{name}: an answer is due by {row.due_at:%H:%M:%S UTC}")
    _owe_deadline(session, incident, row, now)
    return row


def question_of(session: Session, incident: IncidentRow, name: str) -> DecisionRow | None:
    """A question of an incident that was found, or None."""
    query = select(DecisionRow).where(DecisionRow.incident_id == incident.id, DecisionRow.key == name)
    return session.exec(query).first()


def find_decision(session: Session, key: str, decision: str) -> tuple[DecisionRow, IncidentRow]:
    """A question by its key, such as assess-1, and its incident.

    Raises:
        NotFoundError: there is no such question.
    """
    incident = find_incident(session, key)
    row = question_of(session, incident, decision)
    if row is None:
        raise NotFoundError(f"{key} has no question {decision}")
    return row, incident


def next_number(session: Session, key: str, question: Question) -> int:
    """The number of the question to go on with: the first that is not done with, else a new one."""
    rows = _asked(session, key, question)
    return next((number for number, row in enumerate(rows, 1) if row.done_at is None), len(rows) + 1)


def is_settled(session: Session, key: str, question: Question) -> bool:
    """Was a question of this kind answered, and everything done that the answer asks for?"""
    return any(row.done_at and row.answer for row in _asked(session, key, question))


def open_decision(session: Session, key: str) -> DecisionRow | None:
    """The question of an incident that waits for an answer."""
    return open_question(session, find_incident(session, key))


def open_question(session: Session, incident: IncidentRow) -> DecisionRow | None:
    """The same of an incident that was found."""
    waiting = DecisionRow.incident_id == incident.id, col(DecisionRow.answered_at).is_(None)
    return session.exec(select(DecisionRow).where(*waiting).order_by(col(DecisionRow.id))).first()


def has_unseen_answer(session: Session, flow_run_id: str) -> bool:
    """Does a run have to go on because a question of it was answered?"""
    unseen = col(DecisionRow.answered_at).is_not(None), col(DecisionRow.seen_at).is_(None)
    query = select(DecisionRow.id).where(DecisionRow.flow_run_id == flow_run_id, *unseen)
    return session.exec(query).first() is not None


def _asked(session: Session, key: str, question: Question) -> Sequence[DecisionRow]:
    incident = find_incident(session, key)
    query = select(DecisionRow).where(
        DecisionRow.incident_id == incident.id, DecisionRow.question == question
    )
    return session.exec(query.order_by(col(DecisionRow.id))).all()


def proposal_for(question: Question, incident: IncidentRow) -> dict[str, Any]:
    """What the form of a question proposes."""
    if question is Question.RESOLVE:
        return proposed_step(incident.recovered_at)
    return {
        "is_incident": True,
        "severity": int(incident.severity_proposed),
        "impact": f"Not assessed by a person yet; the alert says: {incident.title[:LONGEST_PROPOSAL]}",
    }


def answer_at_deadline(row: DecisionRow) -> dict[str, Any]:
    """What counts when nobody has answered: the proposal, but that an impact has ended says a person."""
    return proposed_step(None) if row.question is Question.RESOLVE else row.proposal


def _owe_deadline(session: Session, incident: IncidentRow, row: DecisionRow, now: datetime) -> None:
    owe_run(
        session,
        incident,
        DEADLINE,
        row.key,
        now,
        parameters={"incident": incident.key, "decision": row.key},
        name=f"{incident.key} · deadline · {row.key}",
        due_at=row.due_at,
    )
