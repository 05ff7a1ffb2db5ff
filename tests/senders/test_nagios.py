"""Does a real Nagios reach us with the configuration of our page, and hear of an acknowledgement?"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from incident.alert import AlertSeverity, AlertStatus, EndState
from tests.senders.conftest import TOKEN, Place
from tests.senders.nagios import CHECK, HOST, Nagios, nagios
from tests.senders.pasted import pasted

pytestmark = pytest.mark.senders

SERVICE, MACHINE = f"nagios-{HOST}/{CHECK}", f"nagios-{HOST}"
NASTY = """CRITICAL - "quoted" `$(touch broken)` & <b>50%</b>; perché?"""


@pytest.fixture
def monitor(place: Place) -> Iterator[Nagios]:
    place.employ(pasted("nagios.md", "incident.yaml", {}))
    with nagios(f"{place.url}/alerts/nagios", f"Authorization: Bearer {TOKEN}\n") as monitor:
        yield monitor


def test_a_problem_opens_an_incident_and_its_recovery_is_told(place: Place, monitor: Nagios) -> None:
    monitor.service_is(2, NASTY)
    problem = place.until(AlertStatus.FIRING, SERVICE)
    assert (problem.end_state, problem.incident) == (EndState.OPENED, "INC-1")
    assert problem.alert.severity is AlertSeverity.CRITICAL
    assert problem.alert.starts_at is not None
    assert "perché?" in problem.alert.description
    assert (problem.alert.labels["host"], problem.alert.labels["service"]) == (HOST, CHECK)
    assert problem.alert.url == "https://runbooks.example.org/http"
    assert not (monitor.home / "broken").exists()

    monitor.command(f"ACKNOWLEDGE_SVC_PROBLEM;{HOST};{CHECK};1;1;0;Alice;looking at it")
    taken = place.until(AlertStatus.ACKNOWLEDGED, SERVICE)
    assert (taken.end_state, taken.incident) == (EndState.ATTACHED, "INC-1")
    assert "Alice: looking at it" in taken.alert.description

    monitor.service_is(0, "HTTP OK")
    recovered = place.until(AlertStatus.RESOLVED, SERVICE)
    assert (recovered.end_state, recovered.incident) == (EndState.RESOLVED, "INC-1")


def test_a_host_that_is_down_is_told_without_a_service(place: Place, monitor: Nagios) -> None:
    monitor.host_is(2, "no answer")
    problem = place.until(AlertStatus.FIRING, MACHINE)
    assert problem.alert.title == f"{HOST} is DOWN"
    assert "service" not in problem.alert.labels
    monitor.host_is(0, "alive")
    assert place.until(AlertStatus.RESOLVED, MACHINE).incident == "INC-1"
