"""Is what Prometheus posts read by Alertmanager's own rules?"""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from incident.alert import AlertStatus
from incident.errors import PayloadError
from incident.sources import parse
from incident.sources.alertmanager_api import read_posted
from tests.ledger.desk import at

CAPTURES = Path(__file__).parents[2] / "data" / "payloads" / "alertmanager"
NOW = at(10)
TIMEOUT = timedelta(minutes=5)

ENDS: list[Any] = [
    pytest.param(at(14), AlertStatus.FIRING, at(14), id="an end to come: it fires until then"),
    pytest.param(at(9), AlertStatus.RESOLVED, at(9), id="an end in the past: it is over"),
    pytest.param(NOW, AlertStatus.RESOLVED, NOW, id="an end now: it is over"),
    pytest.param(None, AlertStatus.FIRING, at(15), id="no end: it fires for the timeout"),
]


@pytest.mark.parametrize(("end", "status", "until"), ENDS)
def test_the_end_tells_the_status(end: Any, status: AlertStatus, until: Any) -> None:
    sent = {"labels": {"alertname": "A"}, "endsAt": end.isoformat() if end else "0001-01-01T00:00:00Z"}
    (posted,) = read_posted([sent], NOW, TIMEOUT)

    assert (posted.alert.status, posted.until) == (status, until)


@pytest.mark.parametrize("name", ["am025_instancedown_firing", "am025_many_firing", "am025_bare_firing"])
def test_it_has_the_fingerprint_that_the_real_alertmanager_gave_to_the_same_labels(name: str) -> None:
    webhook = json.loads((CAPTURES / f"{name}.json").read_text())
    sent = [{"labels": alert["labels"], "startsAt": alert["startsAt"]} for alert in webhook["alerts"]]
    posted = read_posted(sent, NOW, TIMEOUT)

    through_webhook = parse("alertmanager", webhook)
    given = [alert["fingerprint"] for alert in webhook["alerts"]]
    assert [each.alert.fingerprint for each in posted] == given
    assert [each.alert.starts_at for each in posted] == [each.starts_at for each in through_webhook]
    assert [each.alert.severity for each in posted] == [each.severity for each in through_webhook]


def test_a_label_without_a_value_is_no_label_and_not_in_the_fingerprint() -> None:
    (with_it,) = read_posted([{"labels": {"alertname": "A", "zone": ""}}], NOW, TIMEOUT)
    (without,) = read_posted([{"labels": {"alertname": "A"}}], NOW, TIMEOUT)

    assert with_it.alert == without.alert


def test_an_alert_without_a_start_starts_when_it_comes() -> None:
    (posted,) = read_posted([{"labels": {"alertname": "A"}}], NOW, TIMEOUT)

    assert posted.alert.starts_at == NOW


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param({"alerts": []}, "body: must be a list of alerts, this is an object", id="the webhook's"),
        pytest.param([{"labels": {}}, 7], r"\[1\]: an alert is a JSON object", id="a number among alerts"),
    ],
)
def test_what_is_no_list_of_alerts_is_refused(body: Any, said: str) -> None:
    with pytest.raises(PayloadError, match=said):
        read_posted(body, NOW, TIMEOUT)


def test_odd_fields_lose_no_alert() -> None:
    odd = [{"labels": 7, "annotations": [], "startsAt": {}, "endsAt": True, "generatorURL": None}, {}]
    assert [each.alert.status for each in read_posted(odd, NOW, TIMEOUT)] == [AlertStatus.FIRING] * 2
