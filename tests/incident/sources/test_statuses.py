"""Is each monitor's word for what happened understood, also where it means neither outage nor recovery?"""

from typing import Any

import pytest

from incident import sources

FIRING, ACKNOWLEDGED, RESOLVED, INFO = "firing", "acknowledged", "resolved", "info"


def kuma(status: Any, said: str = "") -> dict[str, Any]:
    return {"heartbeat": {"monitorID": 1, "status": status}, "monitor": {"id": 1, "name": "a"}, "msg": said}


def component(status: str) -> dict[str, Any]:
    return {"component": {"id": "c", "name": "API"}, "component_update": {"new_status": status}}


def incident(status: str, impact: str = "major") -> dict[str, Any]:
    return {"incident": {"id": "i", "name": "Slow", "status": status, "impact": impact}}


def action(name: Any) -> dict[str, Any]:
    return {"action": name, "alert": {"alias": "a", "message": "Slow"}}


def event(kind: Any, status: str = "triggered") -> dict[str, Any]:
    return {"event": {"event_type": kind, "data": {"id": "Q", "title": "Slow", "status": status}}}


def message(kind: Any, status: str = "triggered") -> dict[str, Any]:
    return {"messages": [{"event": kind, "incident": {"id": "Q", "title": "Slow", "status": status}}]}


@pytest.mark.parametrize(
    ("dialect", "payload", "status"),
    [
        pytest.param("uptime_kuma", kuma(2), INFO, id="kuma: pending"),
        pytest.param("uptime_kuma", kuma(3), INFO, id="kuma: maintenance"),
        pytest.param("uptime_kuma", kuma("1"), RESOLVED, id="kuma: up, as text"),
        pytest.param(
            "uptime_kuma", kuma(None, "[a] [✅ Up] 200"), RESOLVED, id="kuma: only the sentence says up"
        ),
        pytest.param("uptime_kuma", kuma([0], "[a] [🔴 Down] 503"), FIRING, id="kuma: down in doubt"),
        pytest.param("pingdom", {"current_state": "FAILING"}, FIRING, id="pingdom: a transaction fails"),
        pytest.param("pingdom", {"current_state": "SUCCESS"}, RESOLVED, id="pingdom: a transaction works"),
        pytest.param("pingdom", {"current_state": "UNKNOWN"}, INFO, id="pingdom: unknown"),
        pytest.param("pingdom", {"current_state": 0}, FIRING, id="pingdom: in doubt"),
        pytest.param("pingdom", {"current_state": "UNCONFIRMED_DOWN"}, FIRING, id="pingdom: unconfirmed"),
        pytest.param("statuscake", {"Status": None}, FIRING, id="statuscake: in doubt"),
        pytest.param("uptimerobot", {"alertType": 2}, RESOLVED, id="uptimerobot: a number"),
        pytest.param("uptimerobot", {"alert_type_friendly_name": "Up"}, RESOLVED, id="uptimerobot: the word"),
        pytest.param("uptimerobot", {"alertType": "3"}, FIRING, id="uptimerobot: about to expire"),
        pytest.param("uptimerobot", {"alertType": 99}, INFO, id="uptimerobot: paused"),
        pytest.param("updown", [{"event": "check.ssl_invalid"}], FIRING, id="updown: a bad certificate"),
        pytest.param("updown", [{"event": "check.ssl_renewed"}], RESOLVED, id="updown: a new certificate"),
        pytest.param(
            "updown", {"event": "check.performance_drop"}, FIRING, id="updown: slow, without a list"
        ),
        pytest.param(
            "updown", [{"downtime": {"ended_at": 1795402800}}], RESOLVED, id="updown: the end says it"
        ),
        pytest.param("updown", [{"event": "check.x", "check": {"down": False}}], INFO, id="updown: news"),
        pytest.param(
            "updown", [{"event": "check.x", "check": {"down": True}}], FIRING, id="updown: in doubt"
        ),
        pytest.param("rollbar", {"event_name": "new_item"}, FIRING, id="rollbar: new"),
        pytest.param("rollbar", {"event_name": "reactivated_item"}, FIRING, id="rollbar: back again"),
        pytest.param("librato", {"clear": "manual"}, RESOLVED, id="librato: cleared by hand"),
        pytest.param("librato", {"clear": None}, FIRING, id="librato: null clears nothing"),
        pytest.param("victorops", {"message_type": "WARNING"}, FIRING, id="victorops: warning"),
        pytest.param("victorops", {"message_type": "ACKNOWLEDGEMENT"}, ACKNOWLEDGED, id="victorops: seen"),
        pytest.param("victorops", {"message_type": "INFO"}, INFO, id="victorops: information"),
        pytest.param("victorops", {"message_type": 7}, FIRING, id="victorops: in doubt"),
        pytest.param("statuspage_webhook", incident("monitoring"), FIRING, id="status page: not over yet"),
        pytest.param("statuspage_webhook", incident("postmortem"), RESOLVED, id="status page: long over"),
        pytest.param("statuspage_webhook", incident("scheduled", "none"), INFO, id="status page: planned"),
        pytest.param(
            "statuspage_webhook", incident("new", "maintenance"), INFO, id="status page: maintenance"
        ),
        pytest.param("statuspage_webhook", component("major_outage"), FIRING, id="component: out"),
        pytest.param("statuspage_webhook", component("operational"), RESOLVED, id="component: works"),
        pytest.param("statuspage_webhook", component("under_maintenance"), INFO, id="component: maintenance"),
        pytest.param("opsgenie_webhook", action("Acknowledge"), ACKNOWLEDGED, id="opsgenie: seen"),
        pytest.param("opsgenie_webhook", action("UnAcknowledge"), FIRING, id="opsgenie: not seen after all"),
        pytest.param("opsgenie_webhook", action("Delete"), RESOLVED, id="opsgenie: deleted"),
        pytest.param("opsgenie_webhook", action("AddNote"), INFO, id="opsgenie: a note"),
        pytest.param("opsgenie_webhook", action("TestAction"), INFO, id="opsgenie: an action of the users"),
        pytest.param("opsgenie_webhook", action(None), FIRING, id="opsgenie: in doubt"),
        pytest.param("pagerduty_events_v2", {"event_action": "acknowledge"}, ACKNOWLEDGED, id="events: seen"),
        pytest.param("pagerduty_events_v2", {"event_type": "resolve"}, RESOLVED, id="events 1: over"),
        pytest.param("pagerduty_events_v2", {"event_action": {}}, FIRING, id="events: in doubt"),
        pytest.param("pagerduty_webhook_v3", event("incident.acknowledged"), ACKNOWLEDGED, id="v3: seen"),
        pytest.param("pagerduty_webhook_v3", event("incident.reopened"), FIRING, id="v3: open again"),
        pytest.param("pagerduty_webhook_v3", event("incident.annotated"), INFO, id="v3: a note"),
        pytest.param("pagerduty_webhook_v3", event("service.updated"), INFO, id="v3: about a service"),
        pytest.param("pagerduty_webhook_v3", event(None, "resolved"), RESOLVED, id="v3: the status says it"),
        pytest.param("pagerduty_webhook_v2", message("incident.unacknowledge"), FIRING, id="v2: not seen"),
        pytest.param("pagerduty_webhook_v2", message("incident.assign"), INFO, id="v2: another person"),
        pytest.param("pagerduty_webhook_v2", message(7, "acknowledged"), ACKNOWLEDGED, id="v2: the status"),
        pytest.param("healthchecks", {"status": "grace"}, INFO, id="healthchecks: late, not too late"),
        pytest.param("healthchecks", {"status": "paused"}, INFO, id="healthchecks: paused"),
        pytest.param("healthchecks", {"check": {"status": "up"}}, RESOLVED, id="healthchecks: in the check"),
        pytest.param("healthchecks", {}, FIRING, id="healthchecks: in doubt"),
    ],
)
def test_the_word_of_a_monitor(dialect: str, payload: Any, status: str) -> None:
    (alert,) = sources.parse(dialect, payload)

    assert alert.status == status


@pytest.mark.parametrize(
    ("dialect", "payload"),
    [
        pytest.param("uptime_kuma", {"heartbeat": None, "monitor": None, "msg": "hook Testing"}, id="kuma"),
        pytest.param("uptime_kuma", {"monitor": {"name": "hook"}, "msg": "hook Testing"}, id="an older kuma"),
        pytest.param(
            "pingdom",
            {
                "check_id": 7,
                "current_state": "DOWN",
                "long_description": "A test message triggered by a user",
            },
            id="pingdom",
        ),
        pytest.param("rollbar", {"event_name": "test", "data": {"message": "It works"}}, id="rollbar"),
        pytest.param("rollbar", {"event_name": "deploy", "data": {"deploy": {}}}, id="a deployment"),
        pytest.param("librato", {"attachments": [{"image_url": "https://a.example"}]}, id="a shared chart"),
        pytest.param("librato", {"snapshot": {"image_url": "https://a.example"}}, id="a chart, unformatted"),
        pytest.param("pagerduty_webhook_v3", event("pagey.ping"), id="pagerduty"),
        pytest.param("pagerduty_webhook_v2", {"messages": []}, id="no messages"),
        pytest.param(
            "pagerduty_events_v2", {"routing_key": "r", "payload": {"summary": "Merged"}}, id="a change"
        ),
        pytest.param("updown", [], id="no events"),
    ],
)
def test_tests_and_news_are_accepted_and_are_no_alerts(dialect: str, payload: Any) -> None:
    assert sources.parse(dialect, payload) == ()
