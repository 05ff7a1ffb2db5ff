"""How does one incident go from its first alert to its retrospective?"""

from prefect import flow

from flows.decide import decide
from flows.progress import ahead, settled, status_of
from incident.decisions import Question
from incident.lifecycle import Phase, Status
from tasks.assess import assess
from tasks.channels import set_up_channels
from tasks.delegate import delegate
from tasks.detect import detect
from tasks.escalate import escalate
from tasks.merging import hand_on
from tasks.resolve import close_incident, conclude, take_step
from tasks.tell import tell_customers


@flow(name="respond", persist_result=True, log_prints=False)
async def respond(incident: str) -> str:
    """Walk an incident through its seven phases.

    It can be killed at any line, and is run again from the top whenever a person has decided: it goes on
    where the ledger says that the story stands.
    """
    if await ahead(incident, Phase.DETECT):
        await detect(incident)
    if await ahead(incident, Phase.CHANNELS):
        await set_up_channels(incident)

    if not await settled(incident, Question.ASSESS) and (decided := await decide(incident, Question.ASSESS)):
        await assess(incident, decided.key, decided.assessment, decided.by)

    if await ahead(incident, Phase.TELL):
        await tell_customers(incident)
    if await ahead(incident, Phase.ESCALATE):
        await escalate(incident)
    if await ahead(incident, Phase.DELEGATE):
        await delegate(incident)

    while await status_of(incident) is Status.ASSESSED:
        if decided := await decide(incident, Question.RESOLVE):
            await take_step(incident, decided.key, decided.step, decided.by)
    return await end(incident)


async def end(incident: str) -> str:
    """Tell everybody how it ended, and close it."""
    match await status_of(incident):
        case Status.DISMISSED:
            await close_incident(incident)
            return f"{incident} was no incident"
        case Status.MERGED:
            await hand_on(incident)
            await close_incident(incident)
            return f"{incident} was merged into another one"
        case _:
            await conclude(incident)
            await close_incident(incident)
            return f"{incident} is resolved and written up"
