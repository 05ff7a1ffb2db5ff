"""Phase 5: call in the people whom the severity asks for."""

from datetime import datetime

from prefect import task
from sqlmodel import Session

from incident.lifecycle import LIVE, Phase
from incident.severity import Severity
from ledger.configurations import configuration_of
from ledger.escalations import start_escalation
from ledger.incidents import find_incident
from tasks.incident import matter
from tasks.phase import phase
from tasks.runs import start_owed_runs
from tasks.surroundings import here


@task(name="5 escalate", task_run_name="5 escalate · {incident}", persist_result=True)
async def escalate(incident: str) -> tuple[str, ...]:
    """Page the owning teams; returns why each of them is paged. Severity 3 calls nobody else in."""
    async with phase(incident, Phase.ESCALATE):
        about = await matter(incident)
        return await call_in(incident, about.story.severity)


async def call_in(incident: str, severity: Severity) -> tuple[str, ...]:
    """Start an escalation for each role the service wants at this severity.

    Each is started once per severity.
    """
    purposes = await here().ledger.awrite(_call_in, incident, severity, here().now())
    await start_owed_runs()
    return purposes


def _call_in(session: Session, key: str, severity: Severity, now: datetime) -> tuple[str, ...]:
    if severity is Severity.MINOR:
        return ()
    incident = find_incident(session, key)
    if incident.status not in LIVE:
        return ()
    service = configuration_of(session, incident).services[incident.service]
    purposes = []
    for engage in service.engage:
        purpose = f"{(engage.role or engage.policy).replace('_', ' ')}, severity {severity}"
        start_escalation(session, incident, purpose, engage.policy, now, role=engage.role)
        purposes.append(purpose)
    return tuple(purposes)
