"""What does a story say that is not written in one of its fields? Questions that texts and pages ask."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict

from incident.alert import AlertStatus
from incident.configuration import Role
from incident.decisions import Outcome
from incident.lifecycle import LIVE, Phase
from incident.recovery import Recovery, recovery_of
from incident.story import AlertSeen, Audience, Fact, RoleHeld, Story, Update
from incident.timeline import Kind
from templates.review import follow_ups

_FINDINGS = {Kind.OBSERVATION, Kind.THEORY, Kind.EXPERIMENT}


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Finding(_Value):
    """Something that was observed, supposed or tried while resolving."""

    at: AwareDatetime
    kind: Kind
    text: str
    by: str
    outcome: Outcome | None


class Stand(StrEnum):
    """How far a phase has come."""

    DONE = "done"
    NOW = "now"
    AHEAD = "ahead"
    SKIPPED = "skipped"


class PhaseStand(_Value):
    """One of the seven phases and how far it has come."""

    number: int
    phase: Phase
    stand: Stand
    started_at: AwareDatetime | None
    took: timedelta | None


def live(story: Story) -> bool:
    """Is somebody still working on it?"""
    return story.status in LIVE


def findings(story: Story) -> tuple[Finding, ...]:
    """Observations, theories and experiments, oldest first."""
    return tuple(
        Finding(at=fact.at, kind=fact.kind, text=fact.text, by=fact.by, outcome=_outcome(fact))
        for fact in story.timeline
        if fact.kind in _FINDINGS
    )


def _outcome(fact: Fact) -> Outcome | None:
    told = fact.data.get("outcome")
    return Outcome(told) if told in set(Outcome) else None


def progress(story: Story) -> tuple[PhaseStand, ...]:
    """All seven phases in their order."""
    times = {entry.phase: entry for entry in story.phases}
    stands = []
    for number, phase in enumerate(Phase, start=1):
        entry = times.get(phase)
        started = entry.started_at if entry else None
        finished = entry.finished_at if entry else None
        stands.append(
            PhaseStand(
                number=number,
                phase=phase,
                stand=_stand(story, started, finished),
                started_at=started,
                took=finished - started if started and finished else None,
            )
        )
    return tuple(stands)


def _stand(story: Story, started: datetime | None, finished: datetime | None) -> Stand:
    if finished:
        return Stand.DONE
    if not live(story):
        return Stand.DONE if started else Stand.SKIPPED
    return Stand.NOW if started else Stand.AHEAD


def monitors(story: Story) -> tuple[AlertSeen, ...]:
    """The latest that each monitor said about each condition."""

    def condition(alert: AlertSeen) -> tuple[str, str]:
        return alert.source, alert.fingerprint or alert.title

    by_condition = groupby(sorted(story.alerts, key=condition), key=condition)
    latest = [max(alerts, key=lambda alert: (alert.received_at, alert.id)) for _, alerts in by_condition]
    return tuple(sorted(latest, key=lambda alert: alert.received_at))


def recovery(story: Story) -> Recovery:
    """How many of its conditions have recovered?"""
    return recovery_of(AlertStatus(alert.status) for alert in monitors(story))


def recovered(story: Story) -> bool:
    """Does every monitor say that its condition has ended?"""
    return recovery(story).complete


def updates_for(story: Story, audience: str) -> tuple[Update, ...]:
    """What an audience was told, newest first; internal readers see external updates, too."""
    seen = {Audience.EXTERNAL} if audience == Audience.EXTERNAL else set(Audience)
    told = [update for update in story.updates if update.audience in seen]
    return tuple(sorted(told, key=lambda update: (update.at, update.number), reverse=True))


def roles_now(story: Story) -> tuple[tuple[Role, str | None], ...]:
    """Each role with whoever holds it now."""
    return tuple((role, story.holder(role)) for role in Role)


def roles_held(story: Story) -> tuple[RoleHeld, ...]:
    """Who held which role, oldest first."""
    return tuple(sorted(story.roles, key=lambda held: held.since))


def days(facts: tuple[Fact, ...]) -> Iterator[tuple[datetime, list[Fact]]]:
    """The facts by their day in UTC, oldest first."""
    for _, group in groupby(facts, key=lambda fact: fact.at.date()):
        of_day = list(group)
        yield of_day[0].at, of_day


QUESTIONS: dict[str, Callable[..., Any]] = {
    "live": live,
    "findings": findings,
    "progress": progress,
    "monitors": monitors,
    "recovered": recovered,
    "recovery": recovery,
    "updates_for": updates_for,
    "roles_now": roles_now,
    "roles_held": roles_held,
    "days": days,
    "follow_ups": follow_ups,
}
