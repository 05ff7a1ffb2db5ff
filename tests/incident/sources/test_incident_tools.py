"""Is everything kept that other incident tools and status pages say?"""

from datetime import UTC, datetime
from typing import Any

import pytest

from incident import sources
from incident.alert import Alert, AlertStatus
from incident.sources.opsgenie_alert_api import parse_action


def only(dialect: str, payload: Any) -> Alert:
    (alert,) = sources.parse(dialect, payload)
    return alert


@pytest.mark.parametrize(
    ("priority", "native", "severity"),
    [("P1", "P1", "critical"), (3, "3", "warning"), ("5", "5", "info"), (None, None, "unknown")],
)
@pytest.mark.parametrize("dialect", ["opsgenie_webhook", "opsgenie_alert_api"])
def test_a_priority_of_opsgenie_may_be_a_number(
    dialect: str, priority: Any, native: str | None, severity: str
) -> None:
    fields = {"alias": "a", "message": "Slow", "priority": priority}
    alert = only(dialect, {"action": "Create", "alert": fields} if dialect == "opsgenie_webhook" else fields)

    assert (alert.severity_native, alert.severity) == (native, severity)


def test_an_action_of_opsgenie_that_only_names_the_alert_leaves_its_title_alone() -> None:
    alert = only("opsgenie_webhook", {"action": "Escalate", "alert": {"alertId": "0d2c"}})

    assert (alert.fingerprint, alert.status, alert.title, alert.labels) == ("0d2c", "info", "", {})


@pytest.mark.parametrize("dialect", ["opsgenie_webhook", "opsgenie_alert_api"])
def test_a_detail_of_opsgenie_names_the_service(dialect: str) -> None:
    fields = {"alias": "a", "message": "Slow", "details": {"service": "billing"}}
    alert = only(dialect, {"action": "Create", "alert": fields} if dialect == "opsgenie_webhook" else fields)

    assert (alert.service, alert.labels["service"]) == ("billing", "billing")


def test_the_end_that_opsgenie_tells_has_milliseconds_and_a_counter() -> None:
    alert = only("opsgenie_webhook", {"action": "Close", "alert": {"updatedAt": 1795403100250999999}})

    assert alert.ends_at == datetime(2026, 11, 23, 3, 5, 0, 250_000, tzinfo=UTC)


@pytest.mark.parametrize("status", [AlertStatus.ACKNOWLEDGED, AlertStatus.RESOLVED])
def test_an_action_of_opsgenie_s_interface_is_about_the_alert_in_its_address(status: AlertStatus) -> None:
    alert = parse_action({"user": "alice", "note": "I am on it"}, "db1/replication", status)

    assert (alert.fingerprint, alert.status, alert.title) == ("db1/replication", status, "")
    assert alert.description == "I am on it"


def test_alerts_of_opsgenie_without_an_alias_are_told_apart_by_what_they_say() -> None:
    first, again, other = (
        only("opsgenie_alert_api", {"message": said}).fingerprint for said in ("Slow", "Slow", "Down")
    )

    assert first == again != other


def test_a_pagerduty_event_says_where_it_is() -> None:
    where = {"source": "db1.example", "component": "mysql", "group": "shop", "class": "replication"}
    alert = only("pagerduty_events_v2", {"event_action": "trigger", "payload": {"summary": "Lag"} | where})

    assert alert.description == "source: db1.example\ncomponent: mysql\ngroup: shop\nclass: replication"
    assert alert.labels == where


def test_of_a_pagerduty_event_the_details_are_labels_and_its_own_fields_come_first() -> None:
    details = {"service": "checkout", "component": "other", "lag": 900}
    said = {"summary": "Lag", "component": "mysql", "custom_details": details}
    alert = only("pagerduty_events_v2", {"event_action": "trigger", "payload": said})

    assert alert.labels == {"service": "checkout", "component": "mysql", "lag": "900"}
    assert alert.service == "checkout"


def test_details_of_a_pagerduty_event_that_are_a_text_are_read_by_people() -> None:
    payload = {"event_action": "trigger", "payload": {"summary": "Lag", "custom_details": "900 s"}}

    assert only("pagerduty_events_v2", payload).description == "900 s"


def test_the_link_of_a_pagerduty_event_is_the_client_else_the_first_of_its_links() -> None:
    event = {
        "event_action": "trigger",
        "links": [{"href": "https://a.example"}, {"href": "https://b.example"}],
    }

    assert only("pagerduty_events_v2", event).url == "https://a.example"
    assert only("pagerduty_events_v2", event | {"client_url": "https://c.example"}).url == "https://c.example"


def test_an_event_for_the_first_version_of_pagerduty_s_interface_is_understood() -> None:
    event = {
        "service_key": "k",
        "event_type": "trigger",
        "incident_key": "db1",
        "description": "Lag",
        "details": {"lag": 900},
    }
    alert = only("pagerduty_events_v2", event)

    assert (alert.fingerprint, alert.status, alert.title) == ("db1", "firing", "Lag")
    assert alert.labels == {"lag": "900"}


def test_the_first_version_of_pagerduty_s_interface_has_its_links_among_the_contexts() -> None:
    image, link = {"type": "image", "src": "https://i.example"}, {"type": "link", "href": "https://a.example"}
    event = {"event_type": "trigger", "client_url": None, "contexts": [image, link]}

    assert only("pagerduty_events_v2", event).url == "https://a.example"


def test_events_without_a_key_are_told_apart_by_summary_source_and_component() -> None:
    events = [{"summary": "Lag", "source": source, "severity": "error"} for source in ("db1", "db1", "db2")]
    first, again, other = (only("pagerduty_events_v2", {"payload": event}).fingerprint for event in events)

    assert first == again != other


def test_something_of_an_incident_is_told_as_information_about_the_incident() -> None:
    incident = {"id": "Q1", "summary": "Lag", "html_url": "https://shop.pagerduty.example/incidents/Q1"}
    data = {"type": "incident_note", "id": "N1", "content": "Restarting it", "incident": incident}
    event = {"event_type": "incident.annotated", "agent": {"summary": "Alice"}, "data": data}
    alert = only("pagerduty_webhook_v3", {"event": event})

    assert (alert.fingerprint, alert.title, alert.status) == ("Q1", "Lag", "info")
    assert alert.description == "event: incident.annotated\nby: Alice\nRestarting it"


@pytest.mark.parametrize(
    ("data", "fingerprint", "title", "service"),
    [
        pytest.param(
            {"incident_role_assignments": [{"id": "A1", "incident": {"id": "Q1", "summary": "Lag"}}]},
            "Q1",
            "Lag",
            None,
            id="a role is about the incident of its assignment",
        ),
        pytest.param(
            {"id": "W1", "incident": {"id": "Q1", "summary": "Lag"}, "service": {"summary": "Database"}},
            "Q1",
            "Lag",
            "Database",
            id="a workflow names the service beside the incident",
        ),
        pytest.param(
            {"type": "service_field_values", "service": {"id": "S1", "summary": "Database"}},
            "S1",
            "Database",
            "Database",
            id="the fields of a service are about the service",
        ),
        pytest.param(
            {"id": "T1", "name": "Call Bob", "incident": {"id": "Q1", "summary": None}},
            "Q1",
            "",
            None,
            id="a task leaves the title of its incident alone",
        ),
    ],
)
def test_what_only_refers_to_an_incident_or_a_service_is_about_that(
    data: dict[str, Any], fingerprint: str, title: str, service: str | None
) -> None:
    alert = only("pagerduty_webhook_v3", {"event": {"event_type": "incident.changed", "data": data}})

    assert (alert.fingerprint, alert.title, alert.service) == (fingerprint, title, service)
    assert alert.status == "info"


def test_without_the_creation_of_an_incident_the_event_tells_the_start_but_a_recovery_does_not() -> None:
    event = {"occurred_at": "2026-11-23T03:00:00Z", "data": {"id": "Q1", "title": "Lag"}}
    fired, solved = (
        only("pagerduty_webhook_v3", {"event": event | {"event_type": f"incident.{word}"}})
        for word in ("triggered", "resolved")
    )

    assert fired.starts_at == solved.ends_at == datetime(2026, 11, 23, 3, tzinfo=UTC)
    assert (fired.ends_at, solved.starts_at) == (None, None)


def test_several_messages_of_pagerduty_come_in_one_body() -> None:
    messages = [{"event": f"incident.{word}", "incident": {"id": word}} for word in ("trigger", "resolve")]

    read = sources.parse("pagerduty_webhook_v2", {"messages": messages})

    assert [(alert.fingerprint, alert.status) for alert in read] == [
        ("trigger", "firing"),
        ("resolve", "resolved"),
    ]


def test_a_webhook_of_pagerduty_s_first_version_is_understood() -> None:
    incident = {
        "id": "Q1",
        "incident_key": "db1",
        "created_on": "2026-11-23T03:00:00Z",
        "last_status_change_on": "2026-11-23T03:05:00Z",
        "trigger_summary_data": {"subject": "Lag"},
        "service": {"name": "Database"},
    }
    message = {"type": "incident.resolve", "data": {"incident": incident}}
    alert = only("pagerduty_webhook_v2", {"messages": [message]})

    assert (alert.fingerprint, alert.title, alert.status, alert.service) == (
        "db1",
        "Lag",
        "resolved",
        "Database",
    )
    assert (alert.ends_at, alert.starts_at) == (
        datetime(2026, 11, 23, 3, 5, tzinfo=UTC),
        datetime(2026, 11, 23, 3, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("event", "title"),
    [("trigger", "db1 is slow"), ("acknowledge", ""), ("resolve", "")],
)
def test_an_incident_of_pagerduty_without_a_subject_is_called_by_its_key_and_keeps_its_title(
    event: str, title: str
) -> None:
    incident = {"id": "Q1", "incident_key": "db1 is slow", "trigger_summary_data": None}
    message = {"type": f"incident.{event}", "data": {"incident": incident}}

    assert only("pagerduty_webhook_v2", {"messages": [message]}).title == title


@pytest.mark.parametrize(
    ("status", "severity"),
    [("degraded_performance", "warning"), ("partial_outage", "error"), ("major_outage", "critical")],
)
def test_the_status_of_a_component_is_its_severity(status: str, severity: str) -> None:
    component = {"id": "c1", "name": "Payments"}
    update = {"new_status": status, "created_at": "2026-11-23T03:00:00Z"}
    alert = only("statuspage_webhook", {"component": component, "component_update": update})

    assert (alert.fingerprint, alert.title) == ("statuspage-component-c1", "Payments")
    assert (alert.severity, alert.severity_native) == (severity, status)
    assert alert.starts_at == datetime(2026, 11, 23, 3, tzinfo=UTC)


def test_what_a_supplier_wrote_last_is_the_description() -> None:
    updates = [{"body": "It is fixed."}, {"body": "We are looking."}]

    assert (
        only("statuspage_webhook", {"incident": {"incident_updates": updates}}).description == "It is fixed."
    )


@pytest.mark.parametrize(
    ("fields", "title"),
    [
        pytest.param({"entity_id": "db1/disk"}, "db1/disk", id="a key that people can read is a name"),
        pytest.param({"entity_id": "4711"}, "The shop is slow", id="the number of a ticket is none"),
        pytest.param({"entity_id": "0d2c" * 16}, "The shop is slow", id="nor is a hash"),
        pytest.param({"entity_id": "4711", "state_message": "---"}, "4711", id="but better than nothing"),
        pytest.param(
            {"state_message": "---\n\nSlow again"}, "Slow again", id="a line of dashes says nothing"
        ),
        pytest.param(
            {"entity_id": "db1/disk", "entity_display_name": "Disk of db1"}, "Disk of db1", id="a name is one"
        ),
        pytest.param(
            {"entity_display_name": "no entity display name"}, "The shop is slow", id="ElastAlert's is none"
        ),
    ],
)
def test_an_entity_of_victorops_is_called_by_what_people_can_read(fields: dict[str, Any], title: str) -> None:
    message = {"message_type": "CRITICAL", "state_message": "The shop is slow\nSince three"}

    assert only("victorops", message | fields).title == title


def test_entities_of_elastalert_without_a_name_are_told_apart_by_what_they_say() -> None:
    unnamed = {"message_type": "CRITICAL", "entity_display_name": "no entity display name"}
    first, other = (only("victorops", unnamed | {"state_message": said}) for said in ("Slow", "Down"))

    assert first.fingerprint != other.fingerprint


@pytest.mark.parametrize(
    ("word", "told", "starts", "ends"),
    [
        pytest.param("CRITICAL", {"timestamp": 1795402800}, 3, None, id="the message tells the start"),
        pytest.param("RECOVERY", {"timestamp": "1795402800"}, None, 3, id="the message tells the end"),
        pytest.param(
            "CRITICAL",
            {"timestamp": 1795406400, "state_start_time": 1795402800},
            3,
            None,
            id="the state's own time comes first",
        ),
        pytest.param(
            "CRITICAL", {"timestamp": 1795402800, "state_start_time": ""}, 3, None, id="if it can be read"
        ),
        pytest.param(
            "ACKNOWLEDGEMENT", {"timestamp": 1795406400}, None, None, id="nothing starts when it is seen"
        ),
    ],
)
def test_a_message_of_victorops_tells_when_its_state_began(
    word: str, told: dict[str, Any], starts: int | None, ends: int | None
) -> None:
    alert = only("victorops", {"message_type": word, "entity_id": "db1"} | told)

    hours = (time and time.hour for time in (alert.starts_at, alert.ends_at))
    assert tuple(hours) == (starts, ends)


def test_fields_of_a_sender_s_own_are_labels_and_notes_for_people_are_links() -> None:
    message = {
        "message_type": "WARNING",
        "entity_id": "db1",
        "service": "database",
        "vo_annotate.u.runbook": "https://runbooks.example/db1",
        "vo_annotate.s.note": "call Bob",
    }
    alert = only("victorops", message)

    assert (alert.labels, alert.url) == ({"service": "database"}, "https://runbooks.example/db1")
    assert (alert.title, alert.severity) == ("db1", "warning")
