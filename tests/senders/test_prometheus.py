"""Do a real Prometheus and a real Alertmanager reach us with the configuration of our page?

One Prometheus sends everything by both ways: through an Alertmanager, and directly as to one. When the alert
begins to fire our door is open, but has no configuration yet, and answers 503.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from incident.alert import AlertSeverity, AlertStatus, EndState
from tests.senders.conftest import TOKENS, Came, Place, serving
from tests.senders.pasted import pasted
from tests.senders.programs import folder, soon
from tests.senders.prometheus import Checkout, alertmanager, checkout, metric, prometheus

pytestmark = pytest.mark.senders

PAGE = "prometheus.md"
RULES = pasted(PAGE, "rules.yml", {"for: 1m": "for: 0s"})
REFUSED, DROPPED = "alertmanager_notification_requests_failed_total", "prometheus_notifications_errors_total"
WAYS = ("alertmanager", "prometheus")
WAY = pytest.mark.parametrize("way", WAYS, ids=["through Alertmanager", "directly"])
Story = dict[str, tuple[Came, Came]]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """What came by each way: the alert and its recovery, although the door was shut at first."""
    with serving(tmp_path_factory.mktemp("place")) as place, watching(place) as (manager, server, watched):
        watched.error_ratio = 0.2
        soon(lambda: metric(manager, REFUSED) >= 2, lambda: "Alertmanager has tried twice")
        soon(lambda: metric(server, DROPPED) >= 1, lambda: "Prometheus has tried")
        assert place.came() == []
        place.employ(sources())
        fired = {way: place.until(AlertStatus.FIRING, source=way) for way in WAYS}
        watched.error_ratio = 0.0
        yield {way: (fired[way], place.until(AlertStatus.RESOLVED, source=way)) for way in WAYS}


def sources() -> dict[str, Any]:
    """What the page says for both ways, in one file."""
    read = YAML(typ="safe").load
    files = (pasted(PAGE, file, {}) for file in ("incident.yaml", "incident.yaml, directly"))
    return {"sources": {name: source for file in files for name, source in read(file)["sources"].items()}}


@contextmanager
def watching(place: Place) -> Iterator[tuple[str, str, Checkout]]:
    """An Alertmanager and a Prometheus, and what is watched."""
    with folder("tokens") as home, checkout() as watched:
        for way in WAYS:
            (home / way).write_text(TOKENS[way])
        with (
            alertmanager(receiver(place, home / "alertmanager")) as manager,
            prometheus(watched, RULES, alerting(place, manager, home / "prometheus")) as server,
        ):
            yield manager, server, watched


def receiver(place: Place, token: Path) -> str:
    """What the page says for Alertmanager, which is less patient here."""
    changes = {
        "https://incidents.example.org": place.url,
        "/etc/alertmanager/incident-token": str(token),
        "group_wait: 10s": "group_wait: 0s",
        "group_interval: 1m": "group_interval: 200ms",
    }
    return pasted(PAGE, "alertmanager.yml", changes)


def alerting(place: Place, manager: str, token: Path) -> str:
    """What the page says for Prometheus, with an Alertmanager beside us."""
    target = manager.removeprefix("http://")
    changes = {
        "incidents.example.org:443": place.url.removeprefix("http://"),
        "scheme: https": "scheme: http",
        "/etc/prometheus/incident-token": str(token),
        "/etc/prometheus/rules.yml": "rules.yml",
        "  alertmanagers:\n": f"  alertmanagers:\n    - static_configs: [{{targets: ['{target}']}}]\n",
    }
    return pasted(PAGE, "prometheus.yml", changes)


@WAY
def test_an_alert_that_our_door_did_not_take_comes_again(story: Story, way: str) -> None:
    fired, _ = story[way]
    assert fired.incident == "INC-1"
    assert fired.end_state in (EndState.OPENED, EndState.ATTACHED)
    assert fired.alert.title == "Checkout fails for 20% of all requests"
    assert (fired.alert.service, fired.alert.severity) == ("checkout", AlertSeverity.CRITICAL)
    assert fired.alert.starts_at is not None


@WAY
def test_its_recovery_is_told(story: Story, way: str) -> None:
    fired, recovered = story[way]
    assert (recovered.end_state, recovered.incident) == (EndState.RESOLVED, "INC-1")
    assert recovered.alert.fingerprint == fired.alert.fingerprint
    assert recovered.alert.ends_at is not None


def test_one_of_both_ways_has_opened_the_incident(story: Story) -> None:
    assert sorted(fired.end_state for fired, _ in story.values()) == [EndState.ATTACHED, EndState.OPENED]
