"""What is true when an alert is triaged? Everything that the questions of triage ask, as data.

To add a question: its data is a field here, its answer a function in `incident.triage_questions`, its place
in the order a line of `incident.triage`.
"""

from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from incident.alert import AlertSeverity
from incident.condition import Condition
from incident.flapping import Flapping, Flaps, flaps
from incident.grouping import Grouping, OpenIncident
from incident.inhibition import Inhibitor
from incident.outcomes import Open, Outcome
from incident.quiet import Quiet
from incident.routing import Routed
from incident.severity import Proposal, Severity
from incident.thresholds import Tally

FLAPPING = "flapping"
"""What alerts are kept back by whose condition flaps."""


class Situation(BaseModel):
    """The world around one alert."""

    model_config = ConfigDict(frozen=True)

    now: AwareDatetime
    received_at: Annotated[AwareDatetime, Field(description="When the alert came; triage may be later.")]
    routed: Routed
    labels: Annotated[dict[str, str], Field(description="What matchers see: `matching.labels_of`.")] = {}
    proposal: Annotated[Proposal, Field(description="The severity that the alert proposes by itself.")] = (
        Proposal(severity=Severity.MAJOR, reason="in doubt")
    )
    condition: Annotated[Condition, Field(description="As this alert leaves it.")] = Condition()
    before: Annotated[Condition, Field(description="As this alert found it.")] = Condition()
    silence: Annotated[Quiet | None, Field(description="The silence in force that applies.")] = None
    maintenance: Annotated[Quiet | None, Field(description="The maintenance that is now.")] = None
    inhibitor: Annotated[Inhibitor | None, Field(description="A cause that fires now.")] = None
    flapping: Flapping = Flapping()
    tally: Annotated[Tally | None, Field(description="The threshold it counts for.")] = None
    grouping: Grouping = Grouping()
    group: Annotated[OpenIncident | None, Field(description="The newest open one of its group.")] = None
    dependency: Annotated[
        OpenIncident | None, Field(description="Of the nearest service that it needs and that is down.")
    ] = None
    minimum_severity: AlertSeverity | None = None

    @property
    def service(self) -> str:
        """The service that the alert belongs to."""
        return self.routed.service

    @property
    def flaps(self) -> Flaps | None:
        """Whether the condition flaps now."""
        return flaps(self.flapping, self.condition.changes, self.now, before=self.before.flapping)

    def as_if_untold(self) -> Self:
        """The situation of an alert that is looked at again: what its incident knows does not settle it."""
        untold = {"told": None}
        return self.model_copy(
            update={
                "condition": self.condition.model_copy(update=untold),
                "before": self.before.model_copy(update=untold),
            }
        )

    def flapping_after(self, outcome: Outcome) -> bool:
        """Does an incident know from now on that the condition flaps?"""
        told = self.before.flapping or outcome.by == FLAPPING or isinstance(outcome, Open)
        return told and self.flaps is not None
