"""Which levels fire although somebody has acknowledged? Those that ask for a resolution: `if_not: resolved`.

The levels between are passed over as if they had gone unanswered, so such a level fires when it would have
fired without the acknowledgement. There are no further rounds: those are for incidents that nobody has taken.
"""

from datetime import datetime

from incident.actions import Action, PageLevel, SkipLevel, WaitForHours
from incident.climb import not_meant
from incident.paging import reached
from incident.plan import Plan
from incident.policy import IfNot
from incident.progress import FALLBACK, Progress, changed, timed
from incident.situation import Responder, Situation

Due = tuple[datetime | None, int]
"""When the next such level fires (None: none is left), and its number."""


def to_come(plan: Plan, progress: Progress, now: datetime) -> Due:
    """The first such level after the one that is acknowledged."""
    standing = progress.standing
    if standing is None:
        return _next(plan, progress.policy, progress.level, progress.next_at or now)
    if standing.level == FALLBACK:
        return None, 0
    return _next(plan, standing.policy, standing.level + 1, standing.until)


def go_on(
    plan: Plan, progress: Progress, situation: Situation, now: datetime
) -> tuple[Progress, tuple[Action, ...]]:
    """Fire the one that is due; what was acknowledged stays acknowledged."""
    number = progress.goes_on_with
    level, here = plan.level(progress.policy, number), changed(progress, level=number)
    match not_meant(level, here, situation, now):
        case WaitForHours() as waiting:
            return timed(changed(progress, goes_on_at=waiting.until)), (waiting,)
        case SkipLevel() as skip:
            return _after(plan, progress, now), (skip,)
        case None:
            pass
    responders, turn = reached(level, here, situation)
    if not responders:
        why = situation.why_nobody(level.targets)
        return _after(plan, progress, now), (SkipLevel(level=number, round=progress.round, reason=why),)
    paged = _page(here, responders, turn, now + level.wait)
    return changed(_after(plan, progress, paged.until), step=paged.step), (paged,)


def _page(
    progress: Progress, responders: tuple[Responder, ...], turn: str | None, until: datetime
) -> PageLevel:
    return PageLevel(
        policy=progress.policy,
        level=progress.level,
        round=progress.round,
        step=progress.step + 1,
        responders=responders,
        until=until,
        reason=f"level {progress.level + 1} asks for a resolution, and it is not resolved",
        turn=turn,
        although_acknowledged=True,
    )


def _after(plan: Plan, progress: Progress, at: datetime) -> Progress:
    due, number = _next(plan, progress.policy, progress.goes_on_with + 1, at)
    return timed(changed(progress, goes_on_at=due, goes_on_with=number))


def _next(plan: Plan, policy: str, number: int, at: datetime) -> Due:
    """The first such level from this one on in this round, if this one fired at that time."""
    for each, level in enumerate(plan.policies[policy].levels[number:], start=number):
        if level.hand_over_to is not None:
            break
        if level.if_not is IfNot.RESOLVED:
            return at, each
        at += level.wait
    return None, 0
