"""What do programs get to read about incidents? Stable fields, documented in docs/cli.md."""

from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict
from sqlmodel import Session

from incident.lifecycle import Phase, Status
from incident.severity import Severity
from incident.story import PhaseTimes, Story
from ledger.incidents import find_incident, live_incidents
from ledger.story import keys


class Line(BaseModel):
    """An incident in a list."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    key: str
    title: str
    service: str
    status: Status
    phase: Phase
    severity: Severity
    opened_at: AwareDatetime
    acknowledged_at: AwareDatetime | None
    acknowledged_by: str | None
    resolved_at: AwareDatetime | None
    closed_at: AwareDatetime | None


def lines(session: Session, *, limit: int | None) -> list[Line]:
    """The newest incidents, newest first; without a limit those that still need people."""
    if limit is None:
        return [Line.model_validate(row) for row in reversed(live_incidents(session))]
    return [Line.model_validate(find_incident(session, key)) for key in keys(session, limit)]


def as_plain(story: Story, base_url: str) -> dict[str, Any]:
    """The story as JSON-able data, with durations in seconds and where its page is."""
    plain = story.model_dump(mode="json")
    durations = {
        name.replace(" ", "_"): took.total_seconds() if took is not None else None
        for name, took in story.durations().items()
    }
    phases = [
        {**written, "seconds": _seconds(times)}
        for written, times in zip(plain["phases"], story.phases, strict=True)
    ]
    return {**plain, "phases": phases, "durations": durations, "links": links(story, base_url)}


def links(story: Story, base_url: str) -> list[dict[str, str]]:
    """The incident's own page first, then its ticket, room and call."""
    page = [{"name": "page", "url": f"{base_url}/incidents/{story.key}"}] if base_url else []
    return [*page, *(link.model_dump() for link in story.links)]


def _seconds(times: PhaseTimes) -> float | None:
    started: datetime | None = times.started_at
    if started is None or times.finished_at is None:
        return None
    return (times.finished_at - started).total_seconds()
