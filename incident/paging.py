"""Who is paged on a level, and when is it looked at again? The page of a level as a value."""

from collections.abc import Iterable
from datetime import datetime

from incident.actions import PageLevel
from incident.plan import Plan
from incident.policy import Level, Target
from incident.progress import Progress, Standing, changed
from incident.round_robin import whose_turn
from incident.situation import Responder, Situation, Turn, place


def reached(
    level: Level, progress: Progress, situation: Situation
) -> tuple[tuple[Responder, ...], str | None]:
    """Whom the level fires at now, and whose turn of a round robin that is; nobody who has acknowledged."""
    turn: str | None = None
    chosen: list[Target] = []
    for target in level.targets:
        if target.round_robin is None:
            chosen.append(target)
            continue
        known = situation.turns.get(place(progress.policy, progress.level), Turn())
        if member := whose_turn(target.round_robin, known, situation):
            chosen.append(member)
            turn = str(member)
    return without(situation.reached_by(chosen), progress.answered), turn


def without(responders: Iterable[Responder], people: Iterable[str]) -> tuple[Responder, ...]:
    """The responders who are none of these people."""
    left_out = frozenset(people)
    return tuple(responder for responder in responders if responder.person not in left_out)


def page(
    plan: Plan,
    progress: Progress,
    responders: tuple[Responder, ...],
    situation: Situation,
    now: datetime,
    *,
    reason: str,
    turn: str | None = None,
) -> tuple[Progress, PageLevel]:
    """Page these people on the level whose turn it is; the progress waits for them."""
    until = now + plan.level(progress.policy, progress.level).wait
    paged = PageLevel(
        policy=progress.policy,
        level=progress.level,
        round=progress.round,
        step=progress.step + 1,
        responders=responders,
        until=until,
        reason=reason,
        turn=turn,
        unanswered=progress.standing is not None,
    )
    waiting = changed(progress, step=paged.step, standing=waiting_for(paged, progress))
    return changed(waiting, next_at=look_again(plan, waiting, situation, now)), paged


def waiting_for(paged: PageLevel, progress: Progress) -> Standing:
    """What stands once these people have been paged."""
    return Standing(
        policy=paged.policy,
        level=paged.level,
        round=paged.round,
        people=tuple(responder.person for responder in paged.responders),
        until=paged.until,
        answered_before=len(progress.answered),
    )


def look_again(plan: Plan, progress: Progress, situation: Situation, now: datetime) -> datetime:
    """When the level that stands is over, or before that somebody comes on call whom it means then (E12)."""
    standing = progress.standing
    assert standing is not None, "a level that was paged stands"
    if not plan.policies[standing.policy].page_newcomers:
        return standing.until
    level = plan.level(standing.policy, standing.level)
    known = (situation.handoffs.get(str(target)) for target in level.targets)
    return min([standing.until, *(at for at in known if at is not None and at > now)])


def page_newcomers(
    plan: Plan, progress: Progress, situation: Situation, now: datetime
) -> tuple[Progress, tuple[PageLevel, ...]]:
    """Page whoever came on call while the level waits for an answer (E12); its time goes on as it was."""
    standing = progress.standing
    assert standing is not None, "a level that was paged stands"
    level = plan.level(standing.policy, standing.level)
    fixed = [target for target in level.targets if target.round_robin is None]
    newcomers = without(situation.reached_by(fixed), (*standing.people, *progress.answered))
    next_at = look_again(plan, progress, situation, now)
    if not newcomers:
        return changed(progress, next_at=next_at), ()
    paged = PageLevel(
        policy=standing.policy,
        level=standing.level,
        round=standing.round,
        step=progress.step + 1,
        responders=newcomers,
        until=standing.until,
        reason=f"level {standing.level + 1} waits for an answer at the handoff",
    )
    people = (*standing.people, *(responder.person for responder in newcomers))
    joined = standing.model_copy(update={"people": people})
    return changed(progress, next_at=next_at, step=paged.step, standing=joined), (paged,)
