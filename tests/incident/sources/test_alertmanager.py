"""Does Alertmanager's webhook keep its alerts, however it is written?"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident.alert import AlertSeverity, AlertStatus
from incident.errors import PayloadError
from incident.sources.alertmanager import label_fingerprint, parse

SAMPLES = Path(__file__).parents[2] / "data" / "payloads" / "alertmanager"


def message(alert: dict[str, Any], **group: Any) -> dict[str, Any]:
    return {"version": "4", "status": "firing", "alerts": [alert], **group}


def test_version_3_is_read_without_fingerprint_and_with_a_numeric_group_key() -> None:
    orders, refunds = parse(json.loads((SAMPLES / "version3.json").read_text()))

    assert orders.fingerprint != refunds.fingerprint
    assert orders.fingerprint == label_fingerprint(orders.labels)
    assert (orders.severity, orders.severity_native) == (AlertSeverity.CRITICAL, "page")
    assert (orders.service, orders.description) == ("checkout", "812 orders are waiting.")
    assert orders.starts_at == datetime(2026, 11, 23, 3, 10, 0, 123456, tzinfo=UTC)
    assert (orders.status, orders.ends_at) == (AlertStatus.FIRING, None)
    assert refunds.status is AlertStatus.RESOLVED
    assert refunds.url == "http://alertmanager.example:9093"


@pytest.mark.parametrize("file", sorted(SAMPLES.glob("am025_*.json")), ids=lambda file: file.stem)
def test_a_missing_fingerprint_is_the_one_that_alertmanager_would_have_sent(file: Path) -> None:
    payload = json.loads(file.read_text())
    sent = [alert.pop("fingerprint") for alert in payload["alerts"]]

    assert [alert.fingerprint for alert in parse(payload)] == sent


def test_alerts_without_labels_and_fingerprint_are_told_apart_by_what_they_say() -> None:
    alerts = [{"annotations": {"summary": summary}} for summary in ("one", "two", "one")]

    first, second, again = parse({"alerts": alerts})

    assert first.fingerprint == again.fingerprint != second.fingerprint


@pytest.mark.parametrize(
    ("alert", "group", "status"),
    [
        pytest.param({"status": "resolved"}, {"status": "firing"}, "resolved", id="its own status wins"),
        pytest.param(
            {"status": "firing"}, {"status": "resolved"}, "firing", id="also over a recovered group"
        ),
        pytest.param({}, {"status": "resolved"}, "resolved", id="without one the group speaks for it"),
        pytest.param({"endsAt": "2026-11-23T03:00:00Z"}, {}, "resolved", id="an end means that it is over"),
        pytest.param({"endsAt": "0001-01-01T00:00:00Z"}, {}, "firing", id="year one is no end"),
        pytest.param({"status": "suppressed"}, {}, "firing", id="an unknown word is firing"),
        pytest.param({"status": 7}, {"status": None}, "firing", id="another type is firing"),
        pytest.param({"status": "RESOLVED"}, {}, "resolved", id="capitals do not matter"),
    ],
)
def test_the_status_of_an_alert(alert: dict[str, Any], group: dict[str, Any], status: str) -> None:
    (read,) = parse(message(alert) | {"status": None} | group)

    assert read.status == status


@pytest.mark.parametrize(
    ("annotations", "labels", "title"),
    [
        pytest.param({"summary": "S", "title": "T"}, {"alertname": "A"}, "S", id="the summary first"),
        pytest.param({"summary": "", "title": "T"}, {"alertname": "A"}, "T", id="then the title"),
        pytest.param({"description": "D"}, {"alertname": "A"}, "A", id="then the name of the rule"),
        pytest.param(None, None, "alert without a name", id="there always is one"),
        pytest.param({"summary": {"a": 1}}, {}, '{"a": 1}', id="a structure is shown as it is"),
    ],
)
def test_the_title_of_an_alert(annotations: Any, labels: Any, title: str) -> None:
    (read,) = parse(message({"annotations": annotations, "labels": labels}))

    assert read.title == title


def test_what_the_group_has_in_common_completes_an_alert_that_lacks_it() -> None:
    (alert,) = parse(message({"labels": {"host": "a"}}, commonLabels={"host": "b", "service": "checkout"}))

    assert alert.labels == {"host": "a", "service": "checkout"}
    assert alert.service == "checkout"


@pytest.mark.parametrize("label", ["app", "job", "namespace"])
def test_only_the_label_service_names_a_service(label: str) -> None:
    (alert,) = parse(message({"labels": {label: "checkout"}}))

    assert alert.service is None


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (3, "Alertmanager left 3 more alerts of this group out of its message."),
        (0, ""),
        (None, ""),
        ("many", ""),
        ("9" * 5000, None),
    ],
    ids=["three", "none", "missing", "a word", "a number beyond reason"],
)
def test_alerts_that_are_never_named_are_mentioned(count: Any, said: str | None) -> None:
    (alert,) = parse(message({"labels": {"a": "b"}}, truncatedAlerts=count))

    assert said is None or alert.description == said


def test_an_address_that_is_no_web_address_is_not_offered_as_a_link() -> None:
    (alert,) = parse(message({"generatorURL": "javascript:alert(1)"}, externalURL="ftp://example"))

    assert alert.url is None


@pytest.mark.parametrize(
    ("payload", "problem"),
    [
        ([], "body: must be an object with alerts, this is a list"),
        (None, "body: must be an object with alerts, this is null"),
        ("alerts", "body: must be an object with alerts, this is a text"),
        ({}, "alerts: is missing"),
        ({"alerts": {}}, "alerts: must be a list, this is an object"),
        ({"alerts": None}, "alerts: must be a list, this is null"),
        ({"alerts": [{}, {}, 7]}, "alerts[2]: an alert is a JSON object, this is a number"),
        ({"alerts": [True]}, "alerts[0]: an alert is a JSON object, this is true or false"),
    ],
    ids=lambda case: case if isinstance(case, str) else "",
)
def test_only_another_structure_is_refused_and_the_first_wrong_place_is_named(
    payload: Any, problem: str
) -> None:
    with pytest.raises(PayloadError) as caught:
        parse(payload)

    assert str(caught.value) == problem
    assert caught.value.field == problem.partition(":")[0]


def test_a_message_without_alerts_is_accepted() -> None:
    assert parse({"alerts": []}) == ()


ODD_TEXTS = ("", " ", "resolved", "2026-11-23T03:00:00Z", "a\0b", "half \ud83d", "9" * 5000)
ODD_NUMBERS = (0, -1, 1.5, 1795405170, 10**400, float("nan"), float("-inf"))
ODD_OBJECTS: tuple[dict[str, Any], ...] = ({}, {"summary": None}, {"severity": {"a": []}}, {"\ud83d": "a\0b"})
ODD = st.sampled_from((None, True, False, *ODD_TEXTS, *ODD_NUMBERS, *ODD_OBJECTS, [], [[1]]))
ALERT_FIELDS = ("status", "labels", "annotations", "startsAt", "endsAt", "generatorURL", "fingerprint")
GROUP_FIELDS = ("status", "commonLabels", "commonAnnotations", "externalURL", "groupKey", "truncatedAlerts")


@given(
    alerts=st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(ALERT_FIELDS, ODD)), max_size=3),
    group=st.fixed_dictionaries({}, optional=dict.fromkeys(GROUP_FIELDS, ODD)),
)
def test_no_field_whatever_its_type_loses_an_alert(alerts: list[Any], group: dict[str, Any]) -> None:
    read = parse({**group, "alerts": alerts})

    assert len(read) == len(alerts)
    assert all(alert.title and alert.fingerprint for alert in read)
    for alert in read:
        alert.model_dump_json().encode()
