"""What does an acknowledgement change? Paging stops when enough people have acknowledged.

An acknowledgement may have a time of its own (E10), and levels that ask for a resolution do not mind it: both
are kept in the progress, so that the timer goes on.
"""

from datetime import datetime

from incident.actions import Action, Answered, Stop
from incident.plan import Plan
from incident.progress import FALLBACK, Progress, Stage, changed, timed
from incident.unresolved import to_come


def acknowledge(
    plan: Plan, progress: Progress, person: str, now: datetime
) -> tuple[Progress, tuple[Action, ...]]:
    """Somebody takes it.

    Acknowledging again makes the acknowledgement last anew; after the end nothing changes.
    """
    if progress.stage is Stage.ENDED:
        return progress, ()
    if progress.stage is Stage.ACKNOWLEDGED:
        return timed(changed(progress, reopens_at=_lasts_until(plan, progress, now))), ()
    answered = changed(progress, answered=tuple(dict.fromkeys((*progress.answered, person))))
    if missing := _missing(plan, answered):
        return answered, (Answered(person=person, reason=missing),)
    due, number = to_come(plan, answered, now)
    taken = changed(_where_it_stands(answered), stage=Stage.ACKNOWLEDGED, goes_on_at=due, goes_on_with=number)
    lasting = changed(taken, reopens_at=_lasts_until(plan, taken, now))
    return timed(lasting), (Stop(reason=f"acknowledged by {', '.join(answered.answered)}"),)


def _where_it_stands(progress: Progress) -> Progress:
    """At the level that was acknowledged, not at the one that would have come next."""
    standing = progress.standing
    if standing is None or standing.level == FALLBACK:
        return progress
    return changed(progress, policy=standing.policy, level=standing.level, round=standing.round)


def _missing(plan: Plan, progress: Progress) -> str:
    """Which acknowledgements the level still waits for, in words; empty when it has enough (E9)."""
    standing = progress.standing
    if standing is None or standing.level == FALLBACK:
        return ""
    wanted = plan.level(standing.policy, standing.level).acknowledgements
    if wanted == "all":
        silent = [person for person in standing.people if person not in progress.answered]
        return f"{', '.join(silent)} must acknowledge, too" if silent else ""
    more = min(wanted, len(standing.people)) - (len(progress.answered) - standing.answered_before)
    return f"{more} more must acknowledge" if more > 0 else ""


def _lasts_until(plan: Plan, progress: Progress, now: datetime) -> datetime | None:
    lasts = plan.policies[progress.policy].unacknowledge_after
    return now + lasts if lasts else None
