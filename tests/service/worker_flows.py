"""Which flows show what the incident worker does? Small ones that write what happens to them into a file."""

import asyncio
import time
from pathlib import Path

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.flow_runs import suspend_flow_run
from prefect.input import RunInput


class Answer(RunInput):
    """What a person is asked."""

    word: str = ""


def note(diary: str, event: str) -> None:
    with Path(diary).open("a") as lines:
        lines.write(f"{time.time()} {event}\n")


@task(cache_policy=NO_CACHE)
async def act(diary: str, seconds: float = 0) -> None:
    """Takes its time, though only when it is done for the first time."""
    again = Path(diary).read_text().count("begin") > 0
    note(diary, "begin")
    await asyncio.sleep(0 if again else seconds)
    note(diary, "end")


@flow
async def work(diary: str, seconds: float = 0) -> None:
    note(diary, "flow")
    await act(diary, seconds)


@flow
async def fail(diary: str) -> None:
    note(diary, "flow")
    raise ValueError("on purpose")


@flow(persist_result=True)
async def ask(diary: str, unwind: float = 0) -> str:
    note(diary, "flow")
    try:
        answer = await suspend_flow_run(wait_for_input=Answer, key="answer")  # type: ignore[misc]  # typed as sync
    finally:
        await asyncio.sleep(unwind)
        note(diary, "left")
    note(diary, f"answered {answer.word}")
    return str(answer.word)


@flow
def blocking(diary: str) -> None:
    note(diary, "flow")
