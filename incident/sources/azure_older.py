"""What does Azure Monitor say in the older schemas: of a metric, of the activity log, of a log search?

They are named by the rule and what it watches.
"""

from typing import Any

from incident.alert import Alert
from incident.sources import azure_words, reading, shapes
from incident.sources.azure_words import SOURCE, TOLD


def metric(context: dict[str, Any], data: dict[str, Any]) -> Alert:
    """An alert on a metric, or on a log search, in which the rule is called `context`."""
    status = azure_words.status(data.get("status"))
    native = reading.text(context.get("severity"))
    starts, ends = shapes.span(status, reading.moment(context.get("timestamp")))
    name = reading.first_text(context.get("name"), azure_words.rule_name(reading.text(context.get("id"))))
    also = (name, context.get("resourceId"), context.get("resourceName"))
    return Alert(
        source=SOURCE,
        fingerprint=reading.fingerprint(context.get("id"), SOURCE, *also),
        status=status,
        title=name or reading.unnamed("Azure alert without a rule"),
        description=shapes.paragraphs(context.get("description"), context.get("details")),
        severity=azure_words.severity(native),
        severity_native=native or None,
        labels=azure_words.resource(context.get("resourceId"))
        | shapes.tags(data.get("properties"))
        | shapes.labels(resource=context.get("resourceName"), resourceGroup=context.get("resourceGroupName")),
        starts_at=starts,
        ends_at=ends,
        url=reading.link(context.get("portalLink")),
    )


def event(activity: dict[str, Any], context: dict[str, Any], data: dict[str, Any]) -> Alert:
    """An entry of the activity log; the health of Azure's services comes this way, and tells its stage."""
    told = reading.mapping(activity.get("properties"))
    native = reading.text(activity.get("level"))
    status = azure_words.event_status(activity, told, data.get("status"))
    starts, ends = shapes.span(status, reading.moment(activity.get("eventTimestamp")))
    titles = (told.get("title"), told.get("recommendationName"), activity.get("description"))
    title = reading.first_text(*titles, activity.get("operationName"), context.get("name"))
    return Alert(
        source=SOURCE,
        fingerprint=reading.fingerprint(told.get("trackingId"), SOURCE, *_happening(activity, told)),
        status=status,
        title=title or reading.unnamed("Azure activity without a name"),
        description=shapes.paragraphs(*map(told.get, TOLD), activity.get("description")),
        severity=azure_words.severity(native),
        severity_native=native or None,
        labels=azure_words.resource(activity.get("resourceId"))
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


def log_search(data: dict[str, Any]) -> Alert:
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
        status=azure_words.status(reading.first_text(data.get("status"), data.get("monitorCondition"))),
        title=title or reading.unnamed("Azure alert without a rule"),
        description=reading.first_text(data.get("Description"), data.get("description")),
        severity=azure_words.severity(native),
        severity_native=native or None,
        labels=shapes.labels(
            subscription=data.get("SubscriptionId"), resourceGroup=data.get("ResourceGroup")
        ),
        starts_at=reading.moment(data.get("SearchIntervalEndtimeUtc")),
        url=reading.link(*map(data.get, links)),
    )
