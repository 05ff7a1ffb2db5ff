"""Phase 7: observe, theorise, experiment, repeat; then the last messages and the retrospective."""

from datetime import datetime
from typing import Any, assert_never, cast

from prefect import task
from sqlmodel import Session

from blocks.interfaces import TicketState
from incident.configuration import Role
from incident.decisions import ResolutionStep, Step
from incident.lifecycle import LIVE, Phase, Status
from incident.severity import Severity
from incident.story import UpdateState
from ledger.decisions import decision_done
from ledger.escalations import end_escalations
from ledger.incidents import close, enter_phase, find_incident, leave_phase
from ledger.runs import RESPOND, run_ended
from ledger.steps import change_severity, write_finding
from ledger.steps import resolve as record_resolution
from tasks import ticket
from tasks.artifacts import Transition, reached
from tasks.call import end_call
from tasks.channels import archive_room, restore_status, say, set_topic, upload
from tasks.delegate import hand_over
from tasks.escalate import call_in
from tasks.fault_points import fault_point
from tasks.incident import matter
from tasks.phase import carrying_on
from tasks.runs import withdraw_deadline
from tasks.surroundings import here
from tasks.tell import announce


@task(name="7 resolve", task_run_name="7 resolve · {decision} · {incident}", persist_result=True)
async def take_step(incident: str, decision: str, step: ResolutionStep, by: str) -> None:
    """Act on one decision of the loop."""
    ledger, now = here().ledger, here().now()
    await ledger.awrite(enter_phase, incident, Phase.RESOLVE, now)
    await fault_point(incident, f"acting:{decision}")
    await withdraw_deadline(incident, decision, f"answered by {by}")
    if (await matter(incident)).story.status in LIVE:  # it may have been merged while its manager answered
        await _act(incident, decision, step, by)
    await ledger.awrite(decision_done, incident, decision, here().now())


async def _act(incident: str, decision: str, step: ResolutionStep, by: str) -> None:
    match step.step:
        case Step.OBSERVATION | Step.THEORY | Step.EXPERIMENT:
            await _write_finding(incident, decision, step, by)
        case Step.CHANGE_SEVERITY:
            await _change_severity(incident, decision, step, by)
        case Step.UPDATE:
            await announce(incident, decision, "update", UpdateState.IDENTIFIED, text=step.text)
            await reached(incident, Transition.UPDATED)
        case Step.HAND_OVER:
            await hand_over(incident, cast(Role, step.role), cast(str, step.person), by)
        case Step.RESOLVE:
            await here().ledger.awrite(record_resolution, incident, step.text, by, here().now())
            await fault_point(incident, "resolved")
            await reached(incident, Transition.RESOLVED)
        case Step.CONTINUE:
            pass
        case _:
            assert_never(step.step)


@task(name="final updates", task_run_name="final updates · {incident}", persist_result=True)
async def conclude(incident: str) -> None:
    """The last messages: internal with a summary, external short, and the end of the work on the ticket."""
    about = await matter(incident)
    async with carrying_on(about.id, "saying it in the room"):
        await say(about, "resolved", about.text("room/resolved.md"))
        await set_topic(incident, "resolved")
    if about.story.first_update_at:  # what closed itself before its assessment was announced to nobody
        await announce(incident, "final", "final", UpdateState.RESOLVED)
    about = await matter(incident)
    await ticket.tell_the_end(about)
    await ticket.move(about, TicketState.RESOLVED)
    await here().ledger.awrite(leave_phase, incident, Phase.RESOLVE, here().now())
    await fault_point(incident, f"ended:{Phase.RESOLVE}")


@task(name="close", task_run_name="close · {incident}", persist_result=True)
async def close_incident(incident: str) -> None:
    """Clean up, and end the story."""
    await clean_up(incident)
    await fault_point(incident, "closing")
    await here().ledger.awrite(_close, incident, here().now())
    await reached(incident, Transition.CLOSED)
    await fault_point(incident, "closed")


async def clean_up(incident: str) -> None:
    """Put back statuses, end the call, close the ticket, and leave a readable room with its retrospective."""
    about = await matter(incident)
    managers = {held.person for held in about.story.roles if held.role is Role.MANAGER}
    for person in sorted(managers):
        await restore_status(about, person)
    await end_call(about)
    if about.story.status is Status.DISMISSED:
        await ticket.tell_the_end(about)
    await ticket.close_ticket(about)
    async with carrying_on(about.id, "saying goodbye in the room"):
        await say(about, "closed", about.text("room/closed.md"))
    async with carrying_on(about.id, "putting the retrospective into the room"):
        await upload(about, "retrospective.md", about.text("retrospective/retrospective.md"))
    await archive_room(about)


async def _write_finding(incident: str, decision: str, step: ResolutionStep, by: str) -> None:
    fact = await here().ledger.awrite(write_finding, incident, decision, step, by, here().now())
    about = await matter(incident)
    finding = {"kind": fact.kind, "text": fact.text, "by": by, "outcome": step.outcome}
    async with carrying_on(about.id, "writing the finding into the room"):
        await say(about, decision, about.text("room/finding.md", finding=finding))
    await ticket.comment(about, decision, about.text("ticket/finding.txt", finding=finding))


async def _change_severity(incident: str, decision: str, step: ResolutionStep, by: str) -> None:
    severity = cast(Severity, step.severity)
    previous = await here().ledger.awrite(
        change_severity, incident, decision, severity, step.text, by, here().now()
    )
    about = await matter(incident)
    values: dict[str, Any] = {"previous_severity": previous, "text": step.text}
    async with carrying_on(about.id, "saying it in the room"):
        await say(about, decision, about.text("room/severity.md", **values))
        await set_topic(incident, decision)
    await ticket.update(about, decision, about.text("ticket/severity.txt", **values))
    await announce(incident, decision, "severity", UpdateState.IDENTIFIED, **values)
    if severity < previous:
        await call_in(incident, severity)
    await reached(incident, Transition.SEVERITY_CHANGED)


def _close(session: Session, key: str, now: datetime) -> None:
    about = find_incident(session, key)
    end_escalations(session, about, now, f"{key} is {about.status}")
    close(session, key, now)
    run_ended(session, f"{key}/{RESPOND}/story", now)
