"""In which words does Azure Monitor tell a state, a severity, a rule and a resource?"""

from itertools import pairwise
from typing import Any

from incident.alert import AlertSeverity, AlertStatus, read_severity
from incident.sources import reading, shapes

SOURCE = "azure_monitor"

_SEVERITIES = (
    AlertSeverity.CRITICAL,
    AlertSeverity.ERROR,
    AlertSeverity.WARNING,
    AlertSeverity.INFO,
    AlertSeverity.INFO,
)

TOLD = ("communication", "details")
"""What the health of a service, and that of a resource, tells at length."""

_STATUS_OF_WORD = {"resolved": AlertStatus.RESOLVED, "deactivated": AlertStatus.RESOLVED}
_STATUS_OF_STAGE = {
    "resolved": AlertStatus.RESOLVED,
    "complete": AlertStatus.RESOLVED,
    "canceled": AlertStatus.RESOLVED,
    "rca": AlertStatus.RESOLVED,
    "planned": AlertStatus.INFO,
    "rescheduled": AlertStatus.INFO,
}
"""The stages of service health; the report on causes (RCA) comes at its end."""


def severity(native: str) -> AlertSeverity:
    """Azure's own meaning of Sev0 to Sev4, written with or without the letters; else the word's usual one."""
    number = native.lower().removeprefix("sev")
    return _SEVERITIES[int(number)] if number in set("01234") else read_severity(native)


def status(word: Any) -> AlertStatus:
    """What a state means; one that is not known, and none, is firing."""
    return _STATUS_OF_WORD.get(reading.text(word).lower(), AlertStatus.FIRING)


def event_status(event: dict[str, Any], told: dict[str, Any], otherwise: Any = None) -> AlertStatus:
    """What an event of the activity log says of the condition; service health tells its stage."""
    if stage := reading.text(told.get("stage")):
        return _STATUS_OF_STAGE.get(stage.lower(), AlertStatus.FIRING)
    return status(reading.first_text(event.get("status"), otherwise))


def rule_name(rule: str) -> str:
    """The name of a rule, which its identifier ends with; a name may have a stroke in it."""
    return rule.rpartition("/")[2] if rule.startswith("/") else rule


def resource(identifier: Any) -> dict[str, str]:
    """Name and group of a resource, which its identifier is made of."""
    parts = reading.text(identifier).split("/")
    groups = [after for before, after in pairwise(parts) if before.lower() == "resourcegroups"]
    return shapes.labels(resource=parts[-1], resourceGroup=next(iter(groups), ""))
