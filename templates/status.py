"""What does a status page show? What is going on by service, and what the last two weeks were like."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from pydantic import BaseModel, ConfigDict

from incident.lifecycle import LIVE, Status
from incident.story import Audience, Story, Update, UpdateState
from templates.reading import updates_for

DAYS = 14


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Shown(_Value):
    """An incident as one audience sees it, with its updates, newest first."""

    story: Story
    title: str
    state: UpdateState
    updates: tuple[Update, ...]


class ServiceNow(_Value):
    """A service that something is wrong with."""

    name: str
    incidents: tuple[Shown, ...]


class DayOfHistory(_Value):
    """What ended of the incidents that began on a day."""

    day: datetime
    incidents: tuple[Shown, ...]


def current(stories: Iterable[Story], audience: Audience) -> tuple[ServiceNow, ...]:
    """Services with live incidents, the worst first."""
    shown = [_shown(story, audience) for story in sorted(stories, key=lambda s: (s.severity, s.opened_at))]
    by_service: dict[str, list[Shown]] = {}
    for incident in shown:
        if incident and incident.story.status in LIVE:
            by_service.setdefault(_name(incident.story, audience), []).append(incident)
    return tuple(ServiceNow(name=name, incidents=tuple(incidents)) for name, incidents in by_service.items())


def history(stories: Iterable[Story], audience: Audience, now: datetime) -> tuple[DayOfHistory, ...]:
    """Each of the last days, today first, with the incidents that began on it and have ended."""
    by_day: dict[date, list[Shown]] = {}
    for story in sorted(stories, key=lambda s: s.opened_at, reverse=True):
        incident = _shown(story, audience)
        if incident and story.status not in LIVE:
            by_day.setdefault(story.opened_at.astimezone(UTC).date(), []).append(incident)
    days = [now.astimezone(UTC) - timedelta(days=number) for number in range(DAYS)]
    return tuple(DayOfHistory(day=day, incidents=tuple(by_day.get(day.date(), ()))) for day in days)


def _shown(story: Story, audience: Audience) -> Shown | None:
    """Customers see only what they were told; colleagues see every incident that was one."""
    updates = updates_for(story, audience)
    match audience:
        case Audience.EXTERNAL if not updates:
            return None
        case Audience.EXTERNAL:
            title = updates[0].title
        case Audience.INTERNAL if story.status is Status.DISMISSED:
            return None
        case Audience.INTERNAL:
            title = f"{story.key}: {story.title}"
    state = updates[0].state if updates else UpdateState.INVESTIGATING
    return Shown(story=story, title=title, state=state, updates=updates)


def _name(story: Story, audience: Audience) -> str:
    own_words = audience is Audience.EXTERNAL and story.products
    return ", ".join(story.products) if own_words else story.service_title
