"""What would happen to a payload now, and why? Each alert's way through the questions; nothing is kept.

The alerts of one payload come one after the other, so what one of them would open is open for the next.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from incident.alert import Alert, AlertSeverity, AlertStatus, EndState
from incident.condition import Condition
from incident.configuration import Configuration, Language
from incident.grouping import OpenIncident
from incident.maintenance import Maintenance, maintaining
from incident.matching import labels_of
from incident.outcomes import Attach, Open, Outcome, Resolve, end_state
from incident.routing import Routed, route
from incident.severity import Severity
from incident.thresholds import Tally, threshold_for
from incident.triage import Step, consider
from incident.triage_situation import Situation

ROUTE = "route"
"""The first step: it decides nothing by itself, and everything else follows from it."""


class Considered(BaseModel):
    """One question that was asked, and its answer."""

    model_config = ConfigDict(frozen=True)

    question: str
    decides: bool
    reason: str


class Explained(BaseModel):
    """What would become of one alert."""

    model_config = ConfigDict(frozen=True)

    source: str
    fingerprint: str
    title: str
    status: AlertStatus
    severity: AlertSeverity
    service: str
    team: str | None
    language: Language
    policy: Annotated[str, Field(description="Pages the manager of an incident that it opens.")]
    proposed_severity: Severity
    proposed_because: str
    steps: tuple[Considered, ...]
    end_state: EndState
    incident: Annotated[str | None, Field(description="Null: none, or one that would be new.")]
    raises_to: Severity | None
    until: Annotated[AwareDatetime | None, Field(description="It would be triaged again then.")]
    reason: str


def explain(
    configuration: Configuration, alerts: Iterable[Alert], situate: Callable[[Alert], Situation]
) -> tuple[Explained, ...]:
    """What would become of each alert, in the situation that `situate` finds for it."""
    found: list[Explained] = []
    opened: dict[str, OpenIncident] = {}
    for number, alert in enumerate(alerts, 1):
        situation = situate(alert)
        key = situation.grouping.key(situation.service, situation.labels)
        if situation.group is None and key in opened:
            situation = situation.model_copy(update={"group": opened[key]})
        steps = tuple(consider(alert, situation))
        outcome = steps[-1].outcome
        assert outcome is not None, "the last question always has an outcome"
        if isinstance(outcome, Open):
            opened[key] = _new(number, situation)
        found.append(_explained(configuration, alert, situation, _asked(situation, steps), outcome))
    return tuple(found)


def situation_alone(configuration: Configuration, alert: Alert, now: datetime) -> Situation:
    """The situation as a configuration alone has it: nothing is open, and nothing was ever seen."""
    routed = route(configuration, alert)
    service, labels = configuration.services[routed.service], labels_of(alert, routed.service)
    windows = (Maintenance(name=n, window=window) for n, window in configuration.maintenance.items())
    found = threshold_for(configuration.thresholds, labels)
    return Situation(
        now=now,
        received_at=now,
        routed=routed,
        labels=labels,
        proposal=routed.proposal(configuration, alert),
        condition=Condition().changed_by(alert, now, configuration.flapping.changes),
        maintenance=maintaining(labels, windows, now),
        tally=Tally(rule=found[0], threshold=found[1], came=1) if found else None,
        flapping=configuration.flapping,
        grouping=service.grouping or configuration.grouping,
        minimum_severity=service.minimum_severity or configuration.minimum_severity,
    )


def _asked(situation: Situation, steps: Iterable[Step]) -> Iterator[Considered]:
    yield Considered(question=ROUTE, decides=False, reason=situation.routed.reason)
    for step in steps:
        yield Considered(question=step.question, decides=step.outcome is not None, reason=step.reason)


def _new(number: int, situation: Situation) -> OpenIncident:
    return OpenIncident(
        key=f"the incident of alert {number}",
        service=situation.service,
        severity=situation.proposal.severity,
        proposed=situation.proposal.severity,
        last_alert_at=situation.received_at,
    )


def _explained(
    configuration: Configuration,
    alert: Alert,
    situation: Situation,
    steps: Iterable[Considered],
    outcome: Outcome,
) -> Explained:
    routed: Routed = situation.routed
    rises = outcome.rises if isinstance(outcome, Attach) else None
    return Explained(
        source=alert.source,
        fingerprint=alert.fingerprint,
        title=alert.title,
        status=alert.status,
        severity=alert.severity,
        service=routed.service,
        team=routed.team,
        language=routed.language_in(configuration),
        policy=routed.policy_in(configuration),
        proposed_severity=situation.proposal.severity,
        proposed_because=situation.proposal.reason,
        steps=tuple(steps),
        end_state=end_state(outcome),
        incident=outcome.incident if isinstance(outcome, Attach | Resolve) else None,
        raises_to=rises.severity if rises else None,
        until=outcome.until,
        reason=outcome.reason,
    )
