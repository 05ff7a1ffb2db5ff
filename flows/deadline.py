"""What happens when nobody decides in time?"""

from prefect import flow

from tasks.overdue import use_proposal


@flow(name="deadline", persist_result=False)
async def deadline(incident: str, decision: str) -> str:
    """Answer with the proposal, say that nobody decided, and page one level further."""
    return await use_proposal(incident, decision)
