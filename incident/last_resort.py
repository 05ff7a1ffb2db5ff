"""Whom do we page when the policies are at their end? The fallback, else whoever can be reached."""

from datetime import datetime

from incident.actions import Action, Exhausted, PageLevel, SkipLevel
from incident.duration import write_duration
from incident.paging import waiting_for, without
from incident.plan import Plan
from incident.policy import Target
from incident.progress import FALLBACK, Progress, Stage, changed
from incident.situation import Responder, Situation


def fall_back(
    plan: Plan, progress: Progress, situation: Situation, now: datetime, *, exhausted: str = ""
) -> tuple[Progress, tuple[Action, ...]]:
    """Page the fallback; if it reaches nobody, whoever else of the policies can be reached by now.

    `exhausted` says why the policies are at their end, the first time; later ones are reminders (E5).
    """
    policy = plan.policies[progress.policy]
    until = now + policy.remind_every
    told: list[Action] = [Exhausted(reason=exhausted)] if exhausted else []
    responders, why, missing = _whom(plan, progress, situation)
    if missing:
        told.append(SkipLevel(level=FALLBACK, round=progress.round, reason=missing))
    given_up = changed(progress, stage=Stage.UNREACHED, next_at=until, round=progress.round + 1)
    if not responders:
        return given_up, tuple(told)
    paged = PageLevel(
        policy=progress.policy,
        level=FALLBACK,
        round=progress.round,
        step=progress.step + 1,
        responders=responders,
        until=until,
        reason=why,
        unanswered=progress.standing is not None,
    )
    return changed(given_up, step=paged.step, standing=waiting_for(paged, progress)), (*told, paged)


def _whom(plan: Plan, progress: Progress, situation: Situation) -> tuple[tuple[Responder, ...], str, str]:
    """Who is paged and why, and why the fallback reaches nobody if that is so."""
    fallback = _fallback(plan, progress)
    if responders := without(situation.reached_by(fallback), progress.answered):
        every = write_duration(plan.policies[progress.policy].remind_every)
        return responders, f"the policy is exhausted; its fallback is paged every {every}", ""
    missing = situation.why_nobody(fallback) or "the policy has no fallback"
    everybody = situation.reached_by(sorted(plan.targets(), key=str))
    why = f"the policy is exhausted, and all of its levels are paged: {missing}"
    return without(everybody, progress.answered), why, missing


def _fallback(plan: Plan, progress: Progress) -> tuple[Target, ...]:
    """The fallback of the policy that was climbed last, else of the nearest one before it that has one."""
    names = (progress.policy, *reversed(progress.came_through))
    return next((plan.policies[name].fallback for name in names if plan.policies[name].fallback), ())
