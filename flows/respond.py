"""How does one incident go from its first alert to its retrospective?"""

from prefect import flow

from flows.decide import decide
from incident.decisions import Question
from tasks.artifacts import Transition, reached
from tasks.assess import assess
from tasks.channels import set_up_channels
from tasks.delegate import delegate
from tasks.detect import detect
from tasks.escalate import escalate
from tasks.resolve import close_incident, conclude, take_step
from tasks.tell import tell_customers


@flow(name="respond", persist_result=True, log_prints=False)
async def respond(incident: str) -> str:
    """Walk an incident through its seven phases; it can be killed at any line and run again from the top."""
    await detect(incident)
    await reached(incident, Transition.OPENED)
    await set_up_channels(incident)

    decided = await decide(incident, Question.ASSESS, 1)
    severity = await assess(incident, decided.key, decided.assessment, decided.by)
    if severity is None:
        return await dismiss(incident)
    await reached(incident, Transition.ASSESSED)

    await tell_customers(incident)
    await escalate(incident, severity)
    await delegate(incident)
    await reached(incident, Transition.UPDATED)

    await work_on(incident)
    await reached(incident, Transition.RESOLVED)
    await conclude(incident)
    await close_incident(incident)
    await reached(incident, Transition.CLOSED)
    return f"{incident} is resolved and written up"


async def work_on(incident: str) -> None:
    """Observe, form theories, run experiments, repeat.

    Until the manager decides that the impact has ended.
    """
    number, resolved = 1, False
    while not resolved:
        decided = await decide(incident, Question.RESOLVE, number)
        resolved = await take_step(incident, decided.key, decided.step, decided.by)
        number = decided.number + 1


async def dismiss(incident: str) -> str:
    """The manager decided that it is no incident."""
    await close_incident(incident)
    await reached(incident, Transition.DISMISSED)
    return f"{incident} was no incident"
