"""Do a real Prometheus and a real Alertmanager reach us with the configuration of our page?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from incident.alert import AlertSeverity, AlertStatus, EndState
from tests.senders.conftest import TOKEN, Place
from tests.senders.pasted import pasted
from tests.senders.programs import folder, soon
from tests.senders.prometheus import Checkout, alertmanager, checkout, metric, prometheus

pytestmark = pytest.mark.senders

PAGE = "prometheus.md"
RULES = pasted(PAGE, "rules.yml", {"for: 1m": "for: 0s"})
FAILED = "alertmanager_notification_requests_failed_total"
THROUGH_ALERTMANAGER = """\
alerting: {{alertmanagers: [{{static_configs: [{{targets: ["{target}"]}}]}}]}}
"""


@pytest.fixture
def watched() -> Iterator[Checkout]:
    with checkout() as watched:
        yield watched


@pytest.fixture
def token_file() -> Iterator[Path]:
    with folder("token") as home:
        file = home / "token"
        file.write_text(TOKEN)
        yield file


def receiver(place: Place, token_file: Path) -> str:
    """What the page tells about Alertmanager, with less patience."""
    changes = {
        "https://incidents.example.org": place.url,
        "/etc/alertmanager/incident-token": str(token_file),
        "group_wait: 10s": "group_wait: 0s",
        "group_interval: 1m": "group_interval: 200ms",
    }
    return pasted(PAGE, "alertmanager.yml", changes)


def test_what_our_door_did_not_take_is_delivered_when_it_does(
    place: Place, watched: Checkout, token_file: Path
) -> None:
    with (
        alertmanager(receiver(place, token_file)) as manager,
        prometheus(watched, RULES, THROUGH_ALERTMANAGER.format(target=manager.removeprefix("http://"))),
    ):
        watched.error_ratio = 0.2
        soon(lambda: metric(manager, FAILED) >= 2, lambda: "our door, without a configuration, answers 503")
        assert place.came() == []
        place.employ(pasted(PAGE, "incident.yaml", {}))

        opened = place.until(AlertStatus.FIRING)
        assert (opened.end_state, opened.incident) == (EndState.OPENED, "INC-1")
        assert opened.alert.title == "Checkout fails for 20% of all requests"
        assert (opened.alert.service, opened.alert.severity) == ("checkout", AlertSeverity.CRITICAL)

        watched.error_ratio = 0.0
        recovered = place.until(AlertStatus.RESOLVED)
        assert (recovered.end_state, recovered.incident) == (EndState.RESOLVED, "INC-1")
        assert recovered.alert.fingerprint == opened.alert.fingerprint
        assert recovered.alert.ends_at is not None
