"""What will go wrong with this configuration in the next 30 days, although nothing in it is wrong?"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from incident.configuration import Configuration
from incident.coverage import coverage_gaps
from incident.findings import Finding
from incident.policy import targets
from incident.responders import reach

AHEAD = timedelta(days=30)
NAMED = 3
"""How many gaps of one schedule are told one by one."""


def outlook(configuration: Configuration, now: datetime) -> Iterator[Finding]:
    """Gaps in the schedules, and services for which nobody could be paged at this moment."""
    yield from _gaps(configuration, now)
    yield from _unreachable(configuration, now)


def _gaps(configuration: Configuration, now: datetime) -> Iterator[Finding]:
    for name, schedule in configuration.schedules.items():
        gaps = coverage_gaps(schedule, now, now + AHEAD)
        for gap in gaps[:NAMED]:
            span = f"{gap.start:%a %d %b %H:%M} to {gap.end:%a %d %b %H:%M} UTC"
            yield Finding(
                place=("schedules", name), message=f"nobody is on call from {span}: {gap.reason}", fatal=False
            )
        if len(gaps) > NAMED:
            message = f"{len(gaps) - NAMED} more gaps follow within {AHEAD.days} days"
            yield Finding(place=("schedules", name), message=message, fatal=False)


def _unreachable(configuration: Configuration, now: datetime) -> Iterator[Finding]:
    for name, service in configuration.services.items():
        responders, absent = reach(configuration, targets(configuration.policies[service.policy]), now)
        if not any(responders.values()):
            why = "; ".join(sorted(set(absent.values())))
            message = f"a severity 1 would reach nobody now ({why}); add somebody who can be paged"
            yield Finding(place=("services", name, "policy"), message=message, fatal=False)
