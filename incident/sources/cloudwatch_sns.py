"""What does Amazon SNS bring of CloudWatch's alarms?

The alarm is JSON inside the text `Message`; an EventBridge event can be there as well. Confirmations and
messages of other publishers are accepted and hold no alert. The envelope may be missing (raw delivery) or be
inside another one (Lambda, SQS). Whether a message is genuine is decided at the door, before this.
"""

import re
from typing import Any

from incident.alert import Alert
from incident.sources import cloudwatch_eventbridge, reading, shapes

SOURCE = "cloudwatch_sns"

LONGEST_SUBJECT = 500
"""Characters that are looked at; SNS itself allows 100."""

_CONFIRMATIONS = ("SubscriptionConfirmation", "UnsubscribeConfirmation")
_ALARM_FIELDS = ("AlarmName", "AlarmArn", "NewStateValue", "NewStateReason")
_EVENT_FIELDS = ("detail-type", "alarmData")
_SUBJECT = re.compile(r"(?P<state>ALARM|OK|INSUFFICIENT[ _]DATA): \"?(?P<name>.*?)\"?(?: in (?P<region>.*))?")
"""Such as `ALARM: "disk" in EU (Ireland)`: enough for an alert when the message itself is damaged."""


def parse(payload: Any) -> tuple[Alert, ...]:
    """The alerts of one message, or none.

    Raises:
        PayloadError: the message is no object, nor a list of objects.
    """
    return tuple(alert for message in shapes.messages(payload) for alert in _opened(message))


def _opened(message: dict[str, Any]) -> tuple[Alert, ...]:
    match message:
        case {"Records": list(records)}:
            return tuple(alert for record in records for alert in _inside(reading.mapping(record)))
        case {"Records": _}:
            return _notification({})
        case {"Type": kind} if kind in _CONFIRMATIONS:
            return ()
        case {"Message": _} | {"Type": _} | {"TopicArn": _}:
            return _notification(message)
        case _:
            return _alarms(message, message) if message else _notification({})


def _inside(record: dict[str, Any]) -> tuple[Alert, ...]:
    """What Lambda (`Sns`) or SQS (`body`) has wrapped once more."""
    wrapped = reading.mapping(record.get("Sns") or shapes.embedded(record.get("body")))
    raw = any(name in wrapped for name in (*_ALARM_FIELDS, *_EVENT_FIELDS))
    confirmation = wrapped.get("Type") in _CONFIRMATIONS
    return () if confirmation else _alarms(wrapped, wrapped) if raw else _notification(wrapped)


def _notification(envelope: dict[str, Any]) -> tuple[Alert, ...]:
    """What a notification holds; one that may have been an alarm before it was damaged is taken for it."""
    message = envelope.get("Message")
    alarm = message if isinstance(message, dict) else shapes.embedded(message)
    if isinstance(alarm, dict) and (found := _alarms(alarm, envelope)):
        return found
    if subject := _SUBJECT.fullmatch(reading.text(envelope.get("Subject"))[:LONGEST_SUBJECT]):
        said = {"NewStateValue": subject["state"].replace(" ", "_"), "AlarmName": subject["name"]}
        return (_alert(said | {"Region": subject["region"]}, envelope),)
    damaged = not isinstance(message, str) or (alarm is None and message.strip()[:1] in {"", "{"})
    return (_alert({}, envelope),) if damaged else ()


def _alarms(message: dict[str, Any], envelope: dict[str, Any]) -> tuple[Alert, ...]:
    if any(name in message for name in _ALARM_FIELDS):
        return (_alert(message, envelope),)
    is_event = any(name in message for name in _EVENT_FIELDS)
    return cloudwatch_eventbridge.parse(message) if is_event else ()


def _alert(alarm: dict[str, Any], envelope: dict[str, Any]) -> Alert:
    status = cloudwatch_eventbridge.alarm_status(alarm.get("NewStateValue"))
    changed = reading.moment(alarm.get("StateChangeTime")) or reading.moment(envelope.get("Timestamp"))
    starts, ends = shapes.span(status, changed)
    labels = _labels(alarm)
    arn = reading.text(alarm.get("AlarmArn"))
    title = reading.first_text(
        alarm.get("AlarmName"),
        arn.rpartition(":alarm:")[2],
        envelope.get("Subject"),
        envelope.get("TopicArn"),
    )
    return Alert(
        source=SOURCE,
        fingerprint=_fingerprint(alarm, arn, title),
        status=status,
        title=title or reading.unnamed("CloudWatch alarm without a name"),
        description=shapes.paragraphs(alarm.get("AlarmDescription"), alarm.get("NewStateReason")),
        service=labels.get("service") or None,
        labels=labels,
        starts_at=starts,
        ends_at=ends,
    )


def _fingerprint(alarm: dict[str, Any], arn: str, title: str) -> str:
    """The alarm's ARN; older messages have none, but account, region and name are as good."""
    parts = [reading.text(alarm.get("AWSAccountId")), reading.text(alarm.get("Region")), title]
    named = arn or "/".join(filter(None, parts))
    contributor = alarm.get("AlarmContributorId")
    return reading.fingerprint(cloudwatch_eventbridge.condition(named, contributor), SOURCE)


def _labels(alarm: dict[str, Any]) -> dict[str, str]:
    """The alarm's tags, the dimensions of its metric or of every metric of a calculation, and where it is."""
    trigger = reading.mapping(alarm.get("Trigger"))
    metrics = trigger.get("Metrics")
    found = shapes.tags(alarm.get("AlarmTags"))
    for metric in [*(metrics if isinstance(metrics, list) else []), {"MetricStat": {"Metric": trigger}}]:
        named = reading.mapping(reading.inside(metric, "MetricStat", "Metric"))
        found |= shapes.labels(namespace=named.get("Namespace"), metric=named.get("MetricName"))
        found |= shapes.tags(named.get("Dimensions"))
    found |= shapes.tags(alarm.get("AlarmContributorAttributes"))
    return found | shapes.labels(region=alarm.get("Region"), account=alarm.get("AWSAccountId"))
