"""Does every escalation policy come to an end, and does something of it always apply?"""

from collections.abc import Iterator

from incident.configuration import Configuration
from incident.findings import Finding, Place
from incident.policy import Otherwise, Policy


def check_policies(configuration: Configuration) -> Iterator[Finding]:
    """Policies that hand over in a circle, and those of which every level may be passed over."""
    for name, policy in configuration.policies.items():
        yield from _circles(configuration, name)
        if all(level.when and level.otherwise is Otherwise.SKIP for level in policy.levels):
            message = (
                "every level has a when:, and if none holds the fallback is paged at once; add one without"
            )
            yield Finding(place=("policies", name, "levels"), message=message, fatal=False)


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


def _handed_to(place: Place, policy: Policy) -> Iterator[tuple[Place, str]]:
    """Each policy that may follow, with the place that says so."""
    for number, level in enumerate(policy.levels):
        if level.hand_over_to is not None:
            yield (*place, "levels", number, "hand_over_to"), level.hand_over_to
    if policy.hand_over_to is not None:
        yield (*place, "hand_over_to"), policy.hand_over_to
