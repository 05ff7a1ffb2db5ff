"""Does a real Nagios reach us with the configuration of our page, and hear of an acknowledgement?"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from incident.alert import AlertSeverity, AlertStatus, EndState
from incident.timeline import Kind
from tests.senders.conftest import TOKENS, Place
from tests.senders.nagios import CHECK, HOST, Nagios, nagios
from tests.senders.pasted import pasted
from tests.senders.programs import running, soon

pytestmark = pytest.mark.senders

SERVICE, MACHINE = f"nagios-{HOST}/{CHECK}", f"nagios-{HOST}"
NASTY = """CRITICAL - "quoted" `$(touch broken)` & <b>50%</b>; perché?"""
ACKNOWLEDGED = "comment_data=Alice has acknowledged INC-1: https://incidents.example.org/incidents/INC-1\n"

SSH = """\
#!/bin/sh
if ! test -e connected; then
  touch connected
  exit 255
fi
for command; do :; done
exec sh -c "$command"
"""


@pytest.fixture
def monitor(place: Place) -> Iterator[Nagios]:
    with nagios(f"{place.url}/alerts/nagios", f"Authorization: Bearer {TOKENS['nagios']}\n") as monitor:
        place.employ(with_what_goes_back(monitor.command_file))
        yield monitor


def with_what_goes_back(command_file: Path, more: str = "") -> str:
    changes = {"/var/lib/nagios4/rw/nagios.cmd ": f"{command_file}{more} "}
    return pasted("nagios.md", "incident.yaml, with what goes back", changes)


def test_a_problem_opens_an_incident_and_its_recovery_is_told(place: Place, monitor: Nagios) -> None:
    place.employ(pasted("nagios.md", "incident.yaml", {}))
    monitor.service_is(2, NASTY)
    problem = place.until(AlertStatus.FIRING, SERVICE)
    assert (problem.end_state, problem.incident) == (EndState.OPENED, "INC-1")
    assert problem.alert.severity is AlertSeverity.CRITICAL
    assert problem.alert.starts_at is not None
    assert "perché?" in problem.alert.description
    assert (problem.alert.labels["host"], problem.alert.labels["service"]) == (HOST, CHECK)
    assert problem.alert.url == "https://runbooks.example.org/http"
    assert not (monitor.home / "broken").exists()

    monitor.command(f"ACKNOWLEDGE_SVC_PROBLEM;{HOST};{CHECK};1;1;0;Bob;looking at it")
    taken = place.until(AlertStatus.ACKNOWLEDGED, SERVICE)
    assert (taken.end_state, taken.incident) == (EndState.ATTACHED, "INC-1")
    assert "Bob: looking at it" in taken.alert.description

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


def test_whoever_acknowledges_the_page_has_acknowledged_in_nagios(place: Place, monitor: Nagios) -> None:
    monitor.service_is(2, "no answer")
    place.until(AlertStatus.FIRING, SERVICE)
    place.acknowledge("INC-1", "alice")
    soon(lambda: ACKNOWLEDGED in monitor.status(), monitor.status)
    assert "author=Alice\n" in monitor.status()
    assert "problem_has_been_acknowledged=1\n" in monitor.status()
    assert len(place.said("INC-1", Kind.PASSED_ON)) == 1

    monitor.service_is(0, "HTTP OK")
    place.until(AlertStatus.RESOLVED, SERVICE)
    assert place.pass_on() == 0
    soon(lambda: ACKNOWLEDGED not in monitor.status(), monitor.status)


def test_what_nagios_tells_of_our_acknowledgement_goes_in_no_circle(place: Place, monitor: Nagios) -> None:
    place.employ(with_what_goes_back(monitor.command_file, "\n    notify: true"))
    monitor.host_is(2, "no answer")
    place.until(AlertStatus.FIRING, MACHINE)
    place.acknowledge("INC-1", "alice")
    echo = place.until(AlertStatus.ACKNOWLEDGED, MACHINE)
    assert "Alice: Alice has acknowledged INC-1" in echo.alert.description
    assert place.pass_on() == 0
    assert monitor.status().count(ACKNOWLEDGED) <= 1


def test_a_nagios_elsewhere_is_told_through_the_pipe_that_ssh_carries_over(
    place: Place, monitor: Nagios, tmp_path: Path
) -> None:
    """Here `ssh` fails once and then runs the command on this machine; the rest is as the page says."""
    pipe = tmp_path / "nagios.cmd"
    ssh = tmp_path / "ssh"
    ssh.write_text(SSH)
    ssh.chmod(0o755)
    changes = {
        "/run/incident-response/nagios.cmd": str(pipe),
        "/var/lib/nagios4/rw/nagios.cmd": str(monitor.command_file),
        "| ssh ": f"| {ssh} ",
        "sleep 5": "sleep 0.1",
    }
    carry = pasted("nagios.md", "carry-to-nagios", changes)
    place.employ(with_what_goes_back(pipe))
    monitor.service_is(2, "no answer")
    place.until(AlertStatus.FIRING, SERVICE)
    with running(["sh", "-c", carry], tmp_path):
        soon(pipe.exists, lambda: "the pipe is made")
        soon(lambda: _is_read(pipe), lambda: "the pipe is read")
        place.acknowledge("INC-1", "alice")
        soon(lambda: ACKNOWLEDGED in monitor.status(), monitor.status)


def _is_read(pipe: Path) -> bool:
    try:
        os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))
    except OSError:
        return False
    return True
