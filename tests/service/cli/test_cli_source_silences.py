"""Can a person have monitors keep quiet on the command line?"""

from datetime import UTC, datetime

import pytest

from incident.decisions import Via
from ledger.by_hand import acknowledge_all
from ledger.configurations import accept_configuration
from ledger.source_silence_tables import SourceSilenceRow
from tests.incident.organisations import SMALL, organisation
from tests.service.cli.terminal import ConnectedTerminal


@pytest.fixture
def working(terminal: ConnectedTerminal) -> ConnectedTerminal:
    """Somebody works on an incident whose alert fires at a monitor that can be told."""
    now = datetime.now(UTC)
    connections = SMALL["connections"] | {"am": {"type": "alertmanager-api", "url": "http://127.0.0.1:9093"}}
    sources = {"alertmanager": {"dialect": "alertmanager", "silence_at": "am"}}
    small = organisation(connections=connections, sources=sources)
    terminal.ledger.write(accept_configuration, small, now)
    terminal.desk.open(now, labels={"alertname": "ErrorRate"})
    terminal.ledger.write(acknowledge_all, "INC-1", "alice", via=Via.WEB, now=now)
    return terminal


def test_what_fires_is_silenced_and_the_end_is_told(working: ConnectedTerminal) -> None:
    done = working.run("silence-source", "INC-1", "--for", "2h", "--as", "alice")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("INC-1: 1 alert silenced at am until ")
    (row,) = working.desk.rows(SourceSilenceRow)
    assert (row.silencer, row.person, row.wanted) == ("am", "alice", True)


def test_it_is_ended(working: ConnectedTerminal) -> None:
    working.run("silence-source", "INC-1", "--for", "2h", "--as", "alice")
    assert working.run("silence-source", "INC-1", "--end", "--as", "alice").stdout == (
        "INC-1: the silence about 1 alert ends\n"
    )
    assert working.run("silence-source", "INC-1", "--end", "--as", "alice").stdout == (
        "INC-1: its monitors keep quiet about nothing\n"
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ("--for", "soon"),
            "'soon' is no duration; write a number with a unit: 30s, 5m, 1h30m or 2d",
        ),
        (("--for", "30d"), "a silence lasts up to 7d, and longer than no time"),
    ],
)
def test_what_is_no_time_is_said(
    working: ConnectedTerminal, arguments: tuple[str, ...], sentence: str
) -> None:
    assert working.fails("silence-source", "INC-1", *arguments, "--as", "alice") == sentence


@pytest.mark.parametrize("arguments", [(), ("--for", "2h", "--end")], ids=["neither", "both"])
def test_either_a_time_or_the_end_is_named(working: ConnectedTerminal, arguments: tuple[str, ...]) -> None:
    assert working.run("silence-source", "INC-1", *arguments, "--as", "alice").exit_code == 2
