"""Who is woken, and who after them?"""

from prefect import flow

from tasks.artifacts import Transition, reached
from tasks.page import close_escalation, level, next_step


@flow(name="page", persist_result=False)
async def page(incident: str, escalation: int) -> str:
    """Climb the policy level by level until somebody acknowledges.

    Every timer is a row, so that a restart goes on where it was.

    A level is a task named for its people, and its time-out is the time they have to answer. What comes after
    an acknowledgement, when it runs out or a level asks for a resolution, is another run.
    """
    while (step := await next_step(escalation)).seconds_left is not None:
        climb = level.with_options(task_run_name=step.label, timeout_seconds=step.seconds_left)
        await climb(escalation, step.version, return_state=True)  # type: ignore[misc]  # Prefect's overloads forget that it is awaited
    answered_by = await close_escalation(escalation)
    if answered_by:
        await reached(incident, Transition.ACKNOWLEDGED)
    return f"acknowledged by {answered_by}" if answered_by else "nobody is needed any more"
