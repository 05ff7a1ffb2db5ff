"""What was asked of the incident manager, and which answer was first?

Whatever door an answer comes through, `answer` is where it is decided whether it counts: the first valid one wins by a
conditional write, the others are kept as late or as invalid.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Session, col, desc, select

from incident.configuration import Role
from incident.decisions import NOBODY, Answer, Question, Via, read_answer
from incident.errors import NotFoundError
from incident.lifecycle import LIVE
from incident.timeline import Kind
from ledger.configurations import configuration_of
from ledger.escalations import start_escalation
from ledger.incidents import find_incident
from ledger.runs import DEADLINE, owe_run
from ledger.tables import AnswerRow, DecisionRow, IncidentRow
from ledger.timeline import note


class Standing(StrEnum):
    """How far a question has come."""

    OPEN = "open"
    JUST_ANSWERED = "just answered"
    SETTLED = "settled"


@dataclass(frozen=True)
class Asked:
    """A question that stands, and whether it waits for its answer."""

    key: str
    question: Question
    due_at: datetime
    proposal: dict[str, Any]
    problems: tuple[str, ...]
    answered: bool


@dataclass(frozen=True)
class Verdict:
    """What became of an answer: it won, or it came late (then `by` had won)."""

    won: bool
    by: str
    via: Via
    flow_run_id: str


def ask(
    session: Session,
    key: str,
    question: Question,
    number: int,
    flow_run_id: str,
    now: datetime,
    *,
    problems: tuple[str, ...] = (),
) -> Asked:
    """Ask a question with its proposal and its deadline; asking again returns the question that stands."""
    incident = find_incident(session, key)
    name = f"{question}-{number}"
    row = _find(session, incident, name) or _ask(
        session, incident, question, name, flow_run_id, now, problems
    )
    answered = row.answered_at is not None
    return Asked(row.key, row.question, row.due_at, row.proposal, row.problems, answered)


def answer(
    session: Session, key: str, decision: str, values: dict[str, Any], *, by: str, via: Via, now: datetime
) -> Verdict:
    """Give an answer: the first one wins.

    Raises:
        AnswerError: it cannot be acted on; nothing has changed but a line that it was given (`keep_invalid`).
        NotFoundError: there is no such question.
    """
    incident = find_incident(session, key)
    row = _find(session, incident, decision, lock=True)
    if row is None:
        raise NotFoundError(f"{key} has no question {decision}")
    if row.answered_at is not None:
        return _late(session, row, values, by, via, now)
    read_answer(row.question, values, frozenset(configuration_of(session, incident).people))
    row.answered_at, row.answer, row.by, row.via = now, values, by, via
    session.add(row)
    who = "nobody decided in time, the proposal is used" if via is Via.DEADLINE else f"{by} answered"
    note(session, row.incident_id, now, Kind.DECIDED, f"{row.key}: {who}", by=by, via=via, answer=values)
    return Verdict(True, by, via, row.flow_run_id)


def keep_invalid(
    session: Session,
    key: str,
    decision: str,
    values: dict[str, Any],
    problems: Sequence[str],
    *,
    by: str,
    via: Via,
    now: datetime,
) -> None:
    """Remember an answer that could not be acted on."""
    incident = find_incident(session, key)
    row = _find(session, incident, decision)
    if row is None:
        raise NotFoundError(f"{key} has no question {decision}")
    session.add(
        AnswerRow(decision_id=row.id or 0, at=now, by=by, via=via, given=values, problems=tuple(problems))
    )
    text = f"{row.key}: the answer of {by} cannot be used: {'; '.join(problems)}"
    note(session, row.incident_id, now, Kind.INVALID_ANSWER, text, by=by, via=via)


def use_up_form(
    session: Session,
    key: str,
    decision: str,
    values: dict[str, Any],
    problems: Sequence[str],
    by: str,
    now: datetime,
) -> None:
    """A Prefect form that cannot be acted on: its run has gone on already, so the question is asked anew as the next."""
    keep_invalid(session, key, decision, values, problems, by=by, via=Via.PREFECT, now=now)
    row = _find(session, find_incident(session, key), decision, lock=True)
    if row and row.answered_at is None:
        row.answered_at, row.answer, row.by, row.via, row.seen_at = now, {}, NOBODY, Via.PREFECT, now
        session.add(row)


def standing_of(session: Session, key: str, decision: str) -> Standing:
    """Does a question wait, and has its run seen what became of it?"""
    row = find_decision(session, key, decision)
    if row.answered_at is None:
        return Standing.OPEN
    return Standing.SETTLED if row.seen_at else Standing.JUST_ANSWERED


def problems_of(session: Session, key: str, decision: str) -> tuple[str, ...]:
    """Why the form of a question could not be acted on."""
    row = find_decision(session, key, decision)
    invalid = session.exec(
        select(AnswerRow).where(AnswerRow.decision_id == row.id).order_by(desc(col(AnswerRow.id)))
    )
    return next((given.problems for given in invalid if given.problems), ())


def answer_of(session: Session, key: str, decision: str, now: datetime) -> tuple[Answer, str, Via] | None:
    """The answer that won, or None while the question is open; the run that asks goes on with it."""
    incident = find_incident(session, key)
    row = _find(session, incident, decision)
    if row is None or row.answer is None or not row.answer:
        return None
    if row.seen_at is None:
        row.seen_at = now
        session.add(row)
    people = frozenset(configuration_of(session, incident).people)
    return read_answer(row.question, row.answer, people), row.by or NOBODY, row.via or Via.DEADLINE


def open_decision(session: Session, key: str) -> DecisionRow | None:
    """The question of an incident that waits for an answer."""
    incident = find_incident(session, key)
    query = select(DecisionRow).where(
        DecisionRow.incident_id == incident.id, col(DecisionRow.answered_at).is_(None)
    )
    return session.exec(query.order_by(col(DecisionRow.id))).first()


def find_decision(session: Session, key: str, decision: str) -> DecisionRow:
    """A question by its key, such as assess-1.

    Raises:
        NotFoundError: there is no such question.
    """
    row = _find(session, find_incident(session, key), decision)
    if row is None:
        raise NotFoundError(f"{key} has no question {decision}")
    return row


def decisions_overdue(session: Session, before: datetime) -> Sequence[tuple[DecisionRow, IncidentRow]]:
    """Open questions of live incidents whose deadline passed before this instant."""
    query = (
        select(DecisionRow, IncidentRow)
        .join(IncidentRow, col(DecisionRow.incident_id) == IncidentRow.id)
        .where(
            col(DecisionRow.answered_at).is_(None),
            col(DecisionRow.due_at) < before,
            col(IncidentRow.status).in_(LIVE),
        )
    )
    return list(session.exec(query))


def decisions_unseen(session: Session, before: datetime) -> Sequence[DecisionRow]:
    """Answered questions whose run has not gone on since: it has to be resumed."""
    query = select(DecisionRow).where(
        col(DecisionRow.answered_at) < before,
        col(DecisionRow.seen_at).is_(None),
        DecisionRow.flow_run_id != "",
    )
    return session.exec(query).all()


def _ask(
    session: Session,
    incident: IncidentRow,
    question: Question,
    name: str,
    flow_run_id: str,
    now: datetime,
    problems: tuple[str, ...],
) -> DecisionRow:
    configuration = configuration_of(session, incident)
    deadlines = configuration.deadlines.of(incident.severity)
    allowed = deadlines.assess if question is Question.ASSESS else deadlines.resolve
    row = DecisionRow(
        incident_id=incident.id or 0,
        key=name,
        question=question,
        proposal=_proposal(question, incident),
        reason=incident.severity_reason if question is Question.ASSESS else "",
        problems=problems,
        asked_at=now,
        due_at=now + allowed,
        flow_run_id=flow_run_id,
    )
    session.add(row)
    session.flush()
    note(session, row.incident_id, now, Kind.ASKED, f"{name}: an answer is due by {row.due_at:%H:%M:%S UTC}")
    owe_run(
        session,
        incident,
        DEADLINE,
        name,
        now,
        parameters={"incident": incident.key, "decision": name},
        name=f"{incident.key} · deadline · {name}",
        due_at=row.due_at,
    )
    return row


def _proposal(question: Question, incident: IncidentRow) -> dict[str, Any]:
    if question is Question.RESOLVE:
        return {"step": "continue"}
    return {
        "is_incident": True,
        "severity": int(incident.severity_proposed),
        "impact": f"Not assessed by a person yet; the alert says: {incident.title}",
    }


def _late(
    session: Session, row: DecisionRow, values: dict[str, Any], by: str, via: Via, now: datetime
) -> Verdict:
    winner, door = row.by or NOBODY, row.via or Via.DEADLINE
    if via is not Via.DEADLINE:
        session.add(AnswerRow(decision_id=row.id or 0, at=now, by=by, via=via, given=values))
        text = f"{row.key}: {by} answered too, after {winner}; it is kept and changes nothing"
        note(session, row.incident_id, now, Kind.LATE_ANSWER, text, by=by, via=via)
    return Verdict(False, winner, door, row.flow_run_id)


def _find(session: Session, incident: IncidentRow, name: str, *, lock: bool = False) -> DecisionRow | None:
    query = select(DecisionRow).where(DecisionRow.incident_id == incident.id, DecisionRow.key == name)
    return session.exec(query.with_for_update() if lock else query).first()


def settle_overdue(session: Session, key: str, decision: str, now: datetime) -> Verdict | None:
    """The deadline passed: answer with the proposal, say so, and page one level further. None: answered before."""
    incident = find_incident(session, key)
    row = find_decision(session, key, decision)
    if row.answered_at is not None or now < row.due_at or incident.status not in LIVE:
        return None
    note(
        session,
        row.incident_id,
        now,
        Kind.OVERDUE,
        f"{decision}: nobody decided by {row.due_at:%H:%M:%S UTC}",
    )
    verdict = answer(session, key, decision, row.proposal, by=NOBODY, via=Via.DEADLINE, now=now)
    policy = configuration_of(session, incident).services[incident.service].policy
    start_escalation(
        session, incident, f"nobody answered {decision}", policy, now, role=Role.MANAGER, level=1
    )
    return verdict
