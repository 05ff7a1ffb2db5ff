"""Which monitors are understood, and what does a message of one of them say?

To add a monitor: one module here with a pure `parse`, one line in `DIALECTS`, its marks in recognition.py,
and samples under tests/data/payloads/<dialect>/.
"""

from collections.abc import Callable
from dataclasses import dataclass

from incident.alert import Alert, AlertSeverity, AlertStatus
from incident.errors import NotFoundError
from incident.sources import (
    alertmanager,
    azure_monitor,
    cloudwatch_eventbridge,
    cloudwatch_sns,
    datadog,
    gcp_monitoring,
    generic,
    grafana,
    grafana_legacy,
    healthchecks,
    icinga2,
    librato,
    nagios,
    newrelic,
    opsgenie_alert_api,
    opsgenie_webhook,
    pagerduty_events_v2,
    pagerduty_webhook_v2,
    pagerduty_webhook_v3,
    pingdom,
    rollbar,
    sentry,
    sentry_legacy_plugin,
    splunk,
    statuscake,
    statuspage_webhook,
    updown,
    uptime_kuma,
    uptimerobot,
    victorops,
    zabbix,
)
from incident.sources.remarks import note, noting, remarks

DIALECTS: dict[str, Callable[[object], tuple[Alert, ...]]] = {
    "alertmanager": alertmanager.parse,
    "azure_monitor": azure_monitor.parse,
    "cloudwatch_eventbridge": cloudwatch_eventbridge.parse,
    "cloudwatch_sns": cloudwatch_sns.parse,
    "datadog": datadog.parse,
    "gcp_monitoring": gcp_monitoring.parse,
    "generic": generic.parse,
    "grafana": grafana.parse,
    "grafana_legacy": grafana_legacy.parse,
    "healthchecks": healthchecks.parse,
    "icinga2": icinga2.parse,
    "librato": librato.parse,
    "nagios": nagios.parse,
    "newrelic": newrelic.parse,
    "opsgenie_alert_api": opsgenie_alert_api.parse,
    "opsgenie_webhook": opsgenie_webhook.parse,
    "pagerduty_events_v2": pagerduty_events_v2.parse,
    "pagerduty_webhook_v2": pagerduty_webhook_v2.parse,
    "pagerduty_webhook_v3": pagerduty_webhook_v3.parse,
    "pingdom": pingdom.parse,
    "rollbar": rollbar.parse,
    "sentry": sentry.parse,
    "sentry_legacy_plugin": sentry_legacy_plugin.parse,
    "splunk": splunk.parse,
    "statuscake": statuscake.parse,
    "statuspage_webhook": statuspage_webhook.parse,
    "updown": updown.parse,
    "uptime_kuma": uptime_kuma.parse,
    "uptimerobot": uptimerobot.parse,
    "victorops": victorops.parse,
    "zabbix": zabbix.parse,
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


@dataclass(frozen=True)
class Understood:
    """The alerts of a message, and in sentences what of it could not be read."""

    alerts: tuple[Alert, ...]
    remarks: tuple[str, ...] = ()


def understand(parser: Callable[[object], tuple[Alert, ...]], payload: object) -> Understood:
    """What a parser makes of a payload, with what it could not read.

    Raises:
        PayloadError: the payload has not the shape that the parser insists on.
    """
    with noting() as notes:
        alerts = parser(payload)
        for alert in alerts:
            if _has_a_strange_severity(alert):
                note(alert.severity_native, "is no severity that is known; it counts as unknown")
    return Understood(alerts, remarks(payload, notes))


def _has_a_strange_severity(alert: Alert) -> bool:
    """Only of what fires: the word of a recovery is often its state."""
    native = (alert.severity_native or "unknown").lower()
    firing = alert.status is AlertStatus.FIRING
    return firing and alert.severity is AlertSeverity.UNKNOWN and native != "unknown"


def read(dialect: str, payload: object) -> Understood:
    """`parse`, with what could not be read.

    Raises:
        NotFoundError: the dialect is not known.
        PayloadError: the payload has not the shape of the dialect.
    """
    return understand(lambda value: parse(dialect, value), payload)
