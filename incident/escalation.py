"""Who is woken next, and why? One pure decision climbs a policy level by level.

The flow `page` and the watchdog both ask it and carry out its actions. The rules are in docs/escalation.md: a
policy is a snapshot, people are resolved when a level fires, and a level that reaches nobody is left at once.
After the last level the policy repeats, then another one goes on, or the fallback is paged and the escalation
is loudly unreached. Asking again before anything is due does nothing.
"""

from datetime import datetime, timedelta
from typing import assert_never

from incident.actions import HeldBack, Stop
from incident.climb import Step, climb
from incident.last_resort import fall_back
from incident.paging import page_newcomers
from incident.plan import Plan
from incident.progress import Progress, Stage, changed, ended, timed
from incident.reopening import reopen
from incident.situation import Hold, Situation
from incident.unresolved import go_on

ASK_AGAIN = timedelta(minutes=1)
"""How often a hold without a known end is looked at."""


def decide(plan: Plan, progress: Progress, situation: Situation, now: datetime) -> Step:
    """What is to be done now, and when to ask again (``next_at`` of the new progress; None: never).

    At most one level is paged, however late it is (E11).
    """
    if progress.next_at is None:
        return progress, ()
    if situation.ended:
        told = () if progress.stage is Stage.ACKNOWLEDGED else (Stop(reason=situation.ended),)
        return ended(progress), told
    if now < progress.next_at:
        return progress, ()
    if situation.held:
        return _hold(progress, situation.held, now)
    return _take_step(plan, progress, situation, now)


def _take_step(plan: Plan, progress: Progress, situation: Situation, now: datetime) -> Step:
    match progress.stage:
        case Stage.CLIMBING:
            return _climb(plan, progress, situation, now)
        case Stage.UNREACHED:
            return fall_back(plan, progress, situation, now)
        case Stage.ACKNOWLEDGED:
            return _after_acknowledgement(plan, progress, situation, now)
        case Stage.HELD:
            return climb(plan, _again(plan, progress, now), situation, now)
        case Stage.ENDED:
            return progress, ()
        case _:
            assert_never(progress.stage)


def _climb(plan: Plan, progress: Progress, situation: Situation, now: datetime) -> Step:
    if progress.standing and now < progress.standing.until:
        return page_newcomers(plan, progress, situation, now)
    return climb(plan, progress, situation, now)


def _after_acknowledgement(plan: Plan, progress: Progress, situation: Situation, now: datetime) -> Step:
    if progress.goes_on_at and progress.goes_on_at <= now:
        return go_on(plan, progress, situation, now)
    if progress.reopens_at and progress.reopens_at <= now:
        return reopen(plan, progress, situation, now)
    return timed(progress), ()


def _hold(progress: Progress, hold: Hold, now: datetime) -> Step:
    """No step is taken while a maintenance or a silence lasts; an acknowledgement keeps counting (E14)."""
    until = hold.until if hold.until and hold.until > now else now + ASK_AGAIN
    if progress.stage is Stage.HELD:
        return changed(progress, next_at=until), ()
    stage = progress.stage if progress.stage is Stage.ACKNOWLEDGED else Stage.HELD
    told = HeldBack(until=hold.until, reason=hold.why)
    return changed(progress, stage=stage, next_at=until), (told,)


def _again(plan: Plan, progress: Progress, now: datetime) -> Progress:
    """At level 1, as if it had just begun; whoever acknowledged of several still has."""
    return Progress(next_at=now, policy=plan.name, step=progress.step, answered=progress.answered)
