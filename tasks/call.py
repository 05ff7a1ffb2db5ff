"""Where does everybody talk? The video call: made, announced when it comes late, ended with its incident."""

from typing import cast

from prefect import task

from blocks.catalogue import Purpose
from blocks.interfaces import Call, Video
from incident.timeline import Kind
from ledger.effects import result_of
from tasks.incident import Matter, matter, remember
from tasks.once import RETRY_DELAYS, once, worth_retrying
from tasks.phase import owing
from tasks.surroundings import here


@task(
    name="open the call",
    task_run_name="open the call",
    retries=len(RETRY_DELAYS),
    retry_delay_seconds=RETRY_DELAYS,
    retry_condition_fn=worth_retrying,
)
async def open_call(incident: str) -> None:
    """Create the video call."""
    await make_call(await matter(incident))


async def make_call(about: Matter) -> None:
    """Create the video call, unless it is there."""
    video, key = await _video(about), about.story.key
    topic = about.text("room/name.line")
    call, _ = await once(
        about.id, "call", video.repeat_of(video.create_call), lambda: video.create_call(key, topic)
    )
    await remember(about.id, Kind.CHANNEL, f"the call is {Call.model_validate(call).url}")


async def end_call(about: Matter) -> None:
    """End the call for everybody."""
    call = await here().ledger.aread(result_of, about.id, "call")
    if call is None:
        return
    known = Call.model_validate(call)
    async with owing(about.id, "call/end"):
        video = await _video(about)
        await once(about.id, "call/end", video.repeat_of(video.end_call), lambda: video.end_call(known.id))


async def _video(about: Matter) -> Video:
    return cast(Video, await about.serving(Purpose.VIDEO))
