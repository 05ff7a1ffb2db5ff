"""What is done about a question that nobody answered in time?"""

from prefect import task
from prefect.cache_policies import NO_CACHE

from ledger.decisions import Standing, Verdict, settle_overdue, standing_of
from ledger.runs import DEADLINE, run_ended
from tasks.doors import go_on
from tasks.runs import start_owed_runs
from tasks.surroundings import here


@task(name="use the proposal", task_run_name="use the proposal · {decision}", cache_policy=NO_CACHE)
async def use_proposal(incident: str, decision: str) -> str:
    """Settle a decision whose deadline has passed; an answer that came in time is left alone."""
    verdict = await settle(incident, decision)
    if verdict is None:
        return f"{decision} was answered in time"
    await start_owed_runs()
    await go_on(verdict.flow_run_id)
    return f"nobody answered {decision}; the proposal was used and one level more is paged"


async def settle(incident: str, decision: str) -> Verdict | None:
    """The same in the ledger alone, also for the watchdog; None: there was nothing to settle."""
    ledger, now = here().ledger, here().now()
    verdict = await ledger.awrite(settle_overdue, incident, decision, now)
    if await ledger.aread(standing_of, incident, decision) is not Standing.OPEN:
        await ledger.awrite(run_ended, f"{incident}/{DEADLINE}/{decision}", now)
    return verdict
