"""What was asked of the incident manager, and which answer was first?

Whatever door an answer comes through, `answer` decides whether it counts: the incident is held, so the first
valid one wins, and the others are kept as late or as invalid. Saying the same again changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Session, col, desc, select

from incident.configuration import Role
from incident.decisions import NOBODY, Answer, Question, Via, read_answer
from incident.lifecycle import LIVE
from incident.timeline import Kind
from ledger.answers import Given, keep_answer
from ledger.configurations import configuration_of
from ledger.escalations import start_escalation
from ledger.incidents import find_incident
from ledger.questions import answer_at_deadline, find_decision, put_question, question_of
from ledger.settling import MERGED_INTO, settle
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
    incident, name = find_incident(session, key), f"{question}-{number}"
    row = question_of(session, incident, name)
    if row is None:
        row = put_question(session, incident, question, name, flow_run_id, problems, now)
    answered = row.answered_at is not None
    return Asked(row.key, row.question, row.due_at, row.proposal, row.problems, answered)


def answer(
    session: Session, key: str, decision: str, values: dict[str, Any], *, by: str, via: Via, now: datetime
) -> Verdict:
    """Give an answer: the first one wins.

    Raises:
        AnswerError: it cannot be acted on; nothing has changed, `keep_invalid` remembers it.
        NotFoundError: there is no such question.
    """
    row, incident = find_decision(session, key, decision)
    if row.answered_at is not None:
        return _late(session, row, Given(values, by, via, now))
    read_answer(row.question, values, frozenset(configuration_of(session, incident).people))
    who = "nobody decided in time, the proposal is used" if via is Via.DEADLINE else f"{by} answered"
    settle(session, row, Given(values, by, via, now), who)
    return Verdict(won=True, by=by, via=via, flow_run_id=row.flow_run_id)


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
    row, _ = find_decision(session, key, decision)
    if keep_answer(session, row, Given(values, by, via, now), tuple(problems)):
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
    """A Prefect form that cannot be acted on: its run has gone on, so the question is asked anew."""
    keep_invalid(session, key, decision, values, problems, by=by, via=Via.PREFECT, now=now)
    row, _ = find_decision(session, key, decision)
    if row.answered_at is None:
        row.answered_at, row.answer, row.by, row.via = now, {}, NOBODY, Via.PREFECT
        row.seen_at = row.done_at = now
        session.add(row)


def decision_done(session: Session, key: str, decision: str, now: datetime) -> None:
    """Everything that an answer asks for was done: a run that starts again goes on behind it."""
    row, _ = find_decision(session, key, decision)
    if row.done_at is None:
        row.done_at = now
        session.add(row)


def standing_of(session: Session, key: str, decision: str) -> Standing:
    """Does a question wait, and has its run seen what became of it?"""
    row, _ = find_decision(session, key, decision)
    if row.answered_at is None:
        return Standing.OPEN
    return Standing.SETTLED if row.seen_at else Standing.JUST_ANSWERED


def problems_of(session: Session, key: str, decision: str) -> tuple[str, ...]:
    """Why the form of a question could not be acted on."""
    row, _ = find_decision(session, key, decision)
    given = select(AnswerRow).where(AnswerRow.decision_id == row.id).order_by(desc(col(AnswerRow.id)))
    return next((each.problems for each in session.exec(given) if each.problems), ())


def answer_of(session: Session, key: str, decision: str, now: datetime) -> tuple[Answer, str, Via] | None:
    """The answer that won; the run that asks goes on with it. None: open, used up, or merged with another."""
    row, incident = find_decision(session, key, decision)
    if row.answered_at is None:
        return None
    if row.seen_at is None:
        row.seen_at = now
        session.add(row)
    if not row.answer or MERGED_INTO in row.answer:
        return None
    people = frozenset(configuration_of(session, incident).people)
    return read_answer(row.question, row.answer, people), row.by or NOBODY, row.via or Via.DEADLINE


def settle_overdue(session: Session, key: str, decision: str, now: datetime) -> Verdict | None:
    """The deadline passed: use the proposal, say so, and page one level further. None: nothing to settle."""
    row, incident = find_decision(session, key, decision)
    if row.answered_at is not None or now < row.due_at or incident.status not in LIVE:
        return None
    text = f"{decision}: nobody decided by {row.due_at:%H:%M:%S UTC}"
    note(session, row.incident_id, now, Kind.OVERDUE, text)
    verdict = answer(session, key, decision, answer_at_deadline(row), by=NOBODY, via=Via.DEADLINE, now=now)
    policy = configuration_of(session, incident).services[incident.service].policy
    purpose = f"nobody answered {decision}"
    start_escalation(session, incident, purpose, policy, now, role=Role.MANAGER, level=1, for_service=True)
    return verdict


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
    return session.exec(query).all()


def decisions_unseen(session: Session, before: datetime) -> Sequence[DecisionRow]:
    """Answered questions whose run has not gone on since: it has to be resumed."""
    query = select(DecisionRow).where(
        col(DecisionRow.answered_at) < before,
        col(DecisionRow.seen_at).is_(None),
        DecisionRow.flow_run_id != "",
    )
    return session.exec(query).all()


def _late(session: Session, row: DecisionRow, given: Given) -> Verdict:
    winner, door = row.by or NOBODY, row.via or Via.DEADLINE
    if (winner, door, row.answer) == (given.by, given.via, given.values):
        return Verdict(won=True, by=winner, via=door, flow_run_id=row.flow_run_id)
    if given.via is not Via.DEADLINE and keep_answer(session, row, given):
        text = f"{row.key}: {given.by} answered too, after {winner}; it is kept and changes nothing"
        note(session, row.incident_id, given.at, Kind.LATE_ANSWER, text, by=given.by, via=given.via)
    return Verdict(won=False, by=winner, via=door, flow_run_id=row.flow_run_id)
