"""What does Healthchecks say in its webhook, whose body its user writes from placeholders?

Either the check as its API shows it (`$JSON`), bare or under `check`, or an object with the placeholders'
names (code, name, status, now, tags ...). The fields of both are understood wherever they stand.
"""

from typing import Any

from incident.alert import Alert, AlertStatus
from incident.sources import reading, shapes

SOURCE = "healthchecks"

_STATUSES = {
    "up": AlertStatus.RESOLVED,
    "started": AlertStatus.INFO,
    "new": AlertStatus.INFO,
    "paused": AlertStatus.INFO,
    "grace": AlertStatus.INFO,  # late, but within what the check allows
}


def parse(payload: Any) -> tuple[Alert, ...]:
    """The alert of one message.

    Raises:
        PayloadError: the message is no object.
    """
    message = reading.message(payload, "an object about a check")
    said = {name: value for name, value in message.items() if value is not None}
    return (_alert(shapes.by_plain_name(reading.mapping(message.get("check")) | said)),)


def _alert(check: dict[str, Any]) -> Alert:
    status = reading.status(check.get("status"), _STATUSES)
    name = reading.first_text(*map(check.get, ("name", "checkname", "slug", "title")))
    names = map(check.get, ("code", "checkcode", "uuid", "uniquekey", "pingurl", "slug", "id"))
    told = map(check.get, ("now", "currenttime", "time", "timestamp"))
    starts_at, ends_at = shapes.span(status, reading.first_moment(*told))
    return Alert(
        source=SOURCE,
        fingerprint=reading.fingerprint(reading.key("healthchecks", *names), SOURCE, name),
        status=status,
        title=name or reading.unnamed("check without a name"),
        description=reading.first_text(check.get("desc"), check.get("body"), check.get("message")),
        labels=reading.texts({"tags": check.get("tags")}),
        starts_at=starts_at,
        ends_at=ends_at,
        url=reading.link(check.get("detailsurl"), check.get("url")),
    )
