"""What is worth telling whoever comes on call? Only from what is known; nobody has to write it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from incident.agenda import Stretch
from incident.configuration import Configuration
from incident.handoff import Change, GapTold, HandoffNote, IncidentTold, PageTold, Remark, ShiftTold
from incident.policy import targets
from incident.schedule import Schedule
from incident.story import PageState, Story

AHEAD = timedelta(days=30)
"""How far a note looks ahead."""
SHIFTS, OVERRIDES = 3, 5
"""How many shifts and overrides to come it names."""


def write_note(
    name: str,
    schedule: Schedule,
    change: Change,
    stories: Iterable[Story],
    ahead: Sequence[Stretch],
    remarks: tuple[Remark, ...],
) -> HandoffNote:
    """The note of a change of hands; `ahead` is the schedule from the change on, over `AHEAD`.

    `stories` are of incidents of this schedule's services; those over before the shift are left out.
    """
    seen = [story for story in stories if story.opened_at < change.at and not _over(story, change.since)]
    return HandoffNote(
        schedule=name,
        timezone=schedule.timezone,
        since=change.since,
        at=change.at,
        outgoing=change.outgoing,
        incoming=change.incoming,
        open=tuple(_told(story, change.at) for story in seen if not _over(story, change.at)),
        ended=tuple(_told(story, change.at) for story in seen if _over(story, change.at)),
        pages=tuple(_pages(seen, change)),
        shifts=tuple(_shifts(ahead)),
        overrides=tuple(_shift(each) for each in ahead if each.is_changed and not each.is_gap)[:OVERRIDES],
        gaps=tuple(_gaps(ahead)),
        remarks=remarks,
    )


def services_of(configuration: Configuration, schedule: str) -> frozenset[str]:
    """The services for which people of this schedule are paged."""
    policies = {
        name
        for name, policy in configuration.policies.items()
        if any(target.schedule == schedule for target in targets(policy))
    }
    return frozenset(
        name
        for name, service in configuration.services.items()
        if policies & {service.policy, *(engage.policy for engage in service.engage)}
    )


def _over(story: Story, at: datetime) -> bool:
    ended = story.resolved_at or story.closed_at
    return ended is not None and ended <= at


def _told(story: Story, at: datetime) -> IncidentTold:
    """The incident without the milestones after the change: a note may be written late."""
    return IncidentTold(
        key=story.key,
        title=story.title,
        service_title=story.service_title,
        severity=story.severity,
        status=story.status,
        manager=story.manager,
        opened_at=story.opened_at,
        acknowledged_at=_by(story.acknowledged_at, at),
        acknowledged_by=story.acknowledged_by if _by(story.acknowledged_at, at) else None,
        resolved_at=_by(story.resolved_at, at),
    )


def _by(moment: datetime | None, at: datetime) -> datetime | None:
    """The moment, if it had come by then."""
    return moment if moment and moment <= at else None


def _pages(stories: Iterable[Story], change: Change) -> Iterator[PageTold]:
    found = [
        PageTold(
            incident=story.key,
            person=page.person,
            at=page.sent_at,
            acknowledged_at=_by(page.acknowledged_at, change.at),
        )
        for story in stories
        for page in story.pages
        if page.state is PageState.SENT and page.sent_at and change.since <= page.sent_at < change.at
    ]
    yield from sorted(found, key=lambda page: page.at)


def _shifts(ahead: Iterable[Stretch]) -> Iterator[ShiftTold]:
    """The shift that begins, and those who come after it."""
    named: list[ShiftTold] = []
    for each in ahead:
        if each.is_gap or len(named) > SHIFTS:
            continue
        last = named[-1] if named else None
        if last and last.on_call == each.on_call and last.end == each.start:
            named[-1] = last.model_copy(update={"end": each.end})
        else:
            named.append(_shift(each))
    yield from named[:SHIFTS]


def _shift(each: Stretch) -> ShiftTold:
    return ShiftTold(start=each.start, end=each.end, on_call=each.on_call, instead_of=each.instead_of)


def _gaps(ahead: Iterable[Stretch]) -> Iterator[GapTold]:
    """Gaps by reason: the hours that a schedule leaves out every night are told once."""
    by_reason: dict[str, list[Stretch]] = {}
    for each in ahead:
        if each.is_gap:
            by_reason.setdefault(each.reason, []).append(each)
    for reason, found in by_reason.items():
        yield GapTold(start=found[0].start, end=found[0].end, reason=reason, times=len(found))
