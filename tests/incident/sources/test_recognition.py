"""Is the monitor found that wrote a message?"""

import json
from typing import Any

import pytest

from incident import sources
from incident.sources.recognition import MARKS, recognise
from service.body import read_body
from tests.incident.sources.bodies import PAYLOADS, body, files
from tests.incident.sources.test_corpus import CORPUS

WITHOUT_MARKS = {("opsgenie_alert_api", "from_am025_close_1.json")}


@pytest.mark.parametrize(("dialect", "file"), files(*(folder.name for folder in PAYLOADS.iterdir())))
def test_a_body_that_is_kept_here_is_recognised(dialect: str, file: str) -> None:
    assert recognise(body(dialect, file)).dialect == dialect


def test_every_body_of_the_corpus_is_recognised() -> None:
    # One test for all of them: without the corpus a table would be empty, and its test skipped.
    index = CORPUS / "index.json"
    samples = json.loads(index.read_text()) if index.exists() else []
    read = {sample["file"]: read_body((CORPUS / sample["file"]).read_bytes()) for sample in samples}

    taken = {file: recognise(payload).dialect for file, payload in read.items()}

    assert taken == {sample["file"]: sample["source_system"] for sample in samples}


def test_every_dialect_has_marks_and_every_mark_a_dialect() -> None:
    assert set(MARKS) == set(sources.DIALECTS)


@pytest.mark.parametrize("payload", [None, 7, "down", [], {}, [[]], {"hello": "world"}], ids=repr)
def test_what_no_mark_fits_is_our_own_json(payload: Any) -> None:
    assert (recognise(payload).dialect, recognise(payload).reasons) == ("generic", ())


def test_the_reasons_are_the_marks_that_were_found() -> None:
    reasons = recognise({"check_id": 1, "current_state": None, "other": 2}).reasons

    assert reasons == ("check_id", "current_state")


def test_of_equals_the_plainer_dialect_is_taken() -> None:
    alert = {"startsAt": "2026-11-23T03:00:00Z"}

    assert recognise({"alerts": [alert]}).dialect == "alertmanager"
    assert recognise({"alerts": [alert], "orgId": 1}).dialect == "grafana"


@pytest.mark.parametrize(
    ("dialect", "payload"),
    [
        pytest.param(
            "newrelic", {"issueId": "1", "issueUrl": "u", "title": "n"}, id="a short template of New Relic"
        ),
        pytest.param(
            "sentry_legacy_plugin",
            {"project": {"slug": "shop"}, "group": {}, "event": {}},
            id="a Sentry hook",
        ),
        pytest.param(
            "cloudwatch_eventbridge",
            {"source": "aws.cloudwatch", "alarmArn": "a", "alarmData": {"state": {}}},
            id="an alarm for Lambda",
        ),
        pytest.param(
            "alertmanager", {"version": "3", "groupKey": 1, "receiver": "r"}, id="an old Alertmanager"
        ),
        pytest.param("cloudwatch_sns", {"AlarmName": "a", "NewStateValue": "ALARM"}, id="an alarm sent raw"),
        pytest.param(
            "datadog", {"id": "1", "last_updated": "1", "org": {"id": "1"}}, id="Datadog's own body"
        ),
        pytest.param(
            "gcp_monitoring",
            {"message": {"data": "e30=", "messageId": "1"}, "subscription": "s"},
            id="Pub/Sub",
        ),
        pytest.param("healthchecks", {"code": "7", "name": "n", "now": "x"}, id="our body for Healthchecks"),
        pytest.param("nagios", {"NOTIFICATIONTYPE": "PROBLEM", "HOSTNAME": "h"}, id="macros without prefix"),
        pytest.param("pagerduty_events_v2", {"service_key": "k", "event_type": "trigger"}, id="version 1"),
        pytest.param("pagerduty_webhook_v2", {"messages": [{"data": {"incident": {}}}]}, id="version 1 out"),
        pytest.param("pingdom", {"check_id": 1, "current_state": "FAILING"}, id="a transaction"),
        pytest.param("updown", {"event": "check.down", "check": {}, "downtime": {}}, id="without its list"),
        pytest.param("zabbix", {"alert_subject": "Problem: x", "event_id": "1"}, id="Zabbix' own message"),
        pytest.param("zabbix", {"clock": 1, "value": 0, "eventid": 8, "p_eventid": 7}, id="streamed"),
        pytest.param("zabbix", {"EVENT.ID": "1", "EVENT.NAME": "x"}, id="macros as names"),
        pytest.param("zabbix", {"event": {"id": 1}, "trigger": {"name": "x"}}, id="macros in objects"),
        pytest.param("nagios", {"notificationtype": "PROBLEM", "hostname": "h"}, id="macros in a form"),
        pytest.param("icinga2", {"ICINGA_HOSTNAME": "h", "ICINGA_HOSTSTATE": "UP"}, id="Icinga's macros"),
        pytest.param(
            "icinga2", {"object": {"tags": {}}, "incident": {"severity": "ok"}}, id="Icinga Notifications"
        ),
    ],
)
def test_less_usual_bodies_are_recognised_too(dialect: str, payload: Any) -> None:
    assert recognise(payload).dialect == dialect
