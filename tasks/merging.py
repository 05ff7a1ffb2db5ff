"""What is done when two incidents become one? People learn where it goes on, and the other one is closed."""

from contextlib import suppress
from typing import Any

from prefect import task

from blocks.prefect_api import AWAY
from incident.decisions import Via
from incident.story import Story, UpdateState
from ledger.merging import Merged, merge
from tasks.channels import invite, say, set_topic
from tasks.doors import go_on
from tasks.incident import Matter, matter
from tasks.mail import send_mail
from tasks.phase import carrying_on
from tasks.runs import bring_forward, start_owed_runs
from tasks.surroundings import here
from tasks.tell import announce
from tasks.ticket import close_ticket, tell_the_end


async def merge_incidents(incident: str, into: str, *, by: str, via: Via) -> Merged:
    """Merge for somebody, and let the runs go on; while Prefect is away, the watchdog does that later.

    Raises:
        NotFoundError: one of the incidents, or the person, is not known.
        TransitionError: one of the two is over, or they are the same.
    """
    merged = await here().ledger.awrite(merge, incident, into, by, via=via, now=here().now())
    with suppress(*AWAY):  # the ledger has it, and the watchdog does the rest
        await let_runs_go_on(merged)
    return merged


async def let_runs_go_on(merged: Merged) -> None:
    """Whoever is engaged now is paged at once, and the run of the merged incident ends."""
    await start_owed_runs()
    for flow_run_id in merged.brought_forward:
        await bring_forward(flow_run_id)
    await go_on(merged.waiting)


@task(name="hand on", task_run_name="hand on · {incident}", persist_result=True)
async def hand_on(incident: str) -> None:
    """Tell both rooms and everybody who was on it where it goes on; close ticket and status pages."""
    about = await matter(incident)
    assert about.story.merged_into, "only a merged incident is handed on"
    other = await matter(about.story.merged_into)
    values: dict[str, Any] = {"other": other.story, "other_url": here().links.incident(other.story.key)}
    await _say_in_both_rooms(about, other, values)
    for person in about.story.people():
        await invite(other.story.key, person)
        await _write_to(about, other.story, person)
    if about.story.first_update_at:
        await announce(incident, "merged", "merged", UpdateState.RESOLVED, **values)
    await tell_the_end(about)
    await close_ticket(about)


async def _say_in_both_rooms(about: Matter, other: Matter, values: dict[str, Any]) -> None:
    ours, key = here().links.incident(about.story.key), about.story.key
    async with carrying_on(other.id, f"saying that {key} is merged into it"):
        text = other.text("room/joined.md", other=about.story, other_url=ours)
        await say(other, f"merged/{key}", text)
    async with carrying_on(about.id, "saying where it goes on"):
        await say(about, "merged", about.text("room/merged.md", **values))
        await set_topic(key, "merged")


async def _write_to(about: Matter, other: Story, person: str) -> None:
    """Whoever was on it gets a link of their own to the incident that goes on."""
    known = about.configuration.people.get(person)
    if known is None:
        return
    values: dict[str, Any] = {
        "language": about.language_of(person),
        "other": other,
        "other_url": here().links.act(person, other.key, here().now()),
    }
    subject, text = (about.text(f"merged/{part}", **values) for part in ("subject.line", "notice.txt"))
    await send_mail(about, "merged", known.email, subject, text)
