"""What does it cost to decide a thousand open escalations, from who is on call to what follows?"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from bench import rotas
from bench.table import Row, timed
from incident.climb import Step
from incident.configuration import Configuration
from incident.escalation import decide
from incident.plan import Plan, plan_of
from incident.policy import Target, targets
from incident.progress import Progress, start
from incident.responders import reach
from incident.schedule import Unit
from incident.situation import Situation

SCHEDULES, ESCALATIONS = 200, 1_000
A_SECOND = timedelta(seconds=1)


class Open(NamedTuple):
    """One escalation as the ledger keeps it."""

    plan: Plan
    progress: Progress


def thousand_open(count: int | None) -> list[Row]:
    """All of them due at the same instant, and all of them waiting for an answer."""
    configuration = _organisation()
    due = _open_escalations(configuration, count or ESCALATIONS)
    steps = _decided_together(configuration, due)
    waiting = [Open(plan, progress) for (plan, _), (progress, _) in zip(due, steps, strict=True)]
    assert all(progress.step == 1 for progress, _ in steps), "whatever is due pages its first level"
    assert not any(actions for _, actions in _decided_together(configuration, waiting)), "nothing is due now"
    measured = {
        f"open escalations, all due; {SCHEDULES} schedules asked once, then each decided": lambda: (
            _decided_together(configuration, due)
        ),
        "... none due": lambda: _decided_together(configuration, waiting),
        "... all due, each asking its schedules for itself": lambda: [
            _decided_alone(configuration, each) for each in due
        ],
    }
    return [Row(what, len(due), str(timed(call))) for what, call in measured.items()]


def _decided_together(configuration: Configuration, those: Iterable[Open]) -> list[Step]:
    """Each schedule is asked once, for all the escalations that page it."""
    now = rotas.NOW
    everything = frozenset[Target]().union(*map(targets, configuration.policies.values()))
    responders, absent = reach(configuration, everything, now)
    situation = Situation(responders=responders, absent=absent)
    return [decide(plan, progress, situation, now) for plan, progress in those]


def _decided_alone(configuration: Configuration, each: Open) -> Step:
    """As `ledger.situations` puts it together, without its queries."""
    responders, absent = reach(configuration, each.plan.targets(), rotas.NOW)
    return decide(each.plan, each.progress, Situation(responders=responders, absent=absent), rotas.NOW)


def _open_escalations(configuration: Configuration, count: int) -> list[Open]:
    """Five of each policy, due now."""
    plans = [plan_of(configuration, name) for name in configuration.policies]
    opened: datetime = rotas.NOW - A_SECOND
    return [
        Open(plan, start(plan, opened)) for plan in (plans[number % len(plans)] for number in range(count))
    ]


def _organisation() -> Configuration:
    """Weekly rotations of ten people with five overrides; each policy pages its own and then the next."""
    people = [f"person{number}" for number in range(SCHEDULES)]
    written: dict[str, Any] = {
        "people": {name: {"name": name, "email": f"{name}@example.org"} for name in people},
        "schedules": {},
        "policies": {},
        "services": {"shop": {"policy": "policy0"}},
        "default_service": "shop",
        "connections": {"mail": {"type": "smtp-mail"}},
        "use": {"mail": "mail"},
    }
    for number in range(SCHEDULES):
        turns = tuple(people[(number + step) % SCHEDULES] for step in range(10))
        written["schedules"][f"rota{number}"] = rotas.rotation(Unit.WEEK, turns)
        levels = [{"targets": [{"schedule": f"rota{each % SCHEDULES}"}]} for each in (number, number + 1)]
        fallback = [{"person": people[number]}]
        written["policies"][f"policy{number}"] = {"levels": levels, "fallback": fallback}
    return Configuration.model_validate(written)
