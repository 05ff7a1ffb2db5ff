"""How does a question end? With the answer that won, or because nothing is left to be decided."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from incident.decisions import NOBODY, Question, Via
from incident.timeline import Kind
from ledger.answers import Given
from ledger.incidents import find_incident
from ledger.questions import open_question
from ledger.tables import DecisionRow, IncidentRow
from ledger.timeline import note

MERGED_INTO = "merged_into"
"""In the place of an answer: the question is one of another incident now."""


def settle(session: Session, row: DecisionRow, given: Given, why: str) -> None:
    """Write down the answer that wins, and why it does."""
    row.answered_at, row.answer, row.by, row.via = given.at, given.values, given.by, given.via
    session.add(row)
    text, by, via = f"{row.key}: {why}", given.by, given.via
    note(session, row.incident_id, given.at, Kind.DECIDED, text, by=by, via=via, answer=given.values)


def settle_by_rule(
    session: Session, incident: IncidentRow, answers: dict[Question, dict[str, Any]], why: str, now: datetime
) -> None:
    """Answer the question that stands, if any: nobody has to decide it any more."""
    if row := open_question(session, incident):
        settle(session, row, Given(answers[row.question], NOBODY, Via.RULE, now), why)


def settle_by_merging(
    session: Session, incident: IncidentRow, into: str, by: str, via: Via, now: datetime
) -> str:
    """The question that stands is asked at another incident; returns the run that waits for it, if any."""
    row = open_question(session, incident)
    if row is None:
        return ""
    why = f"nothing is left to decide here; {incident.key} is merged into {into}"
    settle(session, row, Given({MERGED_INTO: into}, by, via, now), why)
    return row.flow_run_id


def leave_questions(session: Session, key: str, now: datetime) -> list[str]:
    """The incident is over: its run goes on without asking; returns the questions that were settled."""
    incident = find_incident(session, key)
    query = select(DecisionRow).where(
        DecisionRow.incident_id == incident.id, col(DecisionRow.answered_at).is_not(None)
    )
    rows = session.exec(query.order_by(col(DecisionRow.id))).all()
    for row in rows:
        row.seen_at = row.seen_at or now
        session.add(row)
    return [row.key for row in rows]
