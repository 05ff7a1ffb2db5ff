"""What does Pingdom say in its webhook, for uptime and transaction checks?

A message tells one change of state; its time is the start of an outage or its end. There is no link to
Pingdom in it: `full_url` is what is watched.
"""

import re
from typing import Any

from incident.alert import Alert, AlertStatus, read_severity
from incident.sources import reading, shapes

SOURCE = "pingdom"

_STATUSES = {
    "up": AlertStatus.RESOLVED,
    "success": AlertStatus.RESOLVED,
    "unknown": AlertStatus.INFO,
    "paused": AlertStatus.INFO,
    "unconfirmed_down": AlertStatus.FIRING,
}
"""Everything else is firing: DOWN, FAILING."""

_TEST = re.compile(r"(this is )?a test message triggered by a user", re.IGNORECASE)
"""How the long description of a test begins; all else looks like an outage of a real check."""


def parse(payload: Any) -> tuple[Alert, ...]:
    """The alert of one message; the test button has none.

    Raises:
        PayloadError: the message is no object.
    """
    check = reading.message(payload, "an object about a check")
    return () if _TEST.match(reading.text(check.get("long_description"))) else (_alert(check),)


def _alert(check: dict[str, Any]) -> Alert:
    status = reading.status(check.get("current_state"), _STATUSES)
    native = reading.text(check.get("importance_level"))
    title = reading.text(check.get("check_name"))
    where = reading.inside(check, "check_params", "full_url")
    changed = map(check.get, ("state_changed_timestamp", "state_changed_utc_time"))
    starts_at, ends_at = shapes.span(status, reading.first_moment(*changed))
    given = reading.key("pingdom", check.get("check_id"))
    return Alert(
        source=SOURCE,
        fingerprint=reading.fingerprint(given, SOURCE, title, where),
        status=status,
        title=title or reading.unnamed("check without a name"),
        description=reading.first_text(
            check.get("long_description"), check.get("description"), check.get("custom_message")
        ),
        severity=read_severity(native),
        severity_native=native or None,
        labels=reading.texts({"tags": check.get("tags"), "check_type": check.get("check_type")}),
        starts_at=starts_at,
        ends_at=ends_at,
        url=reading.address(where),
    )
