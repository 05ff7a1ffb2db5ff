"""Does everything that triage is told to do lead somewhere? Routes, dependencies, inhibitions, thresholds."""

from collections.abc import Iterator

from incident.alert import AlertSeverity
from incident.configuration import Configuration, Route
from incident.dependencies import circle_through
from incident.findings import Finding, Place, unknown
from incident.matching import Matcher, match_all


def check_triage(configuration: Configuration) -> tuple[Finding, ...]:
    """Names that lead nowhere, services that need themselves, and what can never have an effect."""
    return (
        *_routes(configuration),
        *_dependencies(configuration),
        *_inhibitions(configuration),
        *_thresholds(configuration),
        *_minimum(("minimum_severity",), configuration.minimum_severity),
        *(
            finding
            for name, service in configuration.services.items()
            for finding in _minimum(("services", name, "minimum_severity"), service.minimum_severity)
        ),
    )


def _routes(configuration: Configuration) -> Iterator[Finding]:
    c = configuration
    for number, route in enumerate(c.routes):
        place: Place = ("routes", number)
        if route.service is not None:
            yield from unknown((*place, "service"), route.service, "services", c.services)
        if route.team is not None:
            yield from unknown((*place, "team"), route.team, "teams", c.teams)
            if route.team in c.teams and c.teams[route.team].policy is None:
                message = f"team {route.team} has no policy:, so the policy of the service pages; add one"
                yield Finding(place=(*place, "team"), message=message, fatal=False)
        if earlier := _hidden_by(c.routes[:number], route):
            message = f"it is never reached: routes[{earlier[0]}] fits all of its alerts; move it up"
            yield Finding(place=place, message=message, fatal=False)
    for name, team in c.teams.items():
        if team.policy is not None:
            yield from unknown(("teams", name, "policy"), team.policy, "policies", c.policies)


def _hidden_by(earlier: tuple[Route, ...], route: Route) -> tuple[int, ...]:
    """The first route before it that asks for nothing that it does not ask for, too."""
    asked = set(route.labels.items()), set(route.match)
    wider = (
        number
        for number, each in enumerate(earlier)
        if set(each.labels.items()) <= asked[0] and set(each.match) <= asked[1]
    )
    return tuple(wider)[:1]


def _dependencies(configuration: Configuration) -> Iterator[Finding]:
    services = configuration.services
    needs = {name: service.depends_on for name, service in services.items()}
    told: set[frozenset[str]] = set()
    for name, service in services.items():
        place: Place = ("services", name, "depends_on")
        for number, needed in enumerate(service.depends_on):
            yield from unknown((*place, number), needed, "services", services)
        circle = circle_through(name, needs)
        if circle and frozenset(circle) not in told:
            told.add(frozenset(circle))
            message = f"a service cannot need itself: {' -> '.join(circle)}; take one of these steps out"
            yield Finding(place=place, message=message)


def _inhibitions(configuration: Configuration) -> Iterator[Finding]:
    for number, rule in enumerate(configuration.inhibit_rules):
        place: Place = ("inhibit_rules", number)
        for key in ("source_matchers", "target_matchers"):
            matchers: tuple[Matcher, ...] = getattr(rule, key)
            if match_all(matchers, {}):
                message = "these are met by every alert without such labels; name a label that must be there"
                yield Finding(place=(*place, key), message=message)
        if rule.source_matchers == rule.target_matchers:
            message = "causes and consequences are the same, so it never inhibits anything"
            yield Finding(place=place, message=message, fatal=False)


def _thresholds(configuration: Configuration) -> Iterator[Finding]:
    thresholds = configuration.thresholds
    for number, threshold in enumerate(thresholds):
        if any(set(each.match) <= set(threshold.match) for each in thresholds[:number]):
            message = "it is never reached: one before it fits all of its alerts; move it up"
            yield Finding(place=("thresholds", number), message=message, fatal=False)


def _minimum(place: Place, minimum: AlertSeverity | None) -> Iterator[Finding]:
    if minimum is AlertSeverity.UNKNOWN:
        message = "unknown is no minimum: it may be anything; write critical, error, warning or info"
        yield Finding(place=place, message=message)
