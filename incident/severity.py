"""How severe is it, before anybody has looked? A policy that is data proposes, a person decides."""

from enum import IntEnum, StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from incident.alert import Alert, AlertSeverity


class Severity(IntEnum):
    """The incident's severity: 1 critical, 2 major, 3 minor. A smaller number is worse."""

    CRITICAL = 1
    MAJOR = 2
    MINOR = 3


class Tier(StrEnum):
    """How much customers depend on a service."""

    CUSTOMER_FACING = "customer_facing"
    INTERNAL = "internal"
    BEST_EFFORT = "best_effort"


class SeverityRule(BaseModel):
    """One line of the policy: every condition that is given must hold."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    propose: Annotated[Severity, Field(description="The severity this rule proposes: 1, 2 or 3.")]
    because: Annotated[str, Field(description="The reason in words; it is shown to the incident manager.")]
    labels: Annotated[
        dict[str, str], Field(description="Labels that the alert must carry with these values.")
    ] = {}
    tier: Annotated[Tier | None, Field(description="The tier of the service.")] = None
    alert_severity: Annotated[
        tuple[AlertSeverity, ...], Field(description="Any of these urgencies of the monitor.")
    ] = ()

    def matches(self, alert: Alert, tier: Tier) -> bool:
        """Does every given condition hold?"""
        return (
            all(alert.labels.get(name) == value for name, value in self.labels.items())
            and (self.tier is None or self.tier == tier)
            and (not self.alert_severity or alert.severity in self.alert_severity)
        )


class Proposal(BaseModel):
    """A proposed severity and the reason for it."""

    model_config = ConfigDict(frozen=True)

    severity: Severity
    reason: str


_CRITICAL, _ERROR = AlertSeverity.CRITICAL, AlertSeverity.ERROR
_WARNING, _INFO = AlertSeverity.WARNING, AlertSeverity.INFO

DEFAULT_POLICY: tuple[SeverityRule, ...] = (
    SeverityRule(
        propose=Severity.CRITICAL,
        because="a critical alert on a service that customers use",
        tier=Tier.CUSTOMER_FACING,
        alert_severity=(_CRITICAL,),
    ),
    SeverityRule(
        propose=Severity.MAJOR,
        because="an error on a service that customers use",
        tier=Tier.CUSTOMER_FACING,
        alert_severity=(_ERROR,),
    ),
    SeverityRule(
        propose=Severity.MAJOR,
        because="a critical alert on an internal service",
        tier=Tier.INTERNAL,
        alert_severity=(_CRITICAL,),
    ),
    SeverityRule(
        propose=Severity.MINOR,
        because="a critical alert on a service run on best effort",
        tier=Tier.BEST_EFFORT,
        alert_severity=(_CRITICAL,),
    ),
    SeverityRule(
        propose=Severity.MINOR, because="an error that customers do not see", alert_severity=(_ERROR,)
    ),
    SeverityRule(
        propose=Severity.MINOR,
        because="a warning: something may become worse",
        alert_severity=(_WARNING, _INFO),
    ),
)

IN_DOUBT = Proposal(
    severity=Severity.MAJOR, reason="no rule knows this alert; in doubt it is major until somebody has looked"
)


def propose_severity(rules: tuple[SeverityRule, ...], alert: Alert, tier: Tier) -> Proposal:
    """The worst severity that any matching rule proposes: in doubt the higher one, as the handbook has it."""
    matching = [rule for rule in rules if rule.matches(alert, tier)]
    if not matching:
        return IN_DOUBT
    worst = min(matching, key=lambda rule: rule.propose)
    return Proposal(severity=worst.propose, reason=worst.because)
