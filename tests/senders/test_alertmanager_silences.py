"""Is a silence that an incident asks for one in a real Alertmanager, and does it end there, too?"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from incident.alert import AlertStatus
from incident.decisions import Via
from ledger.source_silences import end_source_silences, silence_source
from tasks.source_silences import keep_sources_quiet
from tasks.surroundings import utc_now, within
from tests.senders.conftest import TOKENS, Place
from tests.senders.programs import folder, soon
from tests.senders.prometheus import alertmanager

pytestmark = pytest.mark.senders

RECEIVER = """\
route: {{receiver: incidents, group_by: ['...'], group_wait: 0s, group_interval: 1s}}
receivers:
  - name: incidents
    webhook_configs:
      - url: {url}/alerts/alertmanager
        http_config: {{authorization: {{credentials_file: {token}}}}}
"""
LABELS = {"alertname": "ErrorRate", "service": "checkout", "host": 'db-1 "north"'}


@pytest.fixture
def manager(place: Place) -> Iterator[str]:
    """A real Alertmanager, which sends to us and which we may silence."""
    with folder("token") as home:
        token = Path(home) / "token"
        token.write_text(TOKENS["alertmanager"])
        with alertmanager(RECEIVER.format(url=place.url, token=token)) as url:
            place.employ(
                {
                    "sources": {"alertmanager": {"dialect": "alertmanager", "silence_at": "am"}},
                    "connections": {
                        "mail": {"type": "smtp-mail"},
                        "am": {"type": "alertmanager-api", "url": url},
                    },
                }
            )
            yield url


def fire(manager: str, **labels: str) -> None:
    """Prometheus says that something fires."""
    httpx.post(f"{manager}/api/v2/alerts", json=[{"labels": LABELS | labels}]).raise_for_status()


def states(manager: str) -> dict[str, str]:
    """What Alertmanager does with each alert."""
    found: list[dict[str, Any]] = httpx.get(f"{manager}/api/v2/alerts").json()
    return {each["labels"]["host"]: each["status"]["state"] for each in found}


def silences(manager: str, state: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = httpx.get(f"{manager}/api/v2/silences").json()
    return [each for each in found if each["status"]["state"] == state]


def tell(place: Place) -> int:
    """What runs behind the doors."""
    with within(place.surroundings):
        return asyncio.run(keep_sources_quiet())


def test_a_silence_of_an_incident_is_one_in_alertmanager_until_somebody_ends_it(
    place: Place, manager: str
) -> None:
    fire(manager)
    came = place.until(AlertStatus.FIRING)
    assert came.incident == "INC-1"
    ledger, hours = place.surroundings.ledger, timedelta(hours=2)
    ledger.write(silence_source, "INC-1", "alice", hours, via=Via.WEB, now=utc_now())
    assert tell(place) == 1

    (silence,) = silences(manager, "active")
    assert {each["name"]: each["value"] for each in silence["matchers"]} == LABELS
    assert silence["createdBy"] == "Alice"
    assert silence["comment"].startswith("Alice is working on INC-1: https://incidents.example.org/incidents")
    lasts = datetime.fromisoformat(silence["endsAt"]) - datetime.fromisoformat(silence["startsAt"])
    assert hours - timedelta(minutes=5) < lasts <= hours
    soon(lambda: states(manager) == {LABELS["host"]: "suppressed"}, lambda: str(states(manager)))

    fire(manager, host="db-2")
    soon(lambda: states(manager).get("db-2") == "active", lambda: f"another one is heard: {states(manager)}")

    ledger.write(end_source_silences, "INC-1", "alice", via=Via.WEB, now=utc_now())
    assert tell(place) == 1
    assert silences(manager, "active") == []
    assert len(silences(manager, "expired")) == 1
    soon(lambda: states(manager)[LABELS["host"]] == "active", lambda: f"it is heard again: {states(manager)}")
