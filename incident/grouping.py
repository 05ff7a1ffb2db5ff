"""Which alerts are one incident? Those of one service and of the same chosen labels, near in time."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from incident.duration import PositiveDuration, write_duration
from incident.severity import Proposal, Severity


class Grouping(BaseModel):
    """How alerts of a service come together."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    by: Annotated[
        tuple[str, ...], Field(description="Labels; other values of them are another incident.")
    ] = ()
    within: Annotated[
        PositiveDuration, Field(description="Since the last alert of the incident; later ones open another.")
    ] = timedelta(hours=1)
    raises: Annotated[
        bool, Field(description="An alert that is worse raises an incident that nobody has assessed yet.")
    ] = True

    def key(self, service: str, labels: Mapping[str, str]) -> str:
        """Names the group of an alert; equal for all that belong together."""
        values = [service, *(f"{name}={labels.get(name, '')}" for name in self.by)]
        return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:40]

    def words(self, service: str, labels: Mapping[str, str]) -> str:
        """The group of an alert in words, such as `checkout, region=eu`."""
        return ", ".join([service, *(f"{name}={labels.get(name, '')}" for name in self.by)])


class OpenIncident(BaseModel):
    """An incident as triage sees it."""

    model_config = ConfigDict(frozen=True)

    key: str
    service: str
    live: bool = True
    assessed: bool = False
    severity: Severity = Severity.MAJOR
    proposed: Annotated[Severity, Field(description="The worst that its alerts have proposed.")] = (
        Severity.MAJOR
    )
    last_alert_at: AwareDatetime | None = None


def why_apart(incident: OpenIncident, rule: Grouping, proposal: Proposal, at: datetime) -> str | None:
    """Why an alert of the same group does not belong to an open incident; None if it does.

    What people have assessed they have assessed with what they knew: an alert that is worse than all of that
    pages for itself instead of joining in silence.
    """
    last = incident.last_alert_at
    if last is not None and at - last > rule.within:
        return f"the last alert of {incident.key} came more than {write_duration(rule.within)} ago"
    if incident.assessed and proposal.severity < min(incident.severity, incident.proposed):
        assessed, worse = int(incident.severity), int(proposal.severity)
        return f"{incident.key} was assessed as severity {assessed}, and this one would be severity {worse}"
    return None


def beside(incident: OpenIncident, rule: Grouping, proposal: Proposal) -> tuple[str, Proposal | None]:
    """What a worse alert does to the incident that it joins: the words for it, and the severity it takes."""
    if proposal.severity >= incident.severity:
        return "", None
    worse, now = int(proposal.severity), int(incident.severity)
    if incident.assessed or not rule.raises:
        whose = "people assessed it as" if incident.assessed else "the incident stays at"
        return f"; alone it would be severity {worse}, {whose} {now}", None
    return f"; it raises the incident from severity {now} to {worse}", proposal
