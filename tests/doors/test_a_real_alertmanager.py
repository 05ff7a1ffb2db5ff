"""Does a real Alertmanager that notified PagerDuty, Opsgenie and Splunk On-Call notify us instead?

Only addresses and keys of its configuration are ours. It fires, it resolves, and each door hears of it.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from incident.alert import AlertStatus
from ledger.tables import AlertRow
from tests.doors.conftest import KEY, Doors
from tests.senders.programs import soon
from tests.senders.prometheus import alertmanager

CONFIGURATION = """\
route:
  receiver: everybody
  group_by: [alertname]
  group_wait: 0s
  group_interval: 1s
receivers:
  - name: everybody
    pagerduty_configs:
      - routing_key: {key}
        url: {url}/v2/enqueue
        severity: '{{{{ .CommonLabels.severity }}}}'
        component: mysql
        details: {{service: checkout}}
    opsgenie_configs:
      - api_key: {key}
        api_url: {url}/
        priority: P1
        details: {{service: checkout}}
    victorops_configs:
      - api_key: {key}
        api_url: {url}/integrations/generic/20131114/alert/
        routing_key: payments
"""


@pytest.fixture
def configured(served: Doors) -> Iterator[tuple[Doors, str]]:
    with alertmanager(CONFIGURATION.format(key=KEY, url=served.url)) as address:
        yield served, address


def post(address: str, ends_in: timedelta) -> None:
    labels = {"alertname": "Replication", "severity": "critical"}
    ends = datetime.now(UTC) + ends_in
    body = [{"labels": labels, "annotations": {"summary": "behind"}, "endsAt": ends.isoformat()}]
    httpx.post(f"{address}/api/v2/alerts", json=body).raise_for_status()


def came(doors: Doors, status: AlertStatus) -> list[AlertRow]:
    return [row for row in doors.desk.rows(AlertRow) if row.status is status]


def until_each_door_heard(doors: Doors, status: AlertStatus) -> list[AlertRow]:
    def look() -> list[AlertRow] | None:
        heard = came(doors, status)
        return heard if len(heard) == len(("pagerduty", "opsgenie", "on-call")) else None

    return soon(look, lambda: f"all to be {status}; there came {doors.alerts}")


def test_a_real_alertmanager_fires_and_resolves_at_every_door(configured: tuple[Doors, str]) -> None:
    doors, address = configured
    post(address, timedelta(minutes=5))
    fired = until_each_door_heard(doors, AlertStatus.FIRING)
    post(address, timedelta(seconds=-1))
    resolved = until_each_door_heard(doors, AlertStatus.RESOLVED)

    named = {(row.source, row.fingerprint) for row in fired}
    assert named == {(row.source, row.fingerprint) for row in resolved}
    assert {source for source, _ in named} == {"pagerduty", "opsgenie", "on-call"}
    assert not any(rejected for _, rejected in doors.deliveries)


def test_what_it_says_is_understood(configured: tuple[Doors, str]) -> None:
    doors, address = configured
    post(address, timedelta(minutes=5))
    fired = {row.source: row.alert for row in until_each_door_heard(doors, AlertStatus.FIRING)}

    assert all("Replication" in alert.title for alert in fired.values())
    assert fired["opsgenie"].severity_native == "P1"
    assert fired["on-call"].labels["routing_key"] == "payments"
    assert fired["pagerduty"].labels["component"] == "mysql"
    assert fired["pagerduty"].service == fired["opsgenie"].service == "checkout"
