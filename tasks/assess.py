"""Phase 3: how bad is it? Asking a person, and acting on the answer."""

from datetime import datetime
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from pydantic import BaseModel, ConfigDict
from sqlmodel import Session

from blocks.interfaces import TicketState
from incident.decisions import Assessment, Question, Via
from incident.errors import AnswerError
from incident.lifecycle import Phase, Status
from incident.severity import Severity
from ledger.decisions import answer, ask, decision_done, problems_of, use_up_form
from ledger.escalations import hurry
from ledger.incidents import assess as record_assessment
from ledger.incidents import enter_phase, find_incident, leave_phase
from tasks import ticket
from tasks.artifacts import Transition, reached
from tasks.channels import say, set_topic
from tasks.fault_points import fault_point
from tasks.incident import matter
from tasks.phase import carrying_on
from tasks.runs import bring_forward, start_owed_runs, withdraw_deadline
from tasks.surroundings import here
from tasks.welcome import announce_question

SOMEBODY = "somebody in the Prefect UI"


class Pending(BaseModel):
    """A question as its form shows it."""

    model_config = ConfigDict(frozen=True)

    key: str
    question: Question
    context: str
    proposal: dict[str, Any]


@task(name="ask", task_run_name="ask {question}-{number} · {incident}", persist_result=True)
async def ask_manager(incident: str, question: Question, number: int, flow_run_id: str) -> Pending:
    """Put a question to the incident manager: a form, a deadline, and a message with a link."""
    surroundings = here()
    ledger, now = surroundings.ledger, surroundings.now()
    if question is Question.ASSESS:
        await ledger.awrite(enter_phase, incident, Phase.ASSESS, now)
    problems = await ledger.aread(problems_of, incident, f"{question}-{number - 1}") if number > 1 else ()
    asked = await ledger.awrite(ask, incident, question, number, flow_run_id, now, problems=problems)
    await fault_point(incident, f"asked:{asked.key}")
    await start_owed_runs()
    await announce_question(incident)
    about = await matter(incident)
    decision = next(d for d in about.story.decisions if d.key == asked.key)
    context = about.text(f"decision/{question}.md", decision=decision)
    return Pending(key=asked.key, question=question, context=context, proposal=asked.proposal)


@task(name="take the answer", task_run_name="take the answer to {decision}", cache_policy=NO_CACHE)
async def take_form(incident: str, decision: str, values: dict[str, Any], answered_by: str) -> None:
    """Carry what the Prefect form said into the ledger; a form that cannot be acted on is used up."""
    by = answered_by.strip() or SOMEBODY
    ledger, now = here().ledger, here().now()
    try:
        await ledger.awrite(answer, incident, decision, values, by=by, via=Via.PREFECT, now=now)
    except AnswerError as error:
        await ledger.awrite(use_up_form, incident, decision, values, error.problems, by, now)
        await withdraw_deadline(incident, decision, "its form could not be acted on; it is asked anew")


@task(name="3 assess", task_run_name="3 assess · {incident}", persist_result=True)
async def assess(incident: str, decision: str, assessment: Assessment, by: str) -> None:
    """Act on the assessment: from here on the severity is a person's."""
    ledger, now = here().ledger, here().now()
    await fault_point(incident, f"acting:{decision}")
    waiting = await ledger.awrite(_record, incident, assessment, by, now)
    for flow_run_id in waiting:
        await bring_forward(flow_run_id)
    await withdraw_deadline(incident, decision, f"answered by {by}")
    about = await matter(incident)
    text = "room/assessed.md" if assessment.is_incident else "room/dismissed.md"
    await ledger.awrite(decision_done, incident, decision, here().now())
    if about.story.assessed_at is None:
        return  # it was merged while its manager answered
    async with carrying_on(about.id, "saying it in the room"):
        await say(about, decision, about.text(text))
        await set_topic(incident, decision)
    if assessment.is_incident:
        await ticket.move(about, TicketState.IN_PROGRESS)
        await ticket.update(about, decision, about.text("ticket/assessed.txt"))
    await reached(incident, Transition.ASSESSED if assessment.is_incident else Transition.DISMISSED)


def _record(session: Session, key: str, assessment: Assessment, by: str, now: datetime) -> list[str]:
    incident = find_incident(session, key)
    if incident.status is not Status.OPEN:
        return []  # recorded by an earlier attempt of this run
    record_assessment(session, incident, assessment, by, now)
    leave_phase(session, key, Phase.ASSESS, now)
    if assessment.is_incident and assessment.severity is not Severity.MINOR:
        return hurry(session, incident, now)
    return []
