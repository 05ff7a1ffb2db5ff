"""Which monitors are understood, and what does a message of one of them say?

To add a monitor: one module here with a pure `parse`, one line in `DIALECTS`, and samples under
tests/data/payloads/<dialect>/.
"""

from collections.abc import Callable

from incident.alert import Alert
from incident.errors import NotFoundError
from incident.sources import (
    alertmanager,
    generic,
    healthchecks,
    librato,
    opsgenie_alert_api,
    opsgenie_webhook,
    pagerduty_events_v2,
    pagerduty_webhook_v2,
    pagerduty_webhook_v3,
    pingdom,
    rollbar,
    statuscake,
    statuspage_webhook,
    updown,
    uptime_kuma,
    uptimerobot,
    victorops,
)

DIALECTS: dict[str, Callable[[object], tuple[Alert, ...]]] = {
    "alertmanager": alertmanager.parse,
    "generic": generic.parse,
    "healthchecks": healthchecks.parse,
    "librato": librato.parse,
    "opsgenie_alert_api": opsgenie_alert_api.parse,
    "opsgenie_webhook": opsgenie_webhook.parse,
    "pagerduty_events_v2": pagerduty_events_v2.parse,
    "pagerduty_webhook_v2": pagerduty_webhook_v2.parse,
    "pagerduty_webhook_v3": pagerduty_webhook_v3.parse,
    "pingdom": pingdom.parse,
    "rollbar": rollbar.parse,
    "statuscake": statuscake.parse,
    "statuspage_webhook": statuspage_webhook.parse,
    "updown": updown.parse,
    "uptime_kuma": uptime_kuma.parse,
    "uptimerobot": uptimerobot.parse,
    "victorops": victorops.parse,
}


def parse(dialect: str, payload: object) -> tuple[Alert, ...]:
    """The alerts that a payload carries; none means that it is accepted and holds no alert.

    Raises:
        NotFoundError: the dialect is not known; the message lists those that are.
        PayloadError: the payload has not the shape of the dialect; its `field` is the first that is wrong.
    """
    if dialect not in DIALECTS:
        raise NotFoundError(f"no dialect is called {dialect!r}; known: {', '.join(sorted(DIALECTS))}")
    return DIALECTS[dialect](payload)
