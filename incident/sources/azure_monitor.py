"""What does Azure Monitor say in an action group's webhook: the common schema, or one of the older ones?

Sev0 to Sev4 mean critical, error, warning, informational and verbose. The common schema keeps `alertId` from
Fired to Resolved; the older ones are named by the rule and what it watches. A smart detector sends the alert
as Azure's API shows it.
"""

from datetime import datetime
from typing import Any
from urllib.parse import quote

from incident.alert import Alert, AlertStatus
from incident.sources import azure_older, azure_words, reading, shapes
from incident.sources.azure_words import SOURCE, TOLD

_PORTAL = "https://portal.azure.com/#view/Microsoft_Azure_Monitoring_Alerts/AlertDetails.ReactView/alertId/"


def parse(payload: Any) -> tuple[Alert, ...]:
    """The alert of one message.

    Raises:
        PayloadError: the message is no object, nor a list of objects.
    """
    return tuple(map(_alert, shapes.messages(payload)))


def _alert(message: dict[str, Any]) -> Alert:
    message = _unwrapped(message)
    data = _as_common(message) or reading.mapping(message.get("data")) or message
    if essentials := reading.mapping(data.get("essentials")):
        return _common(essentials, data)
    if context := reading.mapping(data.get("context")):
        activity = reading.mapping(context.get("activityLog"))
        return azure_older.event(activity, context, data) if activity else azure_older.metric(context, data)
    return azure_older.log_search(data)


def _unwrapped(message: dict[str, Any]) -> dict[str, Any]:
    """The message itself; an automation runbook is given it under `RequestBody`, also as a text."""
    body = message.get("RequestBody")
    return reading.mapping(shapes.embedded(body) or body) or message


def _as_common(message: dict[str, Any]) -> dict[str, Any]:
    """An alert as Azure's API shows it, in the words of the common schema; of any other message nothing."""
    match message:
        case {"properties": {"essentials": dict(shown)}}:
            words = {
                "alertId": message.get("id"),
                "alertRule": message.get("name") or shown.get("alertRule"),
                "alertTargetIDs": shown.get("targetResource"),
                "firedDateTime": shown.get("startDateTime"),
                "resolvedDateTime": shown.get("monitorConditionResolvedDateTime"),
                "monitoringService": shown.get("monitorService"),
            }
            return {"essentials": shown | {name: said for name, said in words.items() if said is not None}}
        case _:
            return {}


def _common(essentials: dict[str, Any], data: dict[str, Any]) -> Alert:
    status, starts, ends = _common_state(essentials, data)
    native = reading.text(essentials.get("severity"))
    number = reading.text(essentials.get("alertId"))
    name = number or reading.text(essentials.get("originAlertId"))
    rule = reading.first_text(essentials.get("alertRule"), essentials.get("alertRuleID"))
    labels = _common_labels(essentials, data)
    return Alert(
        source=SOURCE,
        fingerprint=reading.fingerprint(name, SOURCE, rule, essentials.get("alertTargetIDs")),
        status=status,
        title=azure_words.rule_name(rule) or _budget(data) or reading.unnamed("Azure alert without a rule"),
        description=_common_description(essentials, data),
        severity=azure_words.severity(native),
        severity_native=native or None,
        service=labels.get("service") or None,
        labels=labels,
        starts_at=starts,
        ends_at=ends,
        url=reading.link(essentials.get("investigationLink"), number and _PORTAL + quote(number, safe="")),
    )


def _common_state(
    essentials: dict[str, Any], data: dict[str, Any]
) -> tuple[AlertStatus, datetime | None, datetime | None]:
    """Whether it lasts, since when, and until when.

    An alert on the activity log is Fired by every event, also by the one that tells of the end of an outage.
    """
    fired, resolved = (reading.moment(essentials.get(name)) for name in ("firedDateTime", "resolvedDateTime"))
    context = reading.mapping(data.get("alertContext"))
    if _is_activity(context):
        told = azure_words.event_status(context, reading.mapping(context.get("properties")))
        if told is not AlertStatus.FIRING:
            return told, *shapes.span(told, fired)
    status = azure_words.status(essentials.get("monitorCondition"))
    return status, fired, resolved if status is AlertStatus.RESOLVED else None


def _budget(data: dict[str, Any]) -> str:
    """The budget that an alert on costs is about; it has no rule."""
    return reading.text(reading.inside(data, "alertContext", "AlertData", "BudgetName"))


def _common_description(essentials: dict[str, Any], data: dict[str, Any]) -> str:
    """The rule's own, and what the event of the activity log or the Prometheus rule tells of this time."""
    context = reading.mapping(data.get("alertContext"))
    told = context.get("properties") if _is_activity(context) else context.get("annotations")
    said = essentials.get("description"), context.get("Activity Log Event Description")
    names = ("title", "summary", "description", *TOLD)
    return shapes.paragraphs(*said, *map(reading.mapping(told).get, names))


def _is_activity(context: dict[str, Any]) -> bool:
    """Is it an event of the activity log? Its properties are Azure's; those of a metric are the team's."""
    return "eventSource" in context


def _common_labels(essentials: dict[str, Any], data: dict[str, Any]) -> dict[str, str]:
    """What the team has written itself, the first target, and Azure's own classification."""
    targets = essentials.get("alertTargetIDs")
    context = reading.mapping(data.get("alertContext"))
    theirs = None if _is_activity(context) else context.get("properties")
    own = reading.mapping(data.get("customProperties")) or theirs
    classes = {
        name: essentials.get(name) for name in ("configurationItems", "monitoringService", "signalType")
    }
    target = targets[0] if isinstance(targets, list) and targets else targets
    return (
        azure_words.resource(target)
        | shapes.tags(context.get("labels"))
        | shapes.tags(own)
        | shapes.labels(**classes)
    )
