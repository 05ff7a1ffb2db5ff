"""Is everything kept that the monitors of sites, jobs and errors say?"""

from datetime import UTC, datetime
from typing import Any

import pytest

from incident import sources
from incident.alert import Alert

THREE = datetime(2026, 11, 23, 3, tzinfo=UTC)


def only(dialect: str, payload: Any) -> Alert:
    (alert,) = sources.parse(dialect, payload)
    return alert


def kuma(**monitor: Any) -> Alert:
    return only("uptime_kuma", {"heartbeat": {"status": 0}, "monitor": monitor, "msg": "down"})


@pytest.mark.parametrize(
    ("monitor", "url"),
    [
        pytest.param({"url": "https://a.example", "hostname": "b"}, "https://a.example", id="an address"),
        pytest.param({"url": "https://", "hostname": "db1.example", "port": 1}, "db1.example:1", id="a port"),
        pytest.param({"url": None, "hostname": "192.0.2.1", "port": None}, "192.0.2.1", id="a host"),
        pytest.param({"url": "javascript:alert(1)", "hostname": None}, None, id="a trap"),
        pytest.param({}, None, id="nothing"),
    ],
)
def test_the_place_that_a_monitor_of_uptime_kuma_watches(monitor: dict[str, Any], url: str | None) -> None:
    assert kuma(**monitor).url == url


def test_tags_of_uptime_kuma_are_named_with_their_values() -> None:
    tags = [{"name": "team", "value": "web"}, {"name": "prod", "value": ""}, "odd"]

    assert kuma(tags=tags).labels == {"tags": '["team:web", "prod", "odd"]'}


def test_a_certificate_that_expires_stays_one_condition_while_its_days_count_down() -> None:
    said = "[Shop][https://a.example] server certificate a.example will expire in {} days"
    first, second = (
        only("uptime_kuma", {"heartbeat": None, "monitor": None, "msg": said.format(days)})
        for days in (14, 7)
    )

    assert (first.status, first.title) == ("firing", said.format(14))
    assert first.fingerprint == second.fingerprint


def test_certificates_of_sites_that_differ_by_a_number_are_two_conditions() -> None:
    said = "[Shop {0}][https://shop{0}.example] Certificate will expire in 7 days"
    first, second = (only("uptime_kuma", {"heartbeat": None, "msg": said.format(shop)}) for shop in (1, 2))

    assert first.fingerprint != second.fingerprint


def test_a_heartbeat_in_the_zone_of_the_server_is_read_when_the_time_is_lost() -> None:
    beat = {"status": 0, "localDateTime": "2026-11-23 04:00:00", "timezoneOffset": "+01:00"}

    assert only("uptime_kuma", {"heartbeat": beat}).starts_at == THREE


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"monitorID": "7", "monitorFriendlyName": "Shop", "alertType": "1"}, id="its own names"),
        pytest.param({"monitor_id": 7, "monitor_friendly_name": "Shop", "alert_type": 1}, id="underscores"),
        pytest.param(
            {"MonitorId": "7", "monitorFriendlyName": "Shop", "alertType": "*alertType*"}, id="blanks"
        ),
    ],
)
def test_the_names_of_uptimerobot_s_fields_are_chosen_by_its_user(fields: dict[str, Any]) -> None:
    alert = only("uptimerobot", fields)

    assert (alert.fingerprint, alert.title, alert.status) == ("uptimerobot-7", "Shop", "firing")


def test_an_expiring_certificate_is_another_condition_than_an_outage() -> None:
    down, expiring = (only("uptimerobot", {"monitorID": 7, "alertType": kind}) for kind in ("1", "3"))

    assert (down.fingerprint, expiring.fingerprint) == ("uptimerobot-7", "uptimerobot-7-expiry")


def test_a_domain_that_expires_is_another_condition_than_a_certificate() -> None:
    expiring = {"monitorID": 7, "alertType": "3", "sslExpiryDate": "*sslExpiryDate*", "domainExpireDate": "1"}

    assert only("uptimerobot", expiring).fingerprint == "uptimerobot-7-domain-expiry"
    assert only("uptimerobot", expiring | {"sslExpiryDate": "1"}).fingerprint == "uptimerobot-7-expiry"


@pytest.mark.parametrize(
    ("event", "fingerprint"),
    [
        ("check.down", "updown-ab12"),
        ("check.up", "updown-ab12"),
        ("check.ssl_invalid", "updown-ab12-ssl"),
        ("check.ssl_valid", "updown-ab12-ssl"),
        ("check.ssl_expiration", "updown-ab12-ssl-expiry"),
        ("check.ssl_renewed", "updown-ab12-ssl-expiry"),
        ("check.performance_drop", "updown-ab12-performance"),
    ],
)
def test_each_condition_of_updown_has_a_name_of_its_own(event: str, fingerprint: str) -> None:
    assert only("updown", [{"event": event, "check": {"token": "ab12"}}]).fingerprint == fingerprint


def test_an_event_of_updown_without_a_downtime_has_its_own_time() -> None:
    event = {"event": "check.ssl_invalid", "time": "2026-11-23T03:00:00Z", "ssl": {"error": "expired"}}
    alert = only("updown", [event])

    assert (alert.starts_at, alert.labels, alert.description) == (THREE, {"error": "expired"}, "expired")


def test_an_event_of_updown_that_is_no_object_is_shown_as_it_is() -> None:
    assert only("updown", ["check.down"]).title == "check.down"


def test_a_check_that_its_user_named_keeps_that_name() -> None:
    assert only("updown", [{"check": {"alias": "The shop", "url": "https://a.example"}}]).title == "The shop"


@pytest.mark.parametrize(
    ("level", "native", "severity"),
    [
        (50, "50", "critical"),
        (40, "40", "error"),
        ("30", "30", "warning"),
        (20, "20", "info"),
        ("error", "error", "error"),
        (None, None, "unknown"),
    ],
    ids=str,
)
def test_the_level_of_an_item_of_rollbar(level: Any, native: str | None, severity: str) -> None:
    alert = only("rollbar", {"event_name": "new_item", "data": {"item": {"id": 1, "level": level}}})

    assert (alert.severity_native, alert.severity) == (native, severity)


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ({"message": {"body": "The queue is full"}}, "The queue is full"),
        ({"trace": {"exception": {"class": "KeyError", "message": "order"}}}, "KeyError: order"),
        ({"trace_chain": [{"exception": {"class": "KeyError"}}, {"exception": {}}]}, "KeyError"),
        ({"trace_chain": []}, "item without a title"),
    ],
    ids=str,
)
def test_an_occurrence_of_rollbar_without_its_item_is_called_what_happened(body: Any, title: str) -> None:
    data = {"url": "https://rollbar.example/items/7", "occurrence": {"item_id": 7, "body": body}}
    alert = only("rollbar", {"event_name": "occurrence", "data": data})

    assert (alert.title, alert.fingerprint) == (title, "rollbar-item-7")


def test_an_item_of_rollbar_says_how_often_it_happened() -> None:
    data = {
        "item": {"id": 1, "total_occurrences": 12},
        "trigger": {"threshold": 10, "window_size_description": "5 minutes"},
    }
    alert = only("rollbar", {"event_name": "item_velocity", "data": data})

    assert alert.description == "event: item_velocity\noccurrences: 12\nthreshold: 10\nwindow: 5 minutes"


def test_the_measurements_of_librato_that_are_too_high_are_listed() -> None:
    violations = {"web1": [{"metric": "errors", "value": 42}], "web2": "odd"}
    alert = only("librato", {"alert": {"id": 1, "description": "Too many"}, "violations": violations})

    assert alert.description == "Too many\nweb1: errors = 42\nweb2:  = "


def test_an_alert_of_the_first_kind_of_librato_tells_its_one_metric() -> None:
    payload = {"alert": {"id": 1}, "metric": {"name": "load"}, "trigger_time": 1795405760}
    web1, web2 = {"source": "web1", "value": 7}, {"source": "web2", "value": 9}

    alerts = [
        only("librato", payload | it) for it in ({"measurement": web1}, {"measurements": [web1, web2, web2]})
    ]

    assert [alert.title for alert in alerts] == ["load", "load"]
    assert [alert.description for alert in alerts] == [
        "web1: load = 7",
        "web1: load = 7\nweb2: load = 9\nweb2: load = 9",
    ]


@pytest.mark.parametrize(("said", "labels"), [(True, {"test": "true"}), (False, {}), (None, {})])
def test_the_test_button_of_librato_is_marked(said: bool | None, labels: dict[str, str]) -> None:
    payload = {"alert": {"id": 1, "name": "load"}, "triggered_by_user_test": said}

    assert only("librato", payload).labels == labels


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(
            {"name": "Backup", "slug": "backup", "status": "down", "tags": "db1"}, id="as its interface"
        ),
        pytest.param(
            {"check": {"name": "Backup", "slug": "backup", "status": "down", "tags": "db1"}}, id="inside"
        ),
        pytest.param(
            {"NAME": "Backup", "SLUG": "backup", "STATUS": "DOWN", "TAGS": "db1"}, id="placeholders"
        ),
        pytest.param(
            {"check_name": "Backup", "Check Code": "backup", "status": "down", "tags": "db1"}, id="in words"
        ),
    ],
)
def test_a_check_of_healthchecks_is_read_however_its_user_writes_it(payload: dict[str, Any]) -> None:
    alert = only("healthchecks", payload)

    assert (alert.fingerprint, alert.title, alert.status) == ("healthchecks-backup", "Backup", "firing")
    assert alert.labels == {"tags": "db1"}


@pytest.mark.parametrize("name", ["now", "current time", "timestamp"])
def test_the_time_of_healthchecks_is_found_under_a_name_of_its_user(name: str) -> None:
    assert only("healthchecks", {"status": "down", name: "2026-11-23T03:00:00+00:00"}).starts_at == THREE


def test_the_body_that_the_documentation_gives_for_healthchecks_is_understood() -> None:
    body = {"code": "7c0f", "name": "Backup", "status": "up", "now": "2026-11-23T03:00:00+00:00", "tags": ""}
    alert = only("healthchecks", body)

    assert (alert.fingerprint, alert.status, alert.ends_at) == ("healthchecks-7c0f", "resolved", THREE)
