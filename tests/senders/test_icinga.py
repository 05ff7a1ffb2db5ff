"""Does a real Icinga 2 reach us with the configuration of our page, and hear of an acknowledgement?"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from incident.alert import AlertSeverity, AlertStatus, EndState
from tests.senders.conftest import TOKEN, Place
from tests.senders.icinga import CHECK, HOST, Icinga, icinga
from tests.senders.pasted import pasted

pytestmark = pytest.mark.senders

SERVICE, MACHINE = f"icinga2-{HOST}/{CHECK}", f"icinga2-{HOST}"
NASTY = """CRITICAL - "quoted" `$(touch broken)` & <b>50%</b>; $host.name$ perché?"""


@pytest.fixture
def monitor(place: Place) -> Iterator[Icinga]:
    place.employ(pasted("icinga2.md", "incident.yaml", {}))
    with icinga(f"{place.url}/alerts/icinga2", f"Authorization: Bearer {TOKEN}\n") as monitor:
        yield monitor


def test_a_problem_opens_an_incident_and_its_recovery_is_told(place: Place, monitor: Icinga) -> None:
    monitor.service_is(2, NASTY)
    problem = place.until(AlertStatus.FIRING, SERVICE)
    assert (problem.end_state, problem.incident) == (EndState.OPENED, "INC-1")
    assert problem.alert.severity is AlertSeverity.CRITICAL
    assert problem.alert.starts_at is not None
    assert problem.alert.description == NASTY
    assert (problem.alert.labels["host"], problem.alert.labels["service"]) == (HOST, CHECK)

    monitor.act(
        "acknowledge-problem",
        type="Service",
        service=f"{HOST}!{CHECK}",
        author="Alice",
        comment="looking at it",
        notify=True,
    )
    taken = place.until(AlertStatus.ACKNOWLEDGED, SERVICE)
    assert (taken.end_state, taken.incident) == (EndState.ATTACHED, "INC-1")
    assert "Alice: looking at it" in taken.alert.description

    monitor.service_is(0, "HTTP OK")
    recovered = place.until(AlertStatus.RESOLVED, SERVICE)
    assert (recovered.end_state, recovered.incident) == (EndState.RESOLVED, "INC-1")


def test_a_host_that_is_down_is_told_without_a_service(place: Place, monitor: Icinga) -> None:
    monitor.host_is(1, "no answer")
    problem = place.until(AlertStatus.FIRING, MACHINE)
    assert problem.alert.title == f"{HOST} is DOWN"
    assert "service" not in problem.alert.labels
    assert problem.alert.url == "https://runbooks.example.org/web01"
    monitor.host_is(0, "alive")
    assert place.until(AlertStatus.RESOLVED, MACHINE).incident == "INC-1"
