"""Where does an alert belong? Ordered routes on its labels choose service, team, severity and language."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from incident.alert import Alert
from incident.configuration import Configuration, Language, Route
from incident.matching import labels_of
from incident.severity import Proposal, Severity, propose_severity

LONGEST_NAME = 60
"""Characters of a service that nobody knows, in a reason."""


class Routed(BaseModel):
    """Where an alert belongs, and why."""

    model_config = ConfigDict(frozen=True)

    service: str
    reason: str
    team: str | None = None
    severity: Severity | None = None
    language: Language | None = None
    by_route: Annotated[bool, Field(description="A route had a say in it.")] = False

    def proposal(self, configuration: Configuration, alert: Alert) -> Proposal:
        """The severity to propose: that of the route if it names one, else that of the policy."""
        if self.severity is not None:
            return Proposal(severity=self.severity, reason=self.reason)
        tier = configuration.services[self.service].tier
        return propose_severity(configuration.severity_policy, alert, tier)

    def language_in(self, configuration: Configuration) -> Language:
        """The language of everything that is written about the incident."""
        return self.language or configuration.language_of(self.service)

    def policy_in(self, configuration: Configuration) -> str:
        """The policy that pages: that of the team if it has one, else that of the service."""
        team = configuration.teams.get(self.team or "")
        return (team and team.policy) or configuration.services[self.service].policy


def route(configuration: Configuration, alert: Alert) -> Routed:
    """Where an alert belongs, by the first route that fits.

    The service is what the alert names, else that of the route, else the default: none is dropped.
    """
    labels = labels_of(alert, None)
    routes = enumerate(configuration.routes)
    number, chosen = next(((n, each) for n, each in routes if each.fits(labels)), (0, None))
    service, reason = _service(configuration, alert, chosen)
    if chosen is None:
        return Routed(service=service, reason=reason)
    return Routed(
        service=service,
        reason="; ".join(filter(None, (reason, _said(number, chosen, service)))),
        team=chosen.team,
        severity=chosen.severity,
        language=chosen.language,
        by_route=True,
    )


def _service(configuration: Configuration, alert: Alert, chosen: Route | None) -> tuple[str, str]:
    if alert.service in configuration.services:
        return str(alert.service), f"the alert names service {alert.service}"
    if chosen and chosen.service:
        return chosen.service, ""
    default = configuration.default_service
    if alert.service:
        named = alert.service[:LONGEST_NAME]
        return default, f"the alert names {named}, which is no service here, so it is {default}"
    return default, f"nothing names a service, so it is {default}"


def _said(number: int, chosen: Route, service: str) -> str:
    """What a route decided, such as `routes[0] (team=payments): service checkout, severity 1`."""
    decided = [
        f"service {service}" if service == chosen.service else "",
        f"team {chosen.team}" if chosen.team else "",
        f"severity {int(chosen.severity)}" if chosen.severity else "",
        f"language {chosen.language}" if chosen.language else "",
    ]
    return f"routes[{number}] ({chosen.condition}): {', '.join(filter(None, decided)) or 'nothing more'}"
