"""What does EventBridge say about CloudWatch alarms?

An alarm's state change is an alert; INSUFFICIENT_DATA is neither firing nor resolved. An alarm over many time
series tells the state of each of them (its contributors) apart from its own. A change of an alarm's
configuration is no alert. Other events, which a rule sent here on purpose, are passed on as information.
What an alarm hands to a Lambda function without EventBridge is the same under other names.
"""

from typing import Any

from incident.alert import Alert, AlertStatus
from incident.sources import reading, shapes

SOURCE = "cloudwatch_eventbridge"

_STATUS_OF_STATE = {"ok": AlertStatus.RESOLVED, "insufficient_data": AlertStatus.INFO}


def parse(payload: Any) -> tuple[Alert, ...]:
    """The alert of one event, or none.

    Raises:
        PayloadError: the event is no object, nor a list of objects.
    """
    events = shapes.messages(payload)
    return tuple(_alert(event) for event in events if not _changes_the_configuration(event))


def alarm_status(state: Any) -> AlertStatus:
    """What a state of a CloudWatch alarm says; in doubt it is firing."""
    return reading.status(state, _STATUS_OF_STATE)


def _changes_the_configuration(event: dict[str, Any]) -> bool:
    return reading.text(event.get("detail-type")) == "CloudWatch Alarm Configuration Change"


def _alert(event: dict[str, Any]) -> Alert:
    detail = reading.mapping(event.get("detail") or event.get("alarmData"))
    state = reading.mapping(detail.get("state"))
    name, kind = reading.text(detail.get("alarmName")), reading.text(event.get("detail-type"))
    is_alarm = bool(name or state or kind in {"", "CloudWatch Alarm State Change"})
    status = alarm_status(state.get("value")) if is_alarm else AlertStatus.INFO
    starts, ends = shapes.span(
        status, reading.moment(state.get("timestamp")) or reading.moment(event.get("time"))
    )
    labels = _labels(event, detail)
    arn = _arn(event)
    contributor = reading.inside(detail, "alarmContributor", "id")
    return Alert(
        source=SOURCE,
        fingerprint=_fingerprint(event, arn, name, contributor),
        status=status,
        title=name
        or arn.rpartition(":alarm:")[2]
        or kind
        or reading.unnamed("CloudWatch alarm without a name"),
        description=shapes.paragraphs(
            reading.inside(detail, "configuration", "description"), state.get("reason")
        ),
        service=labels.get("service") or None,
        labels=labels,
        starts_at=starts,
        ends_at=ends,
    )


def _arn(event: dict[str, Any]) -> str:
    """The first resource: of an alarm's event it is the alarm itself."""
    resources = event.get("resources") or event.get("alarmArn")
    return reading.text(resources[0] if isinstance(resources, list) and resources else resources)


def condition(alarm: str, contributor: Any) -> str:
    """What names the condition: the alarm, and the contributor if one of its many time series is meant."""
    named = reading.text(contributor)
    return f"{alarm}/{named}" if alarm and named else alarm


def _fingerprint(event: dict[str, Any], arn: str, name: str, contributor: Any) -> str:
    where = [event.get("account"), event.get("region")]
    what = [name, event.get("source"), event.get("detail-type")]
    what += [contributor] if contributor else []
    return reading.fingerprint(condition(arn, contributor), SOURCE, *where, *what)


def _labels(event: dict[str, Any], detail: dict[str, Any]) -> dict[str, str]:
    metrics = reading.inside(detail, "configuration", "metrics")
    found = shapes.tags(detail.get("alarmTags"))
    for metric in metrics if isinstance(metrics, list) else []:
        named = reading.mapping(reading.inside(metric, "metricStat", "metric"))
        found |= shapes.labels(namespace=named.get("namespace"), metric=named.get("name"))
        found |= shapes.tags(named.get("dimensions"))
    found |= shapes.tags(reading.inside(detail, "alarmContributor", "attributes"))
    return found | shapes.labels(
        region=event.get("region"), account=event.get("account") or event.get("accountId")
    )
