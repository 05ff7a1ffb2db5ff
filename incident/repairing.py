"""What is missing around an incident at this moment, why, and when is it tried again?

The set-up follows from the story; everything else that once failed is owed until it works. The vendor is
asked again after growing pauses, and an hour after the end it is left as it is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from incident.lifecycle import LIVE, Phase
from incident.resources import Owed, Resource, ResourceState
from incident.story import Audience, Story

PAUSES = tuple(timedelta(seconds=seconds) for seconds in (15, 30, 60, 60, 120, 120))
"""Before each further try."""
LONGEST_PAUSE = timedelta(minutes=5)
LINGER = timedelta(hours=1)
"""So long after the closing what belongs to the end is still tried, such as closing the ticket."""

_ORDER = ("ticket", "call", "room", "say", "pin", "topic", "invite", "status")
"""What others build on comes first."""
_WHILE_LIVE = frozenset({"say", "pin", "invite", "status"})
"""What is of no use to an incident that is over, besides a ticket, a call and a room of its own."""


@dataclass(frozen=True)
class Repairs:
    """What is to be done now, each with its reason; and what is of no use any more, and why."""

    todo: Mapping[str, str]
    dropped: Mapping[str, str]


def pause(tries: int, after: timedelta | None = None) -> timedelta:
    """How long to wait after so many tries; never less than the vendor asks for."""
    own = PAUSES[tries - 1] if tries <= len(PAUSES) else LONGEST_PAUSE
    return max(own, after or own)


def stand_in(name: str) -> str:
    """The effect that makes the built-in one that serves while the vendor's is missing."""
    return f"{name}/built-in"


def wanted(story: Story, effects: Mapping[str, bool], *, alone: bool = False) -> tuple[str, ...]:
    """The set-up that an incident should have now, in the order in which it is made.

    `effects` are the names of what was tried, in their order, and whether it is done. A flow makes the set-up
    of a phase itself, so that it is wanted once the phase is over; `alone`: no flow runs.
    """
    if story.status not in LIVE:
        return ()
    gone_through = {times.phase for times in story.phases if times.finished_at}
    return tuple(_wanted(story, effects, set(Phase) if alone else gone_through))


def _wanted(story: Story, effects: Mapping[str, bool], phases: set[Phase]) -> Iterator[str]:
    if Phase.DETECT in phases:
        yield "ticket"
    if Phase.CHANNELS in phases:
        yield from ("call", "room")
    if effects.get("room"):
        yield from ("say/opened", "pin/opened", _newest(effects, "topic/") or "topic/opened")
        yield from (f"invite/{person}" for person in story.people())
    if Phase.CHANNELS in phases and story.manager:
        yield f"status/{story.manager}"
    if effects.get("ticket"):
        yield "ticket/link/page"
        yield from (f"ticket/link/{place}" for place in ("call", "room") if effects.get(place))
        if story.acknowledged_at:
            yield "ticket/in-progress"


def repairs(
    story: Story,
    effects: Mapping[str, bool],
    owed: Mapping[str, Owed],
    now: datetime,
    *,
    alone: bool = False,
) -> Repairs:
    """What should be tried now, and what need not be tried any more."""
    set_up = wanted(story, effects, alone=alone)
    todo: dict[str, str] = {}
    dropped: dict[str, str] = {}
    for name in sorted({*set_up, *owed}, key=_place):
        known = owed.get(name)
        if effects.get(name):
            continue
        if name not in set_up and (reason := _superseded(name, story, effects, owed, now)):
            dropped[name] = reason
        elif known is None:
            todo[name] = "it was not tried so far"
        elif known.due_at and known.due_at <= now:
            todo[name] = f"try {known.tries + 1}, missing since {known.since:%H:%M:%S}: {known.problem}"
    return Repairs(todo, dropped)


def _superseded(
    name: str, story: Story, effects: Mapping[str, bool], owed: Mapping[str, Owed], now: datetime
) -> str:
    """Why something that is owed is of no use any more; empty if it is."""
    kind, _, detail = name.partition("/")
    if story.closed_at and now - story.closed_at > LINGER:
        return "the incident has been closed for an hour"
    if story.status not in LIVE and (kind in _WHILE_LIVE or name in ("ticket", "call", "room")):
        return f"the incident is {story.status}"
    if kind == "status" and detail != story.manager:
        return f"{detail} does not manage the incident any more"
    tried = {**effects, **{each: False for each in owed if each not in effects}}
    if kind == "topic" and name != _newest(tried, "topic/"):
        return "a newer topic has taken its place"
    if kind == "status-page" and name != _newest(tried, "/".join(name.split("/")[:2])):
        return "a newer update has taken its place"
    return ""


def resources(story: Story, effects: Mapping[str, bool], owed: Mapping[str, Owed]) -> tuple[Resource, ...]:
    """How everything stands that is or should be set up."""
    names = {*wanted(story, effects), *owed, *(name for name in effects if _is_shown(name))}
    return tuple(_resource(name, effects, owed.get(name)) for name in sorted(names, key=_place))


def _resource(name: str, effects: Mapping[str, bool], owed: Owed | None) -> Resource:
    if effects.get(name):
        return Resource(name=name, state=ResourceState.THERE)
    serves = bool(effects.get(stand_in(name)))
    if owed is None:
        return Resource(name=name, state=ResourceState.COMING, stand_in=serves)
    return Resource(
        name=name,
        state=ResourceState.MISSING if owed.due_at else ResourceState.REFUSED,
        problem=owed.problem,
        missing_since=owed.since,
        tries=owed.tries,
        next_at=owed.due_at,
        stand_in=serves,
    )


def _is_shown(name: str) -> bool:
    return name in ("ticket", "room", "call") or name in {f"status-page/{each}" for each in Audience}


def _newest(effects: Mapping[str, bool], prefix: str) -> str:
    return next((name for name in reversed(list(effects)) if name.startswith(prefix)), "")


def _place(name: str) -> tuple[int, int, str]:
    """Whatever belongs to the ticket besides itself comes after the set-up, and the end comes last."""
    kind, _, rest = name.partition("/")
    late = kind not in _ORDER or (kind in ("ticket", "call") and bool(rest))
    return (len(_ORDER) if late else _ORDER.index(kind), int(kind == "archive"), name)
