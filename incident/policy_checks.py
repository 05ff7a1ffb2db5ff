"""Does every escalation policy lead somewhere, and does each one come to an end?"""

from collections.abc import Iterator

from incident.configuration import Configuration
from incident.findings import Finding, Place, unknown
from incident.policy import Otherwise, Policy, Target


def check_policies(configuration: Configuration) -> Iterator[Finding]:
    """Names that lead nowhere, policies that hand over in a circle, levels that may all be passed over."""
    for name, policy in configuration.policies.items():
        place: Place = ("policies", name)
        for at, successor in _handed_to(place, policy):
            yield from unknown(at, successor, "policies", configuration.policies)
        for at, target in _targets(place, policy):
            yield from _names(configuration, at, target)
        yield from _circles(configuration, name)
        if all(level.when and level.otherwise is Otherwise.SKIP for level in policy.levels):
            message = (
                "every level has a when:, and if none holds the fallback is paged at once; add one without"
            )
            yield Finding(place=(*place, "levels"), message=message, fatal=False)


def _handed_to(place: Place, policy: Policy) -> Iterator[tuple[Place, str]]:
    """Each policy that may follow, with the place that says so."""
    for number, level in enumerate(policy.levels):
        if level.hand_over_to is not None:
            yield (*place, "levels", number, "hand_over_to"), level.hand_over_to
    if policy.hand_over_to is not None:
        yield (*place, "hand_over_to"), policy.hand_over_to


def _targets(place: Place, policy: Policy) -> Iterator[tuple[Place, Target]]:
    for number, level in enumerate(policy.levels):
        for index, target in enumerate(level.targets):
            yield (*place, "levels", number, "targets", index), target
    for index, target in enumerate(policy.fallback):
        yield (*place, "fallback", index), target


def _names(configuration: Configuration, place: Place, target: Target) -> Iterator[Finding]:
    """The names that only the rarer targets have; the others are checked where they are."""
    for key in ("next_on_call", "previous_on_call"):
        if (name := getattr(target, key)) is not None:
            yield from unknown((*place, key), name, "schedules", configuration.schedules)
    for index, member in enumerate(target.round_robin or ()):
        at: Place = (*place, "round_robin", index)
        if member.person is not None:
            yield from unknown(at, member.person, "people", configuration.people)
        elif member.schedule is not None:
            yield from unknown((*at, "schedule"), member.schedule, "schedules", configuration.schedules)
        elif member.team is not None:
            yield from unknown((*at, "team"), member.team, "teams", configuration.teams)


def _circles(configuration: Configuration, name: str) -> Iterator[Finding]:
    """Every way from a policy back to itself, told once: at the policy whose name comes first."""
    for place, successor in _handed_to(("policies", name), configuration.policies[name]):
        way = _way(configuration, successor, name, (name,))
        if way is not None and min(way) == name:
            message = f"{' → '.join((*way, name))} never ends; let one of them end with a fallback: instead"
            yield Finding(place=place, message=message)


def _way(
    configuration: Configuration, here: str, goal: str, behind: tuple[str, ...]
) -> tuple[str, ...] | None:
    """The policies from the goal on that lead back to it, or None when there is no such way."""
    if here == goal:
        return behind
    if here in behind or here not in configuration.policies:
        return None
    ahead = _handed_to((), configuration.policies[here])
    ways = (_way(configuration, each, goal, (*behind, here)) for _, each in ahead)
    return next((way for way in ways if way is not None), None)
