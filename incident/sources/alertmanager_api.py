"""What is posted to Alertmanager's API, version 2, by Prometheus and others that send without a webhook?

A list of alerts that say neither whether they fire nor who they are: that follows from their end and from
their labels, by Alertmanager's own rules. So each has the fingerprint that its webhook would have had.
"""

from datetime import datetime, timedelta
from typing import Any

from incident.alert import AlertStatus
from incident.errors import PayloadError
from incident.lasting import Posted
from incident.sources import alertmanager, reading


def read_posted(payload: Any, now: datetime, resolve_timeout: timedelta) -> tuple[Posted, ...]:
    """The alerts of one post, in its order; ``resolve_timeout`` is how long one without an end holds.

    Raises:
        PayloadError: it is no list of objects.
    """
    if not isinstance(payload, list):
        raise PayloadError(f"must be a list of alerts, this is {reading.kind(payload)}", field="body")
    return tuple(_posted(alert, now, resolve_timeout) for _, alert in reading.objects(payload, ""))


def _posted(alert: dict[str, Any], now: datetime, resolve_timeout: timedelta) -> Posted:
    ends_at = reading.moment(alert.get("endsAt"))
    over = ends_at is not None and ends_at <= now
    status = AlertStatus.RESOLVED if over else AlertStatus.FIRING
    labels = {name: value for name, value in reading.texts(alert.get("labels")).items() if value}
    webhook = alert | {"status": status.value, "labels": labels, "fingerprint": None}
    (read,) = alertmanager.parse({"alerts": [webhook]})
    if read.starts_at is None and not over:
        read = read.model_copy(update={"starts_at": now})
    return Posted(read, ends_at or now + resolve_timeout)
