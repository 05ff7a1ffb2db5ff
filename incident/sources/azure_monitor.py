"""What does Azure Monitor say in an action group's webhook: the common schema, or one of the older ones?

Sev0 to Sev4 mean critical, error, warning, informational and verbose. The common schema keeps `alertId` from
Fired to Resolved; the older ones are named by the rule and what it watches. A smart detector sends the alert
as Azure's API shows it.
"""

from datetime import datetime
from itertools import pairwise
from typing import Any
from urllib.parse import quote

from incident.alert import Alert, AlertSeverity, AlertStatus, read_severity
from incident.sources import reading, shapes

SOURCE = "azure_monitor"

_PORTAL = "https://portal.azure.com/#view/Microsoft_Azure_Monitoring_Alerts/AlertDetails.ReactView/alertId/"
_SEVERITIES = (
    AlertSeverity.CRITICAL,
    AlertSeverity.ERROR,
    AlertSeverity.WARNING,
    AlertSeverity.INFO,
    AlertSeverity.INFO,
)
_TOLD = ("communication", "details")
"""What the health of a service, and that of a resource, tells at length."""

_STATUS_OF_WORD = {
    "resolved": AlertStatus.RESOLVED,
    "deactivated": AlertStatus.RESOLVED,
    "complete": AlertStatus.RESOLVED,
    "canceled": AlertStatus.RESOLVED,
    "rca": AlertStatus.RESOLVED,
    "planned": AlertStatus.INFO,
    "rescheduled": AlertStatus.INFO,
}
"""Beside the states of an alert the stages of service health; the report on causes (RCA) comes at its end."""


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
        return _activity(activity, context, data) if activity else _classic(context, data)
    return _search(data)


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
            return {"essentials": shown | words}
        case _:
            return {}


def severity(native: str) -> AlertSeverity:
    """Azure's own meaning of Sev0 to Sev4, written with or without the letters; else the word's usual one."""
    number = native.lower().removeprefix("sev")
    return _SEVERITIES[int(number)] if number in set("01234") else read_severity(native)


def _status(word: Any) -> AlertStatus:
    return _STATUS_OF_WORD.get(reading.text(word).lower(), AlertStatus.FIRING)


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
        title=_rule_name(rule) or _budget(data) or reading.unnamed("Azure alert without a rule"),
        description=_common_description(essentials, data),
        severity=severity(native),
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
        told = _event_status(context, reading.mapping(context.get("properties")))
        if told is not AlertStatus.FIRING:
            return told, *shapes.span(told, fired)
    status = _status(essentials.get("monitorCondition"))
    return status, fired, resolved if status is AlertStatus.RESOLVED else None


def _event_status(event: dict[str, Any], told: dict[str, Any], otherwise: Any = None) -> AlertStatus:
    """What an event of the activity log says of the condition; service health tells its stage."""
    return _status(reading.first_text(told.get("stage"), event.get("status"), otherwise))


def _budget(data: dict[str, Any]) -> str:
    """The budget that an alert on costs is about; it has no rule."""
    return reading.text(reading.inside(data, "alertContext", "AlertData", "BudgetName"))


def _common_description(essentials: dict[str, Any], data: dict[str, Any]) -> str:
    """The rule's own, and what the event of the activity log or the Prometheus rule tells of this time."""
    context = reading.mapping(data.get("alertContext"))
    told = context.get("properties") if _is_activity(context) else context.get("annotations")
    said = essentials.get("description"), context.get("Activity Log Event Description")
    names = ("title", "summary", "description", *_TOLD)
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
        _resource(target) | shapes.tags(context.get("labels")) | shapes.tags(own) | shapes.labels(**classes)
    )


def _classic(context: dict[str, Any], data: dict[str, Any]) -> Alert:
    status = _status(data.get("status"))
    native = reading.text(context.get("severity"))
    starts, ends = shapes.span(status, reading.moment(context.get("timestamp")))
    name = reading.first_text(context.get("name"), _rule_name(reading.text(context.get("id"))))
    also = (name, context.get("resourceId"), context.get("resourceName"))
    return Alert(
        source=SOURCE,
        fingerprint=reading.fingerprint(context.get("id"), SOURCE, *also),
        status=status,
        title=name or reading.unnamed("Azure alert without a rule"),
        description=shapes.paragraphs(context.get("description"), context.get("details")),
        severity=severity(native),
        severity_native=native or None,
        labels=_resource(context.get("resourceId"))
        | shapes.tags(data.get("properties"))
        | shapes.labels(resource=context.get("resourceName"), resourceGroup=context.get("resourceGroupName")),
        starts_at=starts,
        ends_at=ends,
        url=reading.link(context.get("portalLink")),
    )


def _activity(activity: dict[str, Any], context: dict[str, Any], data: dict[str, Any]) -> Alert:
    """An entry of the activity log; the health of Azure's services comes this way, and tells its stage."""
    told = reading.mapping(activity.get("properties"))
    native = reading.text(activity.get("level"))
    status = _event_status(activity, told, data.get("status"))
    starts, ends = shapes.span(status, reading.moment(activity.get("eventTimestamp")))
    titles = (told.get("title"), told.get("recommendationName"), activity.get("description"))
    title = reading.first_text(*titles, activity.get("operationName"), context.get("name"))
    return Alert(
        source=SOURCE,
        fingerprint=reading.fingerprint(told.get("trackingId"), SOURCE, *_happening(activity, told)),
        status=status,
        title=title or reading.unnamed("Azure activity without a name"),
        description=shapes.paragraphs(*map(told.get, _TOLD), activity.get("description")),
        severity=severity(native),
        severity_native=native or None,
        labels=_resource(activity.get("resourceId"))
        | shapes.tags(data.get("properties"))
        | shapes.labels(resourceGroup=activity.get("resourceGroupName"), region=told.get("region")),
        starts_at=starts,
        ends_at=ends,
        url=reading.link(told.get("recommendationResourceLink")),
    )


def _happening(activity: dict[str, Any], told: dict[str, Any]) -> list[Any]:
    """What tells an event from others; the health of a resource has another operation when it is back."""
    is_health = told.get("currentHealthStatus") and activity.get("resourceId")
    names = "eventSource resourceId" if is_health else "operationName resourceId correlationId"
    return [activity.get(name) for name in names.split()]


def _search(data: dict[str, Any]) -> Alert:
    """A log search alert of the first kind, a budget, or a message without its usual frame."""
    native = reading.first_text(data.get("Severity"), data.get("severity"))
    names = ("AlertRuleName", "BudgetName", "alertRule", "alertname", "name")
    title = reading.first_text(*map(data.get, names))
    also = [data.get(name) for name in ("SubscriptionId", "WorkspaceId", "ApplicationId")]
    also += [split] if (split := data.get("Dimensions")) else []  # each of them has a message of its own
    links = ("LinkToFilteredSearchResultsUI", "LinkToSearchResults", "portalLink")
    return Alert(
        source=SOURCE,
        fingerprint=reading.fingerprint("", SOURCE, title, *also),
        status=_status(reading.first_text(data.get("status"), data.get("monitorCondition"))),
        title=title or reading.unnamed("Azure alert without a rule"),
        description=reading.first_text(data.get("Description"), data.get("description")),
        severity=severity(native),
        severity_native=native or None,
        labels=shapes.labels(
            subscription=data.get("SubscriptionId"), resourceGroup=data.get("ResourceGroup")
        ),
        starts_at=reading.moment(data.get("SearchIntervalEndtimeUtc")),
        url=reading.link(*map(data.get, links)),
    )


def _rule_name(rule: str) -> str:
    """The name of a rule, which its identifier ends with; a name may have a stroke in it."""
    return rule.rpartition("/")[2] if rule.startswith("/") else rule


def _resource(identifier: Any) -> dict[str, str]:
    """Name and group of a resource, which its identifier is made of."""
    parts = reading.text(identifier).split("/")
    groups = [after for before, after in pairwise(parts) if before.lower() == "resourcegroups"]
    return shapes.labels(resource=parts[-1], resourceGroup=next(iter(groups), ""))
