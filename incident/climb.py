"""Which level is paged next, and which are passed over on the way? One climb, until somebody is reached.

A level that reaches nobody, or is not meant for this, is left at once. When a whole round reaches nobody, or
the last round is over, another policy goes on or the fallback is paged: never silence.
"""

from datetime import datetime

from incident.actions import Action, HandOver, SkipLevel, WaitForHours
from incident.conditions import unmet
from incident.duration import write_duration
from incident.last_resort import fall_back
from incident.paging import page, reached
from incident.plan import Plan
from incident.policy import Level, Otherwise
from incident.progress import Progress, changed, following
from incident.situation import Situation

Step = tuple[Progress, tuple[Action, ...]]


def climb(plan: Plan, progress: Progress, situation: Situation, now: datetime) -> Step:
    """Page the next level that reaches somebody now; what was passed over on the way is told first."""
    told: list[Action] = []
    passed = 0  # levels since a policy began, or since somebody was reached
    while True:
        policy = plan.policies[progress.policy]
        if progress.round > policy.repeat or passed >= len(policy.levels):
            why = _exhausted(plan, progress, passed)
            if not _may_hand_over(plan, progress, policy.hand_over_to):
                given_up, actions = fall_back(plan, progress, situation, now, exhausted=why)
                return given_up, (*told, *actions)
            progress, action = _hand_over(plan, progress, str(policy.hand_over_to), why, now)
        else:
            progress, action = _try_level(plan, progress, situation, now)
        told.append(action)
        if isinstance(action, SkipLevel):
            passed += 1
        elif isinstance(action, HandOver) and (progress.next_at or now) <= now:
            passed = 0
        else:
            return progress, tuple(told)


def not_meant(
    level: Level, progress: Progress, situation: Situation, now: datetime
) -> SkipLevel | WaitForHours | None:
    """Why a level does not fire now although it was reached (E8), or None when it does."""
    if level.when is None:
        return None
    found = unmet(level.when, situation.severity, situation.alerts, situation.working_hours, now)
    if found is None:
        return None
    step = {"level": progress.level, "round": progress.round, "reason": found.reason}
    if level.otherwise is Otherwise.WAIT and found.until and found.until > now:
        return WaitForHours(until=found.until, **step)
    return SkipLevel(not_meant=True, **step)


def _try_level(
    plan: Plan, progress: Progress, situation: Situation, now: datetime
) -> tuple[Progress, Action]:
    level = plan.level(progress.policy, progress.level)
    match not_meant(level, progress, situation, now):
        case WaitForHours() as waiting:
            return changed(progress, next_at=waiting.until), waiting
        case SkipLevel() as skip:
            return following(plan, progress), skip
        case None:
            pass
    if level.hand_over_to is not None:
        return _branch(plan, progress, level.hand_over_to, now)
    responders, turn = reached(level, progress, situation)
    if not responders:
        why = _why_nobody(level, progress, situation)
        return following(plan, progress), SkipLevel(level=progress.level, round=progress.round, reason=why)
    standing, paged = page(plan, progress, responders, situation, now, reason=_why(plan, progress), turn=turn)
    return following(plan, standing), paged


def _branch(plan: Plan, progress: Progress, name: str, now: datetime) -> tuple[Progress, Action]:
    """A level that hands over to another policy."""
    if _may_hand_over(plan, progress, name):
        return _hand_over(
            plan, progress, name, f"level {progress.level + 1} of {progress.policy} says so", now
        )
    skip = SkipLevel(level=progress.level, round=progress.round, reason=f"policy {name} had its turn")
    return following(plan, progress), skip


def _may_hand_over(plan: Plan, progress: Progress, name: str | None) -> bool:
    """Each policy has one turn: cycles are refused, and a climb must end whatever was accepted."""
    return name in plan.policies and name not in (progress.policy, *progress.came_through)


def _hand_over(plan: Plan, progress: Progress, name: str, why: str, now: datetime) -> tuple[Progress, Action]:
    begins = now + plan.policies[name].levels[0].delay
    handed = changed(
        progress,
        policy=name,
        level=0,
        round=0,
        next_at=begins,
        came_through=(*progress.came_through, progress.policy),
    )
    return handed, HandOver(policy=name, reason=why)


def _why(plan: Plan, progress: Progress) -> str:
    policy, level = plan.policies[progress.policy], plan.level(progress.policy, progress.level)
    named = ", ".join(str(target) for target in level.targets)
    whose = f"policy {progress.policy}, " if progress.came_through else ""
    turn = f"round {progress.round + 1} of {policy.repeat + 1}, " if policy.repeat else ""
    number = f"level {progress.level + 1} of {len(policy.levels)}"
    return f"{whose}{turn}{number} pages {named}, {write_duration(level.wait)} to answer"


def _why_nobody(level: Level, progress: Progress, situation: Situation) -> str:
    """Nobody can be reached, or everybody who can has acknowledged already."""
    there = [each.person for each in situation.reached_by(level.targets) if each.person in progress.answered]
    if there:
        return f"{', '.join(there)} acknowledged already"
    return situation.why_nobody(level.targets)


def _exhausted(plan: Plan, progress: Progress, passed: int) -> str:
    levels = len(plan.policies[progress.policy].levels)
    if passed >= levels:
        return "not one level of the policy reaches anybody now"
    rounds = "1 round" if progress.round == 1 else f"{progress.round} rounds"
    return f"nobody acknowledged in {rounds} of {levels} levels"
