"""How does paging begin again after an acknowledgement? By its time running out, or by hand (E10)."""

from datetime import datetime, timedelta

from incident.actions import Reopen
from incident.climb import Step, climb
from incident.duration import write_duration
from incident.errors import TransitionError
from incident.last_resort import fall_back
from incident.plan import Plan
from incident.progress import FALLBACK, Progress, Stage, changed, following
from incident.situation import Situation


def reopen(plan: Plan, progress: Progress, situation: Situation, now: datetime) -> Step:
    """The acknowledgement has run out: the same level is paged again, and the next ones follow."""
    lasted = plan.policies[progress.policy].unacknowledge_after or timedelta()
    why = f"it was acknowledged {write_duration(lasted)} ago and is not resolved"
    return page_again(plan, progress, situation, why, now)


def page_again(plan: Plan, progress: Progress, situation: Situation, why: str, now: datetime) -> Step:
    """What was acknowledged is open again: the same level is paged, and the next ones follow."""
    after, actions = _page_next(plan, _opened(progress), situation, now)
    return after, (Reopen(reason=f"{why}: paging begins again"), *actions)


def escalate(plan: Plan, progress: Progress, situation: Situation, by: str, now: datetime) -> Step:
    """Somebody asks for the next level now; what was acknowledged is open again.

    Raises:
        TransitionError: paging has ended, or a maintenance or a silence holds it back (E14).
    """
    if why := situation.ended or (progress.stage is Stage.ENDED and "paging has ended"):
        raise TransitionError(f"nobody can be escalated to: {why}")
    if situation.held:
        raise TransitionError(f"nobody is paged while {situation.held.why} lasts; end it first")
    acknowledged = progress.stage is Stage.ACKNOWLEDGED
    opened = _opened(progress)
    if acknowledged and progress.standing and progress.standing.level != FALLBACK:
        opened = following(plan, opened)
    after, actions = _page_next(plan, opened, situation, now)
    return after, (Reopen(reason=f"{by} escalates it"), *actions) if acknowledged else actions


def _opened(progress: Progress) -> Progress:
    """As if nobody had acknowledged; the level that was paged last needs no answer any more."""
    given_up = progress.stage is Stage.UNREACHED or (
        progress.standing is not None and progress.standing.level == FALLBACK
    )
    stage = Stage.UNREACHED if given_up else Stage.CLIMBING
    opened = changed(progress, stage=stage, standing=None, reopens_at=None, goes_on_at=None)
    if progress.stage is not Stage.ACKNOWLEDGED:
        return opened
    return changed(opened, answered=(), reopened=progress.reopened + 1)


def _page_next(plan: Plan, progress: Progress, situation: Situation, now: datetime) -> Step:
    if progress.stage is Stage.UNREACHED:
        return fall_back(plan, progress, situation, now)
    return climb(plan, changed(progress, next_at=now), situation, now)
