"""Do those monitors that tell one change at a time say when a condition starts and when it ends?"""

from typing import Any

import pytest

from incident import sources
from incident.alert import Alert
from tests.incident.sources.bodies import body

START, END = "2026-11-23T03:00:00+00:00", "2026-11-23T03:05:00+00:00"
SHOP = {"tags": '["shop", "eu"]', "check_type": "HTTP"}
WHERE = {"source": "db1.example", "component": "mysql", "group": "shop", "class": "replication"}
ORDERS = {"region": "eu", "tags": '["orders"]', "entity": "queue1"}


def told(dialect: str, file: str) -> Alert:
    (alert,) = sources.parse(dialect, body(dialect, file))
    return alert


@pytest.mark.parametrize(
    ("dialect", "fingerprint", "title", "severity", "labels", "url"),
    [
        (
            "healthchecks",
            "healthchecks-7c0f3f70-0000-4000-8000-000000000001",
            "Nightly backup",
            ("unknown", None),
            {"tags": "backup db1"},
            None,
        ),
        (
            "librato",
            "librato-123",
            "web.errors.high",
            ("unknown", None),
            {},
            "https://runbooks.example/errors",
        ),
        ("opsgenie_webhook", "orders-waiting", "Orders are waiting", ("critical", "P1"), ORDERS, None),
        (
            "pagerduty_events_v2",
            "db1/replication",
            "Replication of db1 has stopped",
            ("error", "error"),
            {"lag": "900 s"} | WHERE,
            "https://monitor.example/db1",
        ),
        (
            "pagerduty_webhook_v2",
            "db1/replication",
            "Replication of db1 has stopped",
            ("error", "high"),
            {"service": "Database"},
            "https://shop.pagerduty.example/incidents/Q1",
        ),
        (
            "pagerduty_webhook_v3",
            "db1/replication",
            "Replication of db1 has stopped",
            ("error", "P2"),
            {"service": "Database"},
            "https://shop.pagerduty.example/incidents/Q1",
        ),
        (
            "pingdom",
            "pingdom-4711",
            "Checkout over HTTPS",
            ("error", "HIGH"),
            SHOP,
            "https://shop.example/checkout",
        ),
        (
            "rollbar",
            "rollbar-item-271828",
            "TypeError: cart is undefined",
            ("error", "40"),
            {"environment": "production"},
            None,
        ),
        (
            "statuspage_webhook",
            "statuspage-incident-p31f0rt",
            "Payments are slow",
            ("error", "major"),
            {},
            "https://stspg.example/p31f0rt",
        ),
        (
            "updown",
            "updown-ab12",
            "The shop",
            ("unknown", None),
            {"url": "https://shop.example", "error": "500"},
            "https://updown.io/ab12",
        ),
        (
            "uptimerobot",
            "uptimerobot-780000001",
            "Database ü",
            ("unknown", None),
            {"details": "Connection refused"},
            "db1.example.org:5432",
        ),
    ],
    ids=lambda case: case if isinstance(case, str) else "",
)
def test_an_outage_is_told_with_its_start(
    dialect: str, fingerprint: str, title: str, severity: Any, labels: dict[str, str], url: str | None
) -> None:
    alert = told(dialect, "firing.json")

    assert (alert.source, alert.status, alert.fingerprint, alert.title) == (
        dialect,
        "firing",
        fingerprint,
        title,
    )
    assert ((alert.severity, alert.severity_native), alert.labels, alert.url) == (severity, labels, url)
    assert alert.starts_at is not None
    assert (alert.starts_at.isoformat(), alert.ends_at) == (START, None)


@pytest.mark.parametrize(
    ("dialect", "start", "end"),
    [
        pytest.param("healthchecks", None, END, id="healthchecks tells when it came back"),
        pytest.param("librato", None, END, id="librato tells when it cleared"),
        pytest.param(
            "opsgenie_webhook", START, "2026-11-23T03:05:00.250000+00:00", id="opsgenie, milliseconds"
        ),
        pytest.param("pagerduty_events_v2", None, None, id="an event that resolves has no time"),
        pytest.param("pagerduty_webhook_v2", START, END, id="pagerduty 2 tells both"),
        pytest.param("pagerduty_webhook_v3", START, END, id="pagerduty 3 tells both"),
        pytest.param("pingdom", None, END, id="pingdom tells when it was up again"),
        pytest.param("rollbar", START, None, id="rollbar tells the first occurrence"),
        pytest.param("statuspage_webhook", START, END, id="a status page tells both"),
        pytest.param("updown", START, END, id="updown tells both"),
        pytest.param("uptimerobot", None, END, id="uptimerobot tells when it was up again"),
    ],
)
def test_a_recovery_names_the_same_condition_and_never_invents_a_start(
    dialect: str, start: str | None, end: str | None
) -> None:
    alert = told(dialect, "resolved.json")

    assert (alert.status, alert.fingerprint) == ("resolved", told(dialect, "firing.json").fingerprint)
    assert (alert.starts_at and alert.starts_at.isoformat()) == start
    assert (alert.ends_at and alert.ends_at.isoformat()) == end


def test_statuscake_sends_forms_and_writes_up_with_and_without_capitals() -> None:
    down, up = told("statuscake", "firing.form.txt"), told("statuscake", "resolved.form.txt")

    assert (down.status, up.status) == ("firing", "resolved")
    assert down.fingerprint == up.fingerprint == "statuscake-1234567"
    assert (down.title, down.labels, down.url) == (
        "Shop & café",
        {"tags": '["prod", "shop"]'},
        "https://shop.example/",
    )
    assert (down.starts_at, up.ends_at) == (None, None)


def test_uptime_kuma_says_the_same_as_json_and_as_multipart() -> None:
    down, form, up = (
        told("uptime_kuma", file)
        for file in ("v253_keyword_down.json", "v253_keyword_form_down.multipart.txt", "v253_keyword_up.json")
    )

    assert down == form
    assert (down.fingerprint, down.title, down.status) == ("uptime-kuma-monitor-3", "Keyword ü <b>", "firing")
    assert (up.fingerprint, up.status, up.starts_at) == (down.fingerprint, "resolved", None)
    assert down.starts_at is not None
    assert up.ends_at is not None
    assert (up.ends_at - down.starts_at).total_seconds() == 20


def test_uptime_kuma_names_the_host_that_a_port_monitor_watches() -> None:
    assert told("uptime_kuma", "v253_port_down.json").url == "127.0.0.1:9703"


def test_splunk_on_call_tells_severity_and_recovery_in_one_word() -> None:
    down, up = (
        told("victorops", "from_am025_critical_1.json"),
        told("victorops", "from_am025_recovery_1.json"),
    )

    assert (down.status, down.severity, down.severity_native) == ("firing", "critical", "CRITICAL")
    assert (up.status, up.severity, up.severity_native) == ("resolved", "unknown", "RECOVERY")
    assert down.fingerprint == up.fingerprint
    assert down.labels == {}


def test_an_alert_of_opsgenie_s_interface_carries_its_alias_details_and_priority() -> None:
    alert = told("opsgenie_alert_api", "from_am025_create_1.json")

    assert alert.fingerprint == "29fe2edb4a3f861411165a6587e107439568d1e815369d100ea1d37602bda15a"
    assert alert.labels == {"alertname": "InstanceDown", "cluster": "eu1", "job": "node"}
    assert (alert.status, alert.severity, alert.severity_native) == ("firing", "critical", "P1")
