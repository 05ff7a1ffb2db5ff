"""Whom does a target of a policy reach right now, and whom not, and why?"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from incident.configuration import Configuration
from incident.contacts import usable_contacts
from incident.oncall import HORIZON, final_schedule, next_on_call, previous_on_call
from incident.plan import Plan
from incident.policy import Target
from incident.severity import Severity
from incident.situation import Responder, Situation, Turn


def reach(
    configuration: Configuration, targets: Iterable[Target], now: datetime
) -> tuple[dict[str, tuple[Responder, ...]], dict[str, str]]:
    """The responders of each target, and why one reaches nobody or not all; both by the target's text."""
    responders: dict[str, tuple[Responder, ...]] = {}
    absent: dict[str, str] = {}
    for target in targets:
        meant, nobody = _meant_by(configuration, target, now)
        problems = {responder.person: why_unreachable(configuration, responder.person) for responder in meant}
        responders[str(target)] = tuple(each for each in meant if problems[each.person] is None)
        if reasons := [problem for problem in problems.values() if problem] or ([] if meant else [nobody]):
            absent[str(target)] = "; ".join(reasons)
    return responders, absent


def situation_at(
    configuration: Configuration,
    plan: Plan,
    now: datetime,
    *,
    severity: Severity,
    alerts: tuple[datetime, ...],
    turns: Mapping[str, Turn],
    ended: str | None = None,
) -> Situation:
    """The world at an instant as a decision about an escalation sees it: everybody its plan may page."""
    everything = plan.targets()
    responders, absent = reach(configuration, everything, now)
    newcomers = any(policy.page_newcomers for policy in plan.policies.values())
    return Situation(
        ended=ended,
        severity=severity,
        working_hours=configuration.organisation.working_hours,
        alerts=alerts,
        responders=responders,
        absent=absent,
        handoffs=handoffs(configuration, everything, now) if newcomers else {},
        turns=dict(turns),
    )


def handoffs(configuration: Configuration, targets: Iterable[Target], now: datetime) -> dict[str, datetime]:
    """When each schedule among the targets next means others, within 30 days."""
    found: dict[str, datetime] = {}
    for target in targets:
        schedule = configuration.schedules.get(target.schedule or "")
        if schedule is not None and len(shifts := final_schedule(schedule, now, now + HORIZON)) > 1:
            found[str(target)] = shifts[1].start
    return found


def why_unreachable(configuration: Configuration, name: str) -> str | None:
    """Why this person cannot be paged, or None when they have a contact that can be used (E4)."""
    person = configuration.people.get(name)
    if person is None:
        return f"{name} is not under people:"
    return None if usable_contacts(configuration, person) else f"{name} has no contact that can be used"


def _meant_by(configuration: Configuration, target: Target, now: datetime) -> tuple[list[Responder], str]:
    """Everybody a target means, reachable or not, and what to say when that is nobody."""
    if target.person is not None:
        return [Responder(person=target.person, because="named in the policy")], ""
    if target.schedule is not None:
        return _on_call(configuration, target.schedule, now), f"nobody is on call for {target.schedule}"
    if (name := target.next_on_call) is not None:
        return _after(configuration, name, now), f"nobody is next on call for {name}"
    if (name := target.previous_on_call) is not None:
        return _before(configuration, name, now), f"nobody was on call for {name} before"
    team = configuration.teams.get(target.team or "")
    because = f"member of team {target.team}"
    members = dict.fromkeys(team.members) if team else {}
    return [Responder(person=name, because=because) for name in members], f"nobody is in team {target.team}"


def _on_call(configuration: Configuration, name: str, now: datetime) -> list[Responder]:
    """Whoever is on call, each with the end of their own turn: one may go home while another stays."""
    schedule = configuration.schedules.get(name)
    if schedule is None:
        return []
    current, *later = final_schedule(schedule, now, now + HORIZON)
    ends = {
        person: next((shift.start for shift in later if person not in shift.on_call), None)
        for person in current.on_call
    }
    return [
        Responder(person=person, because=f"on call for {name}{_until(end, now)}")
        for person, end in ends.items()
    ]


def _after(configuration: Configuration, name: str, now: datetime) -> list[Responder]:
    """Whoever comes after the present shift, within 30 days (E7)."""
    schedule = configuration.schedules.get(name)
    shift = next_on_call(schedule, now) if schedule else None
    people = shift.on_call if shift else ()
    return [Responder(person=person, because=f"next on call for {name}") for person in people]


def _before(configuration: Configuration, name: str, now: datetime) -> list[Responder]:
    """Whoever was there before the present shift, within 30 days (E7)."""
    schedule = configuration.schedules.get(name)
    shift = previous_on_call(schedule, now) if schedule else None
    people = shift.on_call if shift else ()
    return [Responder(person=person, because=f"on call for {name} before") for person in people]


def _until(end: datetime | None, now: datetime) -> str:
    if end is None:
        return ""
    return f" until {end:%H:%M UTC}" if end - now < timedelta(days=1) else f" until {end:%a %d %b %H:%M UTC}"
