"""Does a real Icinga 2 reach us with the configuration of our page, and hear of an acknowledgement?"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from incident.alert import AlertSeverity, AlertStatus, EndState
from incident.timeline import Kind
from ledger.effects import LEASE
from tasks.fault_points import FOLDER
from tests.senders.conftest import ICINGA_PASSWORD, TOKENS, Place
from tests.senders.icinga import CHECK, HOST, Icinga, icinga, make_certificates
from tests.senders.pasted import pasted
from tests.senders.programs import running, soon

pytestmark = pytest.mark.senders

PAGE = "icinga2.md"
SERVICE, MACHINE = f"icinga2-{HOST}/{CHECK}", f"icinga2-{HOST}"
NASTY = """CRITICAL - "quoted" `$(touch broken)` & <b>50%</b>; $host.name$ perché?"""
STICKY = 2
TELLING = """
import asyncio
from tasks.passing_on import pass_on_acknowledgements
asyncio.run(pass_on_acknowledgements())
"""
ACKNOWLEDGED = "Alice has acknowledged INC-1: https://incidents.example.org/incidents/INC-1"


@pytest.fixture
def monitor(place: Place) -> Iterator[Icinga]:
    user = pasted(PAGE, "conf.d/api-users.conf", {"a long and random one": ICINGA_PASSWORD})
    with icinga(
        f"{place.url}/alerts/icinga2", f"Authorization: Bearer {TOKENS['icinga2']}\n", user
    ) as monitor:
        place.employ(with_what_goes_back(monitor.url, monitor.ca_file))
        yield monitor


def with_what_goes_back(url: str, ca_file: Path, more: str = "") -> str:
    changes = {
        "https://icinga.example.org:5665 ": f"{url} ",
        "/etc/incident-response/icinga-ca.crt": f"{ca_file}{more}",
    }
    return pasted(PAGE, "incident.yaml, with what goes back", changes)


def test_a_problem_opens_an_incident_and_its_recovery_is_told(place: Place, monitor: Icinga) -> None:
    place.employ(pasted(PAGE, "incident.yaml", {}))
    monitor.service_is(2, NASTY)
    problem = place.until(AlertStatus.FIRING, SERVICE)
    assert (problem.end_state, problem.incident) == (EndState.OPENED, "INC-1")
    assert problem.alert.severity is AlertSeverity.CRITICAL
    assert problem.alert.starts_at is not None
    assert problem.alert.description == NASTY
    assert (problem.alert.labels["host"], problem.alert.labels["service"]) == (HOST, CHECK)

    about = {"type": "Service", "service": f"{HOST}!{CHECK}"}
    monitor.act("acknowledge-problem", **about, author="Bob", comment="looking at it", notify=True)
    taken = place.until(AlertStatus.ACKNOWLEDGED, SERVICE)
    assert (taken.end_state, taken.incident) == (EndState.ATTACHED, "INC-1")
    assert "Bob: looking at it" in taken.alert.description

    monitor.service_is(0, "HTTP OK")
    recovered = place.until(AlertStatus.RESOLVED, SERVICE)
    assert (recovered.end_state, recovered.incident) == (EndState.RESOLVED, "INC-1")


def test_whoever_acknowledges_the_page_has_acknowledged_in_icinga(place: Place, monitor: Icinga) -> None:
    monitor.service_is(2, "no answer")
    place.until(AlertStatus.FIRING, SERVICE)
    place.acknowledge("INC-1", "alice")
    assert monitor.service()["acknowledgement"] == STICKY
    assert monitor.comments() == [("Alice", ACKNOWLEDGED)]

    monitor.host_is(1, "no answer")
    assert place.until(AlertStatus.FIRING, MACHINE).incident == "INC-1"
    place.pass_on()
    assert monitor.host()["acknowledgement"] == STICKY
    assert len(place.said("INC-1", Kind.PASSED_ON)) == 2

    monitor.host_is(0, "alive")  # Icinga tells nothing of the services of a host that is down
    place.until(AlertStatus.RESOLVED, MACHINE)
    monitor.service_is(0, "HTTP OK")
    place.until(AlertStatus.RESOLVED, SERVICE)
    assert place.pass_on() == 0
    assert monitor.service()["acknowledgement"] == 0


def test_what_icinga_tells_of_our_acknowledgement_goes_in_no_circle(place: Place, monitor: Icinga) -> None:
    place.employ(with_what_goes_back(monitor.url, monitor.ca_file, "\n    notify: true"))
    monitor.service_is(2, "no answer")
    place.until(AlertStatus.FIRING, SERVICE)
    place.acknowledge("INC-1", "alice")
    echo = place.until(AlertStatus.ACKNOWLEDGED, SERVICE)
    assert "Alice: Alice has acknowledged INC-1" in echo.alert.description
    assert place.pass_on() == 0
    assert monitor.comments() == [("Alice", ACKNOWLEDGED)]


def test_what_was_acknowledged_in_icinga_already_stays_as_it_is(place: Place, monitor: Icinga) -> None:
    monitor.service_is(2, "no answer")
    place.until(AlertStatus.FIRING, SERVICE)
    about = {"type": "Service", "service": f"{HOST}!{CHECK}"}
    monitor.act("acknowledge-problem", **about, author="Bob", comment="mine", notify=False)
    place.acknowledge("INC-1", "alice")
    assert monitor.comments() == [("Bob", "mine")]
    assert place.said("INC-1", Kind.PROBLEM) == []


def test_a_process_that_dies_before_it_wrote_that_down_is_followed_by_another_one(
    place: Place, monitor: Icinga, tmp_path: Path
) -> None:
    monitor.service_is(2, "no answer")
    place.until(AlertStatus.FIRING, SERVICE)
    place.answer("INC-1", "alice")
    for name in ("armed", "held"):
        (tmp_path / name).mkdir()
    (tmp_path / "armed" / "1 done:acknowledge|*").touch()
    environment = place.environment | {FOLDER: str(tmp_path)}
    with running([sys.executable, "-c", TELLING], tmp_path, environment) as process:
        soon(lambda: list((tmp_path / "held").iterdir()), (tmp_path / "said").read_text, within=60)
        process.kill()
    assert monitor.service()["acknowledgement"] == STICKY
    assert place.said("INC-1", Kind.PASSED_ON) == []

    assert place.pass_on() == 0
    assert place.pass_on(later=LEASE) == 1
    assert monitor.comments() == [("Alice", ACKNOWLEDGED)]
    assert len(place.said("INC-1", Kind.PASSED_ON)) == 1
    assert place.said("INC-1", Kind.PROBLEM) == []


def test_an_icinga_that_another_authority_vouches_for_gets_no_password(
    place: Place, monitor: Icinga, tmp_path: Path
) -> None:
    make_certificates(tmp_path)
    place.employ(with_what_goes_back(monitor.url, tmp_path / "ca.crt"))
    monitor.service_is(2, "no answer")
    place.until(AlertStatus.FIRING, SERVICE)
    place.acknowledge("INC-1", "alice")
    (problem,) = place.said("INC-1", Kind.PROBLEM)
    assert "the certificate of the other side is not trusted" in problem
    assert monitor.service()["acknowledgement"] == 0


def test_a_host_that_icinga_does_not_know_is_said(place: Place, monitor: Icinga) -> None:
    body = {"type": "PROBLEM", "host": "nowhere", "service": "HTTP", "state": "CRITICAL"}
    place.post("icinga2", body)
    place.acknowledge("INC-1", "alice")
    (problem,) = place.said("INC-1", Kind.PROBLEM)
    assert "knows no such host or service" in problem
    assert monitor.service()["acknowledgement"] == 0
