"""Does a terminal show who is awaited, and the address to call?"""

from datetime import UTC, datetime

import pytest

from incident.heartbeat import Signal
from ledger.awaited_calls import note_call
from ledger.configurations import accept_configuration
from tests.incident.organisations import organisation
from tests.service.cli.terminal import ConnectedTerminal

FIELDS = {"name", "standing", "trouble", "since", "every", "grace", "called_at", "next_by"}
HEARTBEATS = {
    "backup": {"every": "24h", "grace": "30m"},
    "report": {"every": "1h", "token": {"env": "REPORT_TOKEN"}},
}


@pytest.fixture
def awaiting(terminal: ConnectedTerminal) -> ConnectedTerminal:
    now = datetime.now(UTC)
    terminal.ledger.write(accept_configuration, organisation(heartbeats=HEARTBEATS), now)
    terminal.ledger.write(note_call, "backup", Signal.DONE, "", now)
    terminal.ledger.write(note_call, "report", Signal.FAIL, "", now)
    return terminal


def test_all_of_them_are_listed(awaiting: ConnectedTerminal) -> None:
    listed = awaiting.run("heartbeats", "list").stdout.splitlines()
    assert [line.partition(", ")[0] for line in listed] == [
        "backup: well; every 1d",
        "report: alert (failed); every 1h",
    ]


def test_programs_get_stable_fields(awaiting: ConnectedTerminal) -> None:
    backup, report = awaiting.json("heartbeats", "list", "--json")
    assert set(backup) == FIELDS
    assert (backup["every"], backup["grace"], backup["trouble"]) == (86400.0, 1800.0, None)
    assert (report["standing"], report["trouble"], report["next_by"]) == ("alert", "failed", None)


def test_where_nobody_is_awaited_that_is_said(terminal: ConnectedTerminal) -> None:
    assert "nobody is awaited" in terminal.run("heartbeats", "list").stdout


def test_the_address_of_a_job_has_its_token_or_names_the_variable_that_holds_it(
    awaiting: ConnectedTerminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INCIDENT_SIGNING_KEY", "a key")
    address = awaiting.run("heartbeats", "address", "backup").stdout.strip()
    assert address.startswith("http://127.0.0.1:8080/heartbeats/backup/")
    assert "REPORT_TOKEN" in awaiting.run("heartbeats", "address", "report").stdout
    assert awaiting.fails("heartbeats", "address", "gone") == "no heartbeat 'gone'; known: backup, report"
