"""Does a field about something else change what fires, or which condition it is?"""

from typing import Any

import pytest

from incident import sources
from incident.alert import Alert, AlertSeverity
from incident.sources.recognition import recognise


def one(dialect: str, payload: Any) -> Alert:
    (alert,) = sources.parse(dialect, payload)
    return alert


ENABLED = {"id": "9", "status": "0", "value": "1"}


@pytest.mark.parametrize(
    ("dialect", "payload"),
    [
        pytest.param(
            "zabbix",
            {"event": {"id": "5", "name": "CPU", "value": "1"}, "trigger": ENABLED, "host": {"host": "web"}},
            id="zabbix: the trigger is switched on",
        ),
        pytest.param("zabbix", {"trigger": ENABLED}, id="zabbix: all is in the trigger"),
        pytest.param(
            "zabbix",
            {"event_name": "CPU", "status": "PROBLEM", "event": {"status": "0"}},
            id="zabbix: the message's own status",
        ),
        pytest.param(
            "zabbix",
            {"event_id": "5", "event_name": "CPU", "event_recovery_id": "0"},
            id="zabbix: no recovery yet",
        ),
        pytest.param(
            "zabbix",
            {"event_id": "{EVENT.ID}", "alert_subject": "PROBLEM: Disk full on db1", "event_value": "1"},
            id="zabbix: no test, as much is filled",
        ),
        pytest.param(
            "datadog",
            {"title": "[Triggered] CPU", "alert_id": "1", "host": {"name": "w", "status": "ok"}},
            id="datadog: the state of the host",
        ),
        pytest.param(
            "datadog",
            {"title": "[Triggered] CPU", "alert_id": "1", "last": {"alert_transition": "Recovered"}},
            id="datadog: what was before",
        ),
        pytest.param(
            "icinga2",
            {"host": {"name": "web", "state": "UP"}, "state": "CRITICAL"},
            id="icinga2: the state of the host",
        ),
        pytest.param(
            "icinga2",
            {"host": "a", "state": "CRITICAL", "downtime": {"type": "Downtime"}},
            id="icinga2: a downtime beside it",
        ),
        pytest.param(
            "nagios",
            {"host": "a", "service": "s", "state": "CRITICAL", "type": "Object storage"},
            id="nagios: a type of one's own",
        ),
        pytest.param(
            "pingdom",
            {
                "check_name": "x",
                "current_state": "DOWN",
                "long_description": "HTTP 500: a test message triggered by a user",
            },
            id="pingdom: a page with those words",
        ),
        pytest.param(
            "azure_monitor",
            {
                "data": {
                    "essentials": {"alertRule": "stops", "monitorCondition": "Fired"},
                    "alertContext": {"eventSource": "Administrative", "status": "Canceled"},
                }
            },
            id="azure: a cancelled operation is no stage",
        ),
    ],
)
def test_what_fires_does_so(dialect: str, payload: dict[str, Any]) -> None:
    assert one(dialect, payload).status == "firing"


def test_the_urgency_of_the_message_counts_before_that_of_a_part() -> None:
    payload = {"event_name": "x", "severity": "High", "event": {"severity": "1", "value": "1"}}
    assert one("zabbix", payload).severity is AlertSeverity.ERROR


def test_sections_of_datadog_say_what_they_are_about() -> None:
    sections = {"event": {"title": "e"}, "alert": {"title": "disk", "id": "7"}, "host": {"name": "web-1"}}
    alert = one("datadog", sections)
    assert (alert.title, alert.fingerprint) == ("disk", one("datadog", {"alert_id": "7"}).fingerprint)


CPU = {"policy_name": "A", "condition_name": "CPU"}
CHECK = {"tags": {"team": "x"}, "severity": "high", "host": "web", "service": "disk"}
CONTRIBUTOR = {"alarmName": "x", "state": {"value": "ALARM"}}


@pytest.mark.parametrize(
    ("dialect", "first", "second"),
    [
        pytest.param(
            "newrelic",
            {"incident_id": 1, "state": "open", **CPU},
            {"incident_id": 2, "state": "open", **CPU},
            id="newrelic: incidents with a state",
        ),
        pytest.param(
            "newrelic",
            {"current_state": None, "issueId": "1", "state": "CREATED"},
            {"current_state": None, "issueId": "2", "state": "CREATED"},
            id="newrelic: issues with an empty name of the older kind",
        ),
        pytest.param("icinga2", CHECK, {**CHECK, "service": "ping"}, id="icinga2: tags of one's own"),
        pytest.param(
            "cloudwatch_eventbridge",
            {"detail": {**CONTRIBUTOR, "alarmContributor": {"id": "c1"}}},
            {"detail": {**CONTRIBUTOR, "alarmContributor": {"id": "c2"}}},
            id="cloudwatch: contributors without an ARN",
        ),
    ],
)
def test_two_conditions_are_not_one(dialect: str, first: dict[str, Any], second: dict[str, Any]) -> None:
    assert one(dialect, first).fingerprint != one(dialect, second).fingerprint


@pytest.mark.parametrize(
    ("dialect", "firing", "over"),
    [
        pytest.param(
            "newrelic",
            {"incident_id": 1, "state": "open", **CPU},
            {"incident_id": 1, "state": "closed", **CPU},
            id="newrelic",
        ),
        pytest.param(
            "grafana",
            {"status": "firing", "title": "[FIRING:1] CPU", "alerts": [{"status": "firing"}]},
            {"status": "resolved", "title": "[RESOLVED] CPU", "alerts": [{"status": "resolved"}]},
            id="grafana: nothing but a title",
        ),
    ],
)
def test_a_condition_keeps_its_name_until_it_is_over(
    dialect: str, firing: dict[str, Any], over: dict[str, Any]
) -> None:
    began, ended = one(dialect, firing), one(dialect, over)
    assert (began.status, ended.status) == ("firing", "resolved")
    assert began.fingerprint == ended.fingerprint


def test_nothing_watched_is_no_label() -> None:
    assert one("newrelic", {"incident_id": 5, "current_state": "open", "condition_name": "c"}).labels == {}


def test_what_the_common_schema_calls_it_is_kept() -> None:
    essentials = {"alertId": "/s/alerts/1", "alertRule": "r", "firedDateTime": "2026-11-23T03:00:00Z"}
    alert = one("azure_monitor", {"properties": {"essentials": essentials}})
    assert (alert.fingerprint, alert.title, bool(alert.starts_at)) == ("/s/alerts/1", "r", True)


@pytest.mark.parametrize(
    "payload",
    [
        {"title": "x", "status": "firing", "hosts": ["a"], "ns": "prod"},
        {"title": "Pods down", "group": {"id": 3}, "level": "error"},
    ],
)
def test_everyday_names_are_no_marks(payload: dict[str, Any]) -> None:
    assert recognise(payload).dialect == "generic"
