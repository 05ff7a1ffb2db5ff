"""What will go wrong with this configuration in the next 30 days, although nothing in it is wrong?"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta

from incident.configuration import Configuration
from incident.contacts import Address, check_verified
from incident.coverage import coverage_gaps
from incident.doubling import doublings
from incident.findings import Finding
from incident.imports import BENEATH_PLANS
from incident.override import Cover
from incident.plan import plan_of
from incident.reachability import weaknesses
from incident.responders import why_unreachable
from incident.restriction import Interval
from incident.standing import schedules_of

AHEAD = timedelta(days=30)
NAMED = 3
"""How many gaps of a schedule, or weaknesses of a policy, are told one by one."""


def outlook(
    configuration: Configuration, now: datetime, verified: Collection[Address] | None = None
) -> Iterator[Finding]:
    """What is no error and will hurt: gaps, too few people for a severity 1, one person on two levels.

    Contacts that nobody has tried are told only if it is known which ones were (`verified`).
    """
    yield from _gaps(configuration, now)
    yield from _lost_turns(configuration)
    yield from _severity_1(configuration, now)
    yield from _doublings(configuration, now)
    if verified is not None:
        yield from check_verified(configuration, verified)


def unread(configuration: Configuration) -> frozenset[str]:
    """The schedules that follow a plan of somebody else, of which not enough is known here.

    Whoever is on call by a calendar stands in the ledger; without that a gap would be a guess. A tool that is
    asked never says who will be on call.
    """
    return frozenset(
        name
        for name, schedule in configuration.schedules.items()
        if schedule.source
        or (
            schedule.calendar
            and not any(
                isinstance(each, Cover) and each.priority == BENEATH_PLANS for each in schedule.overrides
            )
        )
    )


def _gaps(configuration: Configuration, now: datetime) -> Iterator[Finding]:
    unknown = unread(configuration)
    for name, schedule in configuration.schedules.items():
        gaps = () if name in unknown else coverage_gaps(schedule, now, now + AHEAD)
        for gap in gaps[:NAMED]:
            message = f"nobody is on call {_span(gap.start, gap.end, now)}: {gap.reason}"
            yield Finding(place=("schedules", name), message=message, fatal=False)
        if len(gaps) > NAMED:
            message = f"{len(gaps) - NAMED} more gaps follow within {AHEAD.days} days"
            yield Finding(place=("schedules", name), message=message, fatal=False)


def _lost_turns(configuration: Configuration) -> Iterator[Finding]:
    """Somebody who cannot be paged keeps the turn, so that nobody else moves; but the turn is lost (S12)."""
    for name, schedule in configuration.schedules.items():
        for number, layer in enumerate(schedule.layers):
            for turn, group in enumerate(layer.users):
                lost = filter(None, (why_unreachable(configuration, user) for user in group))
                for reason in lost:
                    message = (
                        f"{reason}, so this turn wakes nobody; put somebody else in this place of the order"
                    )
                    place = ("schedules", name, "layers", number, "users", turn)
                    yield Finding(place=place, message=message, fatal=False)


def _severity_1(configuration: Configuration, now: datetime) -> Iterator[Finding]:
    for name in dict.fromkeys(service.policy for service in configuration.services.values()):
        if _schedules_of(configuration, name) & unread(configuration):
            continue
        services = [key for key, service in configuration.services.items() if service.policy == name]
        times: dict[tuple[str, str], list[Interval]] = {}
        for each in weaknesses(configuration, name, now, now + AHEAD):
            times.setdefault((each.reason, each.instead), []).append((each.start, each.end))
        told, untold = [*times.items()][:NAMED], [*times.values()][NAMED:]
        whose = f"a severity 1 of {_listed(services)}"
        for (reason, instead), spans in told:
            message = f"{whose} {reason} {_times(spans, now)}; {instead}"
            yield Finding(place=("policies", name), message=message, fatal=False)
        if more := sum(map(len, untold)):
            message = f"{whose} wakes too few people on {more} more occasions in the next {AHEAD.days} days"
            yield Finding(place=("policies", name), message=message, fatal=False)


def _schedules_of(configuration: Configuration, policy: str) -> frozenset[str]:
    """Those on which it depends whom a policy reaches, and those that it hands over to."""
    policies = plan_of(configuration, policy).policies.values()
    return frozenset[str]().union(*map(schedules_of, policies))


def _doublings(configuration: Configuration, now: datetime) -> Iterator[Finding]:
    for name in configuration.policies:
        times: dict[tuple[str, tuple[int, ...]], list[Interval]] = {}
        for each in doublings(configuration, name, now, now + AHEAD):
            times.setdefault((each.person, each.levels), []).append((each.start, each.end))
        for (person, levels), spans in times.items():
            numbers = _listed([str(level + 1) for level in levels])
            message = f"{person} stands on levels {numbers} {_times(spans, now)}; keep them on one level"
            yield Finding(place=("policies", name, "levels", levels[-1]), message=message, fatal=False)


def _times(spans: Sequence[Interval], now: datetime) -> str:
    first = _span(*spans[0], now)
    return (
        first
        if len(spans) == 1
        else f"on {len(spans)} occasions in the next {AHEAD.days} days, first {first}"
    )


def _span(start: datetime, end: datetime, now: datetime) -> str:
    if (start, end) == (now, now + AHEAD):
        return f"for all of the next {AHEAD.days} days"
    return f"from {start:%a %d %b %H:%M} to {end:%a %d %b %H:%M} UTC"


def _listed(words: Sequence[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last
