"""What does the Prefect UI show of an incident?

Artifacts that are rewritten as it goes, and an event per transition.
"""

import asyncio
from enum import StrEnum

from prefect.artifacts import (
    acreate_link_artifact,
    acreate_markdown_artifact,
    acreate_progress_artifact,
    acreate_table_artifact,
)
from prefect.events import emit_event

from incident.lifecycle import Phase
from incident.story import Story
from tasks.incident import Matter, matter
from tasks.surroundings import here


class Transition(StrEnum):
    """The events that users can hang their automations on."""

    OPENED = "incident.opened"
    ACKNOWLEDGED = "incident.acknowledged"
    ASSESSED = "incident.assessed"
    SEVERITY_CHANGED = "incident.severity-changed"
    UPDATED = "incident.updated"
    RESOLVED = "incident.resolved"
    DISMISSED = "incident.dismissed"
    MERGED = "incident.merged"
    CLOSED = "incident.closed"


async def reached(incident: str, transition: Transition) -> None:
    """A transition happened: tell automations, and rewrite what the UI shows."""
    about = await matter(incident)
    tell_automations(transition, about.story)
    await show(incident)


async def show(incident: str) -> None:
    """Rewrite the artifacts: progress, the incident at a glance, its timeline, its links."""
    about = await matter(incident)
    story, key = about.story, incident.lower()
    done = sum(phase.finished_at is not None for phase in story.phases)
    links = [
        acreate_link_artifact(link=url, link_text=f"{incident} {name}", key=f"{key}-{name}")
        for name, url in _links(about).items()
    ]
    await asyncio.gather(
        acreate_progress_artifact(
            progress=100.0 * done / len(Phase),
            key=f"{key}-progress",
            description=about.text("artifact/progress.md"),
        ),
        acreate_markdown_artifact(
            markdown=about.text("artifact/glance.md"),
            key=f"{key}-glance",
            description=f"{incident} at a glance",
        ),
        acreate_table_artifact(
            table=_timeline(story), key=f"{key}-timeline", description=f"Timeline of {incident}"
        ),
        *links,
    )


def _timeline(story: Story) -> list[dict[str, str]]:
    return [
        {"at": f"{fact.at:%H:%M:%S}", "what": fact.kind, "text": fact.text, "by": fact.by}
        for fact in story.timeline
    ]


def tell_automations(transition: Transition, story: Story) -> None:
    """Emit the event of a transition; an event is no effect of ours, so that a repeated one does no harm."""
    emit_event(
        event=transition,
        resource={
            "prefect.resource.id": f"incident.{story.key}",
            "prefect.resource.name": f"{story.key} {story.title}",
            "incident.service": story.service,
            "incident.severity": str(int(story.severity)),
            "incident.status": story.status,
        },
        payload={"key": story.key, "title": story.title, "url": here().links.incident(story.key)},
    )


def _links(about: Matter) -> dict[str, str]:
    page = here().links.incident(about.story.key)
    return {"page": page, "retrospective": f"{page}/retrospective"} | {
        link.name: link.url for link in about.story.links
    }
