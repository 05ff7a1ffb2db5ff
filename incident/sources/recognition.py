"""Which monitor wrote this message, when nobody has said so?

Each dialect has marks: fields that its messages have and others rarely do. The dialect with the most marks
in the message is chosen; where two have as many, the plainer one, which stands first. Nothing is ever
refused: what no mark fits is our own JSON.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

EACH = "[]"
"""In a path: the first member of a list."""

MARKS: dict[str, str] = {
    "generic": "title fingerprint alert_uid link_to_upstream_details alerts.[].title",
    "alertmanager": "alerts.[].startsAt alerts.[].generatorURL groupLabels commonLabels groupKey receiver",
    "grafana": "alerts.[].startsAt alerts.[].generatorURL groupLabels commonLabels groupKey receiver orgId"
    " alerts.[].silenceURL alerts.[].dashboardURL alerts.[].panelURL alerts.[].valueString appVersion",
    "grafana_legacy": "ruleId ruleName ruleUrl evalMatches",
    "datadog": "alert_transition alert_type alert_id alert_query event_type event_id event_tags org.id"
    " last_updated text_only_msg hostname_alert alert.alert_id alert.alert_transition event.aggreg_key",
    "cloudwatch_sns": "TopicArn MessageId SigningCertURL SignatureVersion Records.[].Sns AlarmName AlarmArn"
    " Message.AlarmName",
    "cloudwatch_eventbridge": "detail-type detail.alarmName detail.state account region"
    " alarmArn alarmData.alarmName alarmData.state",
    "sentry": "installation data.issue data.event data.metric_alert data.issue_alert data.error actor action",
    "sentry_legacy_plugin": "project_slug project_name culprit event.event_id triggering_rules logger level"
    " project.slug",
    "newrelic": "issueUrl issueId issuePageUrl issueTitle totalIncidents alertPolicyNames alertConditionNames"
    " impactedEntities workflowName isCorrelated condition_name policy_name incident_url"
    " incident_acknowledge_url current_state timestamp condition_id account_id targets open_violations_count",
    "zabbix": "hostname trigger item trigger_name trigger_severity trigger_status trigger_id event_name"
    " event_value event_severity event_id host_name host_ip alert_subject alert_message zabbix_url"
    " event_nseverity event_source event_update_action update_action eventid p_eventid"
    " eventname eventseverity eventvalue triggerid triggerId EventID EventName EventValue EventSeverity"
    " TriggerID Event_ID Event_Update_Action Trigger_ID Trigger_Status event.id event.value trigger.name"
    " host.name EVENT.ID EVENT.NAME EVENT.VALUE TRIGGER.ID HOST.NAME",
    "nagios": "NAGIOS_NOTIFICATIONTYPE NAGIOS_HOSTNAME NAGIOS_HOSTSTATE NAGIOS_SERVICEDESC NOTIFICATIONTYPE"
    " HOSTNAME HOSTSTATE SERVICEDESC SERVICESTATE notification_type host_name service_description"
    " notificationtype hostname hoststate servicedesc servicestate notification.type service.description",
    "icinga2": "last_change output host state comment author type check_result state_type downtime"
    " ICINGA_NOTIFICATIONTYPE ICINGA_HOSTNAME ICINGA_HOSTSTATE ICINGA_SERVICEDESC"
    " object_name object_type object.tags incident.severity event.message",
    "azure_monitor": "schemaId data.essentials data.alertContext data.context context.resourceId"
    " properties.essentials properties.essentials.monitorCondition"
    " context.conditionType context.subscriptionId properties WebhookName RequestBody"
    " AlertRuleName SearchQuery SearchIntervalEndtimeUtc IncludeSearchResults",
    "gcp_monitoring": "incident.incident_id incident.policy_name incident.condition_name incident.started_at"
    " incident.resource_id incident.scoping_project_id message.data message.messageId subscription",
    "splunk": "search_name results_link sid result app",
    "uptime_kuma": "heartbeat heartbeat.monitorID monitor monitor.accepted_statuscodes msg",
    "pingdom": "check_id check_name check_params previous_state current_state state_changed_timestamp",
    "statuscake": "TestID StatusCode Checkrate Method Name Status URL Token",
    "uptimerobot": "monitorID monitorURL monitorFriendlyName alertType alertTypeFriendlyName alertDetails"
    " monitor_id monitor_url monitor_friendly_name alert_type alert_type_friendly_name alert_details",
    "updown": "event check check.token check.apdex_t check.last_status downtime ssl.cert",
    "rollbar": "event_name data.item data.item.total_occurrences data.occurrence data.deploy data.message",
    "librato": "alert.runbook_url alert.version trigger_time conditions violations clear account",
    "victorops": "message_type entity_id entity_display_name monitoring_tool state_message state_start_time",
    "statuspage_webhook": "page.status_indicator page.status_description incident.incident_updates"
    " incident.shortlink component.status component_update meta.unsubscribe",
    "opsgenie_webhook": "action alert.alertId alert.tinyId alert.alias integrationId integrationName",
    "opsgenie_alert_api": "message alias priority details responders visibleTo entity source",
    "pagerduty_events_v2": "routing_key event_action dedup_key payload.summary payload.source"
    " payload.custom_details service_key event_type incident_key",
    "pagerduty_webhook_v2": "messages.[].incident messages.[].event messages.[].log_entries"
    " messages.[].data.incident messages.[].webhook",
    "pagerduty_webhook_v3": "event.event_type event.resource_type event.occurred_at event.data event.agent",
    "healthchecks": "ping_url pings_url update_url n_pings last_ping next_ping grace unique_key check.n_pings"
    " code now exitstatus slug last_duration manual_resume",
}
"""For each dialect the paths of its marks, in the order in which equals are preferred."""


@dataclass(frozen=True)
class Recognition:
    """A dialect, and the marks that speak for it; without any it is our own JSON by default."""

    dialect: str
    reasons: tuple[str, ...]


def recognise(payload: Any) -> Recognition:
    """The dialect that a payload is most likely in, with the reason; a list is what its first member is."""
    if isinstance(payload, list) and payload:
        payload = payload[0]
    found = {dialect: tuple(_marks(payload, paths)) for dialect, paths in MARKS.items()}
    best = max(found, key=lambda dialect: len(found[dialect]))
    return Recognition(best, found[best])


def _marks(payload: Any, paths: str) -> Iterator[str]:
    return (path for path in paths.split() if _has(payload, [path]) or _has(payload, path.split(".")))


def _has(value: Any, path: list[str]) -> bool:
    """Does the path lead somewhere? What is there may be null: a field that is named is a mark."""
    for step in path:
        if step == EACH and isinstance(value, list) and value:
            value = value[0]
        elif isinstance(value, dict) and step in value:
            value = value[step]
        else:
            return False
    return True
