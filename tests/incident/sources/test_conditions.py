"""Is a condition the same when it fires, is acknowledged and is over, and what is said of it?"""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from incident import sources
from incident.alert import Alert, AlertSeverity, AlertStatus
from tests.incident.sources.bodies import body

PAGE = (Path(__file__).parents[3] / "docs" / "sources.md").read_text()


def one(dialect: str, payload: object) -> Alert:
    (alert,) = sources.parse(dialect, payload)
    return alert


def sample(dialect: str, name: str) -> Alert:
    return one(dialect, body(dialect, f"{name}.json"))


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-23T{clock}").replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "severity", "status"),
    [
        ("state", "crit", "firing"),
        ("state", "ok", "resolved"),
        ("incident-age", "warning", "firing"),
        ("acknowledgement-set", "crit", "acknowledged"),
        ("downtime-start", "crit", "info"),
        ("flapping-end", "ok", "info"),
        ("mute", "crit", "info"),
    ],
)
def test_icinga_notifications_tells_an_event_of_an_incident(kind: str, severity: str, status: str) -> None:
    said = {
        "object": {"url": "https://icinga.example/db1", "tags": {"host": "db1", "service": "disk"}},
        "incident": {"id": 7, "severity": severity},
        "event": {"time": "2026-11-23T03:39:30Z", "type": kind, "message": "91 % full"},
    }
    alert = one("icinga2", said)

    assert (alert.status, alert.fingerprint) == (status, "icinga2-db1/disk")
    assert (alert.title, alert.severity_native) == (f"db1/disk is {severity}", severity)
    assert (alert.url, alert.description) == ("https://icinga.example/db1", "91 % full")
    assert (alert.ends_at if status == "resolved" else alert.starts_at) == at("03:39:30")


@pytest.mark.parametrize(
    ("dialect", "firing", "resolved", "fingerprint"),
    [
        ("azure_monitor", "common_fired", "common_resolved", "/subscriptions/s1/providers/Microsoft.Alerts"),
        ("cloudwatch_eventbridge", "alarm", "ok", "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:orders"),
        ("cloudwatch_sns", "alarm", "ok", "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:orders"),
        ("cloudwatch_sns", "raw", "ok", "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:orders"),
        ("datadog", "triggered", "recovered", "monitor 4711 host:web1,role:web"),
        ("gcp_monitoring", "open", "closed", "0.abc"),
        ("grafana_legacy", "alerting", "ok", "grafana-rule-31@org1"),
        ("nagios", "core446_host_problem_down_2", "core446_host_recovery_up", "nagios-web01"),
        ("newrelic", "incident_open", "incident_closed", "newrelic-incident-42"),
        ("newrelic", "issue_activated", "issue_closed", "newrelic-issue-00000000"),
        ("sentry", "event_alert", "issue_resolved", "sentry-issue-4711"),
        ("sentry", "issue_created", "issue_resolved", "sentry-issue-4711"),
        ("sentry", "metric_alert_critical", "metric_alert_resolved", "sentry-metric-alert-88"),
        ("zabbix", "problem", "recovered", "zabbix-trigger-14032@db1"),
    ],
)
def test_a_recovery_names_the_condition_that_fired(
    dialect: str, firing: str, resolved: str, fingerprint: str
) -> None:
    before, after = sample(dialect, firing), sample(dialect, resolved)

    assert before.fingerprint == after.fingerprint
    assert before.fingerprint.startswith(fingerprint)
    assert (before.status, after.status) == (AlertStatus.FIRING, AlertStatus.RESOLVED)
    assert before.ends_at is None
    assert dialect in {"sentry", "grafana_legacy"} or after.ends_at is not None


def test_icinga_tells_problem_acknowledgement_and_recovery_of_one_check() -> None:
    alerts = sources.parse("icinga2", body("icinga2", "capture.json"))

    assert [alert.status for alert in alerts] == ["firing", "acknowledged", "resolved"]
    assert {alert.fingerprint for alert in alerts} == {"icinga2-checkout/error-ratio"}
    assert alerts[1].description == "CRITICAL - 20%\n\nalice: INC-7"


@pytest.mark.parametrize(
    ("dialect", "name", "said"),
    [
        ("azure_monitor", "common_fired", ("cpu-of-shop", "error", "Sev1", "checkout", "03:39:30.123456")),
        ("azure_monitor", "log_search", ("errors-in-shop", "error", "Error", None, "03:39:30")),
        ("azure_monitor", "metric_deactivated", ("cpu", "info", "3", None, None)),
        (
            "azure_monitor",
            "service_health",
            ("Virtual machines in UK South", "warning", "Warning", None, "03:39:30.123456"),
        ),
        ("cloudwatch_sns", "alarm", ("orders-dead-letters", "unknown", None, None, "03:39:30.5")),
        ("cloudwatch_sns", "ok", ("orders-dead-letters", "unknown", None, None, None)),
        ("datadog", "triggered", ("Latency is high", "critical", "P1", "checkout", "03:39:30")),
        (
            "gcp_monitoring",
            "open",
            ("CPU of web1 is above 0.9", "critical", "Critical", "checkout", "03:39:30"),
        ),
        ("grafana_legacy", "alerting", ("Disks", "error", "high", "database", None)),
        (
            "nagios",
            "core446_service_problem_critical",
            ("web01/HTTP is CRITICAL", "critical", "CRITICAL", None, "03:49:20"),
        ),
        ("nagios", "core446_host_recovery_up", ("web01 is UP", "info", "UP", None, None)),
        ("newrelic", "incident_open", ("Orders stand", "warning", "WARNING", None, "03:39:30.5")),
        ("newrelic", "incident_closed", ("Orders stand", "warning", "WARNING", None, None)),
        ("sentry", "event_alert", ("CardError: declined", "critical", "fatal", "checkout", "03:39:30.5")),
        ("sentry", "metric_alert_critical", ("Too many errors", "critical", "critical", None, "03:39:00")),
        ("sentry_legacy_plugin", "event", ("CardError: declined", "error", "error", None, "03:39:30.5")),
        ("splunk", "one_result", ("Failed payments", "error", "high", None, None)),
        ("zabbix", "problem", ("Disk of db1 is full", "error", "High", "database", "03:39:30")),
    ],
)
def test_what_an_alert_is_called_how_urgent_it_is_and_since_when(
    dialect: str, name: str, said: tuple[Any, ...]
) -> None:
    alert = sample(dialect, name)

    *words, clock = said
    assert [alert.title, alert.severity, alert.severity_native, alert.service] == words
    assert alert.starts_at == (clock and at(clock))


@pytest.mark.parametrize(
    ("dialect", "payload", "status"),
    [
        ("azure_monitor", {"status": "Activated", "context": {"name": "n"}}, "firing"),
        ("cloudwatch_eventbridge", {"detail": {"state": {"value": "INSUFFICIENT_DATA"}}}, "info"),
        ("cloudwatch_eventbridge", {"detail-type": "EC2 Instance State-change Notification"}, "info"),
        ("cloudwatch_eventbridge", {"alarmArn": "a", "alarmData": {"state": {"value": "OK"}}}, "resolved"),
        ("cloudwatch_sns", {"AlarmName": "n", "NewStateValue": "INSUFFICIENT_DATA"}, "info"),
        ("cloudwatch_sns", {"Message": "{", "Subject": 'OK: "n" in EU (Ireland)'}, "resolved"),
        ("datadog", {"alert_transition": "Re-Triggered"}, "firing"),
        ("datadog", {"alert_transition": "No Data"}, "info"),
        ("datadog", {"alert_transition": "Recovered from Warn"}, "resolved"),
        ("datadog", {"alert_transition": "null", "title": "[P2] [Recovered on {host:a}] n"}, "resolved"),
        ("datadog", {"alert_status": "load over host:a was > 1", "title": "[Recovered] n"}, "resolved"),
        ("datadog", {"alert_transition": "$ALERT_TRANSITION", "alert_type": "success"}, "resolved"),
        ("gcp_monitoring", {"incident": {"state": "CLOSED"}}, "resolved"),
        ("grafana", {"alerts": [{"endsAt": "2026-11-23T03:00:00Z"}]}, "resolved"),
        ("grafana", {"state": "ok", "title": "n"}, "resolved"),
        ("grafana", {"ruleName": "n", "state": "no_data"}, "info"),
        ("grafana_legacy", {"state": "pending"}, "info"),
        ("grafana_legacy", {"state": "No Data"}, "info"),
        ("icinga2", {"type": "Notification", "notification_type": "RECOVERY"}, "resolved"),
        ("icinga2", {"type": "StateChange", "service": "s", "state": 2.0}, "firing"),
        ("icinga2", {"type": "StateChange", "host": "h", "state": 0}, "resolved"),
        ("icinga2", {"type": "AcknowledgementSet", "host": "h"}, "acknowledged"),
        (
            "icinga2",
            {"type": "CheckResult", "host": "h", "state": 1, "acknowledgement": True},
            "acknowledged",
        ),
        ("icinga2", {"type": "StateChange", "host": "h", "state": 0, "acknowledgement": True}, "resolved"),
        ("icinga2", {"service": {"name": "s", "state": "CRITICAL", "acknowledgement": "2"}}, "acknowledged"),
        ("icinga2", {"type": "state", "severity": "ok", "tags": {"host": "h"}}, "resolved"),
        ("icinga2", {"type": "unmute", "severity": "crit", "tags": {"host": "h"}}, "info"),
        ("icinga2", {"type": "DowntimeStarted", "downtime": {"host_name": "h"}}, "info"),
        ("nagios", {"notification": {"type": "RECOVERY"}, "host": {"name": "h", "state": "UP"}}, "resolved"),
        (
            "nagios",
            {"NAGIOS_NOTIFICATIONTYPE": "ACKNOWLEDGEMENT", "NAGIOS_HOSTSTATE": "DOWN"},
            "acknowledged",
        ),
        ("nagios", {"NAGIOS_NOTIFICATIONTYPE": "DOWNTIMESTART", "NAGIOS_HOSTSTATE": "DOWN"}, "info"),
        ("nagios", {"NAGIOS_NOTIFICATIONTYPE": "FLAPPINGSTOP"}, "info"),
        ("nagios", {"host": "h", "state": "UP"}, "resolved"),
        ("newrelic", {"state": "CREATED"}, "firing"),
        ("newrelic", {"state": "ACTIVATED", "trigger": "USER_ACTION"}, "acknowledged"),
        ("newrelic", {"state": "CLOSED", "trigger": "USER_ACTION"}, "resolved"),
        ("newrelic", {"current_state": "acknowledged"}, "acknowledged"),
        ("newrelic", {"condition_name": "n", "id": "1", "state": "closed"}, "resolved"),
        ("newrelic", {"policy_name": "p", "issueUrl": "https://n.example/1", "owner": "Ada"}, "acknowledged"),
        ("sentry", {"action": "assigned", "data": {"issue": {}}}, "info"),
        ("sentry", {"action": "unresolved", "data": {"issue": {}}}, "firing"),
        ("sentry", {"data": {"issue": {"status": "ignored"}}}, "info"),
        ("sentry", {"action": "triggered", "data": {"issue": {"status": "resolved"}}}, "resolved"),
        (
            "sentry",
            {"data": {"issue": {"status": "unresolved"}, "activity": {"type": "seer_pr_created"}}},
            "info",
        ),
        ("sentry", {"data": {"issue": {}, "activity": {"type": "set_regression"}}}, "firing"),
        ("sentry", {"action": "warning", "data": {"metric_alert": {}}}, "firing"),
        ("splunk", {}, "firing"),
        ("zabbix", {"status": "OK"}, "resolved"),
        ("zabbix", {"event_value": "0"}, "resolved"),
        ("zabbix", {"clock": 1795405170, "value": 0}, "resolved"),
        ("zabbix", {"value": "0"}, "firing"),
        ("zabbix", {"event_value": "1", "event_update_action": "unacknowledged"}, "firing"),
        ("zabbix", {"event_value": "1", "event_ack_status": "Yes"}, "acknowledged"),
        ("zabbix", {"event_value": "0", "event_ack_status": "Yes"}, "resolved"),
        ("zabbix", {"subject": "Resolved in 5m: Disk is full"}, "resolved"),
        ("zabbix", {"subject": "Disk is full: OK"}, "resolved"),
        ("zabbix", {"subject": "✅ Resolved in 5m: Disk is full"}, "resolved"),
        ("zabbix", {"subject": 'Service "Shop" resolved in 5m: Shop is slow'}, "resolved"),
        ("zabbix", {"subject": "Disk is full: PROBLEM"}, "firing"),
        ("zabbix", {"event_name": "n", "event_recovery_id": "8"}, "resolved"),
        ("zabbix", {"event_name": "n", "event_recovery_id": "{EVENT.RECOVERY.ID}"}, "firing"),
        ("zabbix", {"event_name": "n", "event_recovery_value": "0"}, "resolved"),
        ("zabbix", {"event_name": "n", "event_type": "recovery"}, "resolved"),
        ("zabbix", {"event_value": "1", "event_ack": "Yes"}, "acknowledged"),
        ("zabbix", {"event_source": "1", "subject": "Discovery: DOWN 192.0.2.9"}, "info"),
        ("zabbix", {"event_source": "0", "event_value": "1"}, "firing"),
        ("zabbix", {"event": {"id": "7", "value": "0"}}, "resolved"),
    ],
)
def test_the_words_of_each_monitor_for_what_happened(dialect: str, payload: Any, status: str) -> None:
    assert one(dialect, payload).status == status


@pytest.mark.parametrize(
    ("dialect", "payload"),
    [
        ("cloudwatch_eventbridge", {"detail-type": "CloudWatch Alarm Configuration Change"}),
        ("cloudwatch_sns", {"Type": "SubscriptionConfirmation", "SubscribeURL": "https://sns.example/"}),
        ("cloudwatch_sns", {"Type": "UnsubscribeConfirmation"}),
        ("cloudwatch_sns", {"Type": "Notification", "Message": '{"foo": "bar"}'}),
        ("cloudwatch_sns", {"Type": "Notification", "Message": "hello"}),
        ("newrelic", {"current_state": "test", "event_type": "NOTIFICATION", "incident_id": 0}),
        ("sentry", {"action": "created", "data": {"installation": {"status": "installed"}}}),
        ("sentry", {"action": "created", "data": {"comment": "I look", "issue_id": 1}}),
        ("sentry", {"action": "root_cause_completed", "data": {"run_id": 1, "group_id": 2}}),
        ("sentry", {"action": "size_analysis_completed", "data": {"buildId": "1", "state": "FAILED"}}),
        ("grafana", {"alerts": []}),
        ("icinga2", {"type": "CommentAdded", "comment": {"host_name": "h", "text": "I look"}}),
        ("icinga2", {"type": "ObjectModified", "object_name": "h", "object_type": "Host"}),
        ("zabbix", {"id": "{EVENT.ID}", "name": "{EVENT.NAME}", "at": "{DATE} {TIME}", "key": "k"}),
    ],
)
def test_what_is_no_alert_is_accepted(dialect: str, payload: Any) -> None:
    assert sources.parse(dialect, payload) == ()


@pytest.mark.parametrize(
    ("dialect", "payload", "title"),
    [
        ("azure_monitor", {"context": {"id": "/subscriptions/s/alertrules/cpu"}}, "cpu"),
        ("cloudwatch_sns", {"Message": "{", "Subject": 'ALARM: "disk" in EU (Ireland)'}, "disk"),
        ("datadog", {"title": "[Triggered on {host:a}] [Memory] is full"}, "[Memory] is full"),
        ("datadog", {"title": "[TEST] [Re-Warn] n"}, "n"),
        ("datadog", {"summary": "[Triggered on {host:a}] n"}, "n"),
        ("gcp_monitoring", {"incident": {"condition_name": "CPU"}}, "CPU"),
        ("grafana", {"alerts": [{"labels": {"alertname": "n"}}]}, "n"),
        ("grafana", {"text": "n"}, "n"),
        ("nagios", {"HOSTNAME": "h", "SERVICEDESC": "s", "SERVICESTATE": "2"}, "h/s is CRITICAL"),
        ("nagios", {"host": "h", "service": "s", "current_state": "WARNING"}, "h/s is WARNING"),
        ("nagios", {"host": {"name": "h"}, "service": {"description": "s", "state": "2"}}, "h/s is CRITICAL"),
        ("icinga2", {"severity": "crit", "tags": {"host": "h", "service": "s"}}, "h/s is crit"),
        ("icinga2", {"type": "DowntimeAdded", "downtime": {"host_name": "h"}}, "h is DowntimeAdded"),
        ("newrelic", {"current_state": "open"}, "New Relic alert (no condition name)"),
        ("newrelic", {"annotations": {"title": ["n"]}}, "n"),
        ("newrelic", {"condition_name": "n", "issueId": "1", "state": "ACTIVATED"}, "n"),
        ("sentry", {"data": {"event": {"metadata": {"type": "E", "value": "v"}}}}, "E: v"),
        ("splunk", {"sid": "rt_scheduler__ada__shop__disks_at_1795405760_7.1"}, "disks"),
        ("splunk", {"sid": "scheduler__ada_c2hvcA__disks_at_1795405760_7"}, "disks"),
        ("splunk", {"sid": "scheduler_ada_shop_disks_at_1795405760_7"}, "disks"),
        ("splunk", {"sid": "scheduler__ada__shop__RMD51f_at_1_2"}, "Splunk alert without a search name"),
        ("splunk", {"sid": "1795405760.7"}, "Splunk alert without a search name"),
        ("zabbix", {"subject": "Disk: full: PROBLEM"}, "Disk: full"),
        ("zabbix", {"subject": 'Service "Shop" problem: Shop is slow'}, "Shop is slow"),
        ("zabbix", {"event_name": "{EVENT.NAME}", "subject": "Problem: Disk: full"}, "Disk: full"),
        ("zabbix", {"message": "Problem name: Disk\nHost: db1\nSeverity: High"}, "Disk"),
        ("zabbix", {"EVENT.NAME": "<b>Disk</b> 🔥"}, "<b>Disk</b> 🔥"),
        ("zabbix", {"trigger": {"name": "Disk", "severity": "High"}, "host": {"name": "db1"}}, "Disk"),
        ("zabbix", {"event_id": "7", "event_name": "{EVENT.NAME}", "trigger_name": "Disk"}, "Disk"),
    ],
)
def test_a_title_is_found_where_the_usual_field_is_missing(dialect: str, payload: Any, title: str) -> None:
    assert one(dialect, payload).title == title


@pytest.mark.parametrize(
    ("dialect", "payload", "severity"),
    [
        ("azure_monitor", {"data": {"essentials": {"severity": "Sev0"}}}, AlertSeverity.CRITICAL),
        ("azure_monitor", {"data": {"essentials": {"severity": "Sev2"}}}, AlertSeverity.WARNING),
        ("azure_monitor", {"data": {"essentials": {"severity": "Sev4"}}}, AlertSeverity.INFO),
        ("azure_monitor", {"data": {"essentials": {"severity": 1}}}, AlertSeverity.ERROR),
        ("datadog", {"alert_transition": "Warn"}, AlertSeverity.WARNING),
        ("datadog", {"alert_priority": "null", "alert_type": "error"}, AlertSeverity.ERROR),
        ("datadog", {"priority": "normal", "alert_type": "error"}, AlertSeverity.ERROR),
        ("datadog", {"priority": "P1", "alert_type": "warning"}, AlertSeverity.CRITICAL),
        ("datadog", {"title": "[P2] [Triggered] n", "priority": "normal"}, AlertSeverity.ERROR),
        ("gcp_monitoring", {"incident": {"severity": "No severity"}}, AlertSeverity.UNKNOWN),
        (
            "gcp_monitoring",
            {"incident": {"policy_user_labels": {"severity": "critical"}}},
            AlertSeverity.CRITICAL,
        ),
        ("nagios", {"host": "h", "state": "DOWN"}, AlertSeverity.CRITICAL),
        ("zabbix", {"event_nseverity": 5}, AlertSeverity.CRITICAL),
        ("zabbix", {"severity": "Average"}, AlertSeverity.ERROR),
        ("zabbix", {"severity": "Not classified"}, AlertSeverity.UNKNOWN),
    ],
)
def test_the_urgency_is_read_as_its_monitor_means_it(
    dialect: str, payload: Any, severity: AlertSeverity
) -> None:
    assert one(dialect, payload).severity is severity


@pytest.mark.parametrize(
    ("dialect", "payload"),
    [
        ("datadog", {"title": "[TEST] [Triggered] n"}),
        ("gcp_monitoring", {"version": "test", "incident": {}}),
        ("grafana", body("grafana", "test_button.json")),
        ("grafana_legacy", {"ruleName": "Test notification", "state": "alerting"}),
    ],
)
def test_a_test_button_is_marked(dialect: str, payload: Any) -> None:
    assert one(dialect, payload).labels["test"] == "true"


def test_no_emergency_is_marked_as_a_test() -> None:
    assert "test" not in sample("datadog", "triggered").labels
    assert all(
        "test" not in alert.labels
        for alert in sources.parse("grafana", body("grafana", "firing_and_resolved.json"))
    )


def test_a_group_of_grafana_tells_each_alert_with_its_own_status() -> None:
    payload: Any = body("grafana", "firing_and_resolved.json")

    firing, resolved = sources.parse("grafana", payload | {"truncatedAlerts": 2})

    assert (firing.status, resolved.status) == ("firing", "resolved")
    assert (firing.starts_at, firing.ends_at) == (at("03:39:30.5"), None)
    assert (resolved.starts_at, resolved.ends_at) == (at("03:39:30.5"), at("03:50:00"))
    assert firing.description.endswith("Grafana left 2 more alerts of this group out of its message.")


@pytest.mark.parametrize(
    ("generator", "url"),
    [
        ("?orgId=1", "https://grafana.example/?orgId=1"),
        ("https://grafana.example/a", "https://grafana.example/a"),
        ("", "https://grafana.example/p"),
        ("http://[", "https://grafana.example/p"),
        ("javascript:alert(1)", "https://grafana.example/p"),
    ],
)
def test_an_address_of_grafana_may_be_relative(generator: str, url: str) -> None:
    alert = {"generatorURL": generator, "panelURL": "https://grafana.example/p"}

    assert one("grafana", {"externalURL": "https://grafana.example/", "alerts": [alert]}).url == url


@pytest.mark.parametrize(
    ("dialect", "payload", "changed"),
    [
        ("datadog", {"title": "n", "alert_id": "1", "alert_scope": "a:1,b:2"}, {"event_id": "other"}),
        ("datadog", {"title": "n", "alert_id": "1", "alert_scope": "a:1,b:2"}, {"alert_scope": "b:2, a:1"}),
        ("datadog", {"alert_id": "1", "alert_scope": "a", "alert_cycle_key": "x"}, {"alert_cycle_key": "y"}),
        ("datadog", {"aggreg_key": "k", "title": "n"}, {"title": "m", "alert_id": "2"}),
        ("grafana_legacy", {"ruleId": 1, "evalMatches": [{"metric": "m"}]}, {"evalMatches": []}),
        ("nagios", {"HOSTNAME": "h", "HOSTPROBLEMID": "7"}, {"HOSTPROBLEMID": "0"}),
        ("newrelic", {"condition_name": "n", "timestamp": 1}, {"timestamp": 2}),
        ("newrelic", {"condition_name": "n", "id": "1", "state": "ACTIVATED"}, {"condition_name": "m"}),
        (
            "sentry",
            {"data": {"event": {"issue_id": "1"}}},
            {"data": {"event": {"issue_id": "1", "event_id": "e"}}},
        ),
        ("splunk", {"search_name": "n", "sid": "1"}, {"sid": "2"}),
        ("splunk", {"sid": "scheduler__ada__shop__n_at_1_2"}, {"sid": "scheduler__ada__shop__n_at_3_4"}),
        ("zabbix", {"trigger_id": "1", "event_id": "7"}, {"event_id": "8"}),
        ("zabbix", {"trigger": "n", "host": "h"}, {"status": "OK", "severity": "High"}),
    ],
)
def test_what_changes_between_messages_does_not_name_the_condition(
    dialect: str, payload: Any, changed: Any
) -> None:
    assert one(dialect, payload).fingerprint == one(dialect, payload | changed).fingerprint


@pytest.mark.parametrize(
    ("dialect", "payload", "changed"),
    [
        ("cloudwatch_sns", {"AlarmName": "n", "Region": "a"}, {"Region": "b"}),
        ("cloudwatch_sns", {"AlarmArn": "a", "AlarmContributorId": "1"}, {"AlarmContributorId": "2"}),
        (
            "cloudwatch_eventbridge",
            {"resources": ["a"], "detail": {"alarmContributor": {"id": "1"}}},
            {"detail": {"alarmContributor": {"id": "2"}}},
        ),
        ("datadog", {"title": "n", "alert_id": "1", "alert_scope": "host:a"}, {"alert_scope": "host:b"}),
        ("datadog", {"title": "[Triggered on {host:a}] n"}, {"title": "[Triggered on {host:b}] n"}),
        ("grafana", {"text": "n"}, {"text": "m"}),
        ("grafana_legacy", {"ruleId": 1, "orgId": 1}, {"orgId": 2}),
        ("nagios", {"HOSTNAME": "h"}, {"SERVICEDESC": "s"}),
        ("newrelic", {"incident_id": -1, "condition_name": "n"}, {"condition_name": "m"}),
        ("splunk", {"search_name": "n"}, {"result": {"host": "h"}}),
        (
            "splunk",
            {"sid": "scheduler__ada__shop__RMD51f_at_1_2"},
            {"sid": "scheduler__ada__shop__RMD52_at_1_2"},
        ),
        ("zabbix", {"trigger": "n", "host": "h"}, {"host": "g"}),
    ],
)
def test_what_tells_conditions_apart_names_them(dialect: str, payload: Any, changed: Any) -> None:
    assert one(dialect, payload).fingerprint != one(dialect, payload | changed).fingerprint


@pytest.mark.parametrize("wrap", ["sns", "lambda", "sqs", "eventbridge"])
def test_an_alarm_is_found_however_often_it_is_wrapped(wrap: str) -> None:
    notification: Any = body("cloudwatch_sns", "alarm.json")
    event = body("cloudwatch_eventbridge", "alarm.json")
    wrapped = {
        "sns": notification,
        "lambda": {"Records": [{"EventSource": "aws:sns", "Sns": notification}]},
        "sqs": {"Records": [{"eventSource": "aws:sqs", "body": json.dumps(notification)}]},
        "eventbridge": {"Type": "Notification", "Message": json.dumps(event)},
    }[wrap]

    assert one("cloudwatch_sns", wrapped).title == "orders-dead-letters"


def test_every_metric_of_a_calculated_alarm_gives_its_dimensions() -> None:
    metrics = [
        {"Id": "e", "Expression": "a/b"},
        {
            "Id": "a",
            "MetricStat": {"Metric": {"Namespace": "N", "Dimensions": [{"name": "A", "value": "1"}]}},
        },
        {"Id": "b", "MetricStat": {"Metric": {"MetricName": "M", "Dimensions": {"B": "2"}}}},
    ]

    labels = one("cloudwatch_sns", {"AlarmName": "n", "Trigger": {"Metrics": metrics}}).labels

    assert labels == {"namespace": "N", "metric": "M", "A": "1", "B": "2"}


def test_a_target_of_new_relic_gives_its_labels_with_or_without_a_list_around_it() -> None:
    target = {"name": "shop", "labels": {"team": "orders"}}

    alerts = [one("newrelic", {"current_state": "open", "targets": it}) for it in (target, [target])]

    assert [alert.labels for alert in alerts] == [{"team": "orders", "entities": '["shop"]'}] * 2


def test_one_of_many_time_series_of_an_alarm_is_labelled_and_named_alike_on_both_ways() -> None:
    arn, table = "arn:aws:cloudwatch:eu-west-1:1:alarm:writes", {"TableName": "orders"}
    sns = {"AlarmArn": arn, "AlarmContributorId": "c1", "AlarmContributorAttributes": table}
    event = {"resources": [arn], "detail": {"alarmContributor": {"id": "c1", "attributes": table}}}

    alerts = [one("cloudwatch_sns", sns), one("cloudwatch_eventbridge", event)]

    assert [(alert.fingerprint, alert.labels) for alert in alerts] == [(f"{arn}/c1", table)] * 2


def test_an_alarm_says_the_same_to_a_lambda_function_as_to_eventbridge() -> None:
    event = body("cloudwatch_eventbridge", "alarm.json")
    to_lambda = {
        "source": "aws.cloudwatch",
        "alarmArn": event["resources"][0],
        "accountId": event["account"],
        "region": event["region"],
        "time": event["time"],
        "alarmData": event["detail"],
    }

    assert one("cloudwatch_eventbridge", to_lambda) == one("cloudwatch_eventbridge", event)
    assert one("cloudwatch_sns", {"Message": json.dumps(to_lambda)}) == one("cloudwatch_eventbridge", event)


def test_a_service_hook_of_sentry_says_what_the_plugin_says_with_objects() -> None:
    hook = {
        "project": {"slug": "shop", "name": "The shop"},
        "group": {
            "id": "4711",
            "title": "CardError",
            "level": "error",
            "url": "https://s.example/issues/4711/",
        },
        "event": {"event_id": "e", "datetime": "2026-11-23T03:39:30Z"},
    }

    for dialect in ("sentry", "sentry_legacy_plugin"):
        alert = one(dialect, hook)
        assert (alert.fingerprint, alert.title, alert.severity_native) == (
            "sentry-issue-4711",
            "CardError",
            "error",
        )
        assert (alert.labels, alert.url) == ({"project": "shop"}, "https://s.example/issues/4711/")


def test_new_relics_own_names_are_understood_where_a_template_keeps_them() -> None:
    found = {"conditionName": ["Latency"], "policyName": ["Shop"]}
    issue = {"issueId": "1", "accumulations": found, "entitiesData": {"names": ["checkout"]}}

    alert = one("newrelic", issue)

    assert alert.title == "Latency"
    assert one("newrelic", {"issueId": "1", "conditionName": "Latency"}).labels == {"conditions": "Latency"}
    assert alert.labels == {"entities": '["checkout"]', "policies": '["Shop"]', "conditions": '["Latency"]'}


def test_the_tags_of_an_alarm_are_labels_and_may_name_the_service() -> None:
    sns = {"AlarmArn": "a", "AlarmTags": [{"Key": "service", "Value": "shop"}]}
    event = {"resources": ["a"], "detail": {"alarmTags": {"service": "shop"}}}

    alerts = [one("cloudwatch_sns", sns), one("cloudwatch_eventbridge", event)]

    assert [(alert.service, alert.labels) for alert in alerts] == [("shop", {"service": "shop"})] * 2


def test_a_push_of_pub_sub_is_unwrapped() -> None:
    data = "eyJpbmNpZGVudCI6IHsic3VtbWFyeSI6ICJuIn19"  # {"incident": {"summary": "n"}}

    assert one("gcp_monitoring", {"message": {"data": data}}).title == "n"
    assert one("gcp_monitoring", {"message": {"data": "é"}}).status == "firing"


def test_datadog_may_sort_its_fields_into_sections() -> None:
    sections = {
        "org": {"id": "7", "name": "shop"},
        "alert": {"alert_id": "12", "alert_transition": "Recovered", "alert_type": "success"},
        "event": {"aggreg_key": "k1", "event_url": "https://app.datadoghq.example/event/1", "title": ""},
    }

    alert = one("datadog", {"title": "[Synthetics] Checkout", "alert_id": "null"} | sections)

    assert (alert.status, alert.title, alert.fingerprint) == ("resolved", "[Synthetics] Checkout", "k1")
    assert alert.url == "https://app.datadoghq.example/event/1"
    assert one("datadog", sections).title == "Datadog alert without a title"


@pytest.mark.parametrize("field", ["date", "date_posix", "date_happened", "last_updated_posix"])
def test_datadog_has_several_fields_for_the_time(field: str) -> None:
    assert one("datadog", {"title": "n", field: "1795405170"}).starts_at == at("03:39:30")


@pytest.mark.parametrize(
    ("event", "starts", "ends"),
    [
        ({"event_date": "2026.11.23", "event_time": "03:39:30"}, at("03:39:30"), None),
        ({"timestamp": "2026-11-23 03:39:30"}, at("03:39:30"), None),
        ({"event_date_time": "2026.11.23 03:39:30"}, at("03:39:30"), None),
        ({"time": "03:39:31", "lastReceived": "2026.11.23 03:39:30", "status": "OK"}, None, at("03:39:30")),
        ({"date": "2026.11.23", "time": "03:39:30", "status": "OK"}, None, at("03:39:30")),
        ({"event_date": "{EVENT.DATE}", "event_time": "soon"}, None, None),
    ],
)
def test_zabbix_writes_date_and_time_apart(event: Any, starts: Any, ends: Any) -> None:
    alert = one("zabbix", event)

    assert (alert.starts_at, alert.ends_at) == (starts, ends)


@pytest.mark.parametrize(
    ("addresses", "url"),
    [
        pytest.param({"url": "https://z.example/zabbix/"}, "https://z.example/zabbix/", id="alone"),
        pytest.param(
            {"url": "https://wiki.example/disk", "trigger_id": "1", "event_id": "7"}, "wiki", id="a page"
        ),
        pytest.param(
            {"url": "https://z.example", "triggerId": "1", "id": "7"}, "triggerid=1&eventid=7", id="front"
        ),
        pytest.param({"url": "{$ZABBIX.URL}", "trigger_id": "1", "event_id": "7"}, None, id="not defined"),
    ],
)
def test_the_front_page_of_zabbix_is_completed_to_the_event(addresses: Any, url: str | None) -> None:
    found = one("zabbix", {"event_name": "Disk", **addresses}).url

    assert found == url or (url and url in str(found))


def test_tags_are_read_in_every_spelling() -> None:
    spellings = (
        "a:1, b:2,b:3,plain",
        [["a", "1"], ["b", "2"], ["b", 3]],
        [{"tag": "a", "value": "1"}, {"key": "b", "value": "2"}, {"name": "b", "value": "3"}, 7],
    )

    for tags in spellings:
        labels = one("zabbix", {"event_tags": tags}).labels
        assert (labels["a"], labels["b"]) == ("1", "2, 3")


def proposed(section: str) -> dict[str, Any]:
    """The body that a section of the documentation proposes."""
    (written,) = re.findall(rf"### {section}\n.*?```json\n(.*?)```", PAGE, re.DOTALL)
    read: dict[str, Any] = json.loads(written)
    return read


@pytest.mark.parametrize(
    ("section", "dialect", "name"),
    [("Datadog", "datadog", "triggered"), ("Zabbix", "zabbix", "recovered")],
)
def test_the_samples_have_the_fields_that_the_documentation_proposes(
    section: str, dialect: str, name: str
) -> None:
    kept: Any = body(dialect, f"{name}.json")

    assert set(proposed(section)) <= set(kept)


@pytest.mark.parametrize("dialect", ["nagios", "icinga2"])
def test_the_body_that_the_documentation_proposes_for_checks_is_read_in_full(dialect: str) -> None:
    alert = one(dialect, proposed("Nagios and Icinga 2") | {"author": "alice", "comment": "I look"})

    assert (alert.title, alert.fingerprint) == ("web01/HTTP is CRITICAL", f"{dialect}-web01/HTTP")
    assert alert.description == "CRITICAL - no answer for 10 seconds\n\nalice: I look"
    assert alert.starts_at == datetime.fromtimestamp(1795405760, UTC)
    assert alert.labels == {
        "host": "web01",
        "service": "HTTP",
        "address": "192.0.2.10",
        "output": "CRITICAL - no answer for 10 seconds",
    }
    assert alert.url == "https://runbooks.example/web01"
