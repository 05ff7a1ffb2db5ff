"""Can people at a terminal see what came in, merge incidents and split alerts off?"""

from datetime import UTC, datetime

import pytest

from ledger.configurations import accept_configuration
from tests.incident.organisations import organisation
from tests.service.cli.terminal import ConnectedTerminal

SERVICES = {"checkout": {"policy": "checkout"}, "search": {"policy": "checkout"}}


@pytest.fixture
def two(terminal: ConnectedTerminal) -> ConnectedTerminal:
    """A terminal of a system with INC-1 and INC-2."""
    terminal.ledger.write(accept_configuration, organisation(services=SERVICES), datetime.now(UTC))
    terminal.open_incident()
    terminal.desk.open(datetime.now(UTC), fingerprint="s", title="Slow [red]", service="search")
    return terminal


def test_what_came_in_is_listed_with_what_became_of_it(two: ConnectedTerminal) -> None:
    shown = two.run("alerts", "list").stdout
    assert "Slow [red]" in shown
    assert "opened INC-2" in " ".join(shown.split())


def test_programs_get_stable_fields(two: ConnectedTerminal) -> None:
    newest, _ = two.json("alerts", "list", "--json")
    assert (newest["alert"], newest["delivery"], newest["incident"], newest["state"]) == (
        2,
        2,
        "INC-2",
        "opened",
    )
    assert two.json("alerts", "list", "--state", "duplicate", "--json") == []
    assert (
        len(two.json("alerts", "list", "--since", "2020-01-01T00:00Z", "--service", "search", "--json")) == 1
    )


def test_a_state_that_there_is_not_is_said(two: ConnectedTerminal) -> None:
    assert two.fails("alerts", "list", "--state", "lost").startswith(
        "--state: 'lost' is none; write one of opened"
    )


def test_an_empty_list_says_so(terminal: ConnectedTerminal) -> None:
    assert terminal.run("alerts", "list").stdout == "nothing came in\n"


def test_two_incidents_become_one_and_an_alert_leaves_again(two: ConnectedTerminal) -> None:
    merged = two.run("merge", "INC-2", "--into", "INC-1", "--as", "bob").stdout.splitlines()
    assert merged == ["INC-2 is merged into INC-1, with 1 alert", "http://127.0.0.1:8080/incidents/INC-1"]
    assert two.json("show", "INC-2", "--json")["merged_into"] == "INC-1"
    split = two.run("split", "INC-1", "--alert", "2", "--as", "bob").stdout.splitlines()
    assert split[0] == "alert 2 is split off INC-1 into INC-3"


def test_what_cannot_be_is_said_in_a_sentence(two: ConnectedTerminal) -> None:
    assert (
        two.fails("merge", "INC-1", "--into", "INC-1", "--as", "bob") == "INC-1 cannot be merged into itself"
    )
    assert two.fails("split", "INC-1", "--alert", "1", "--as", "bob").endswith("it cannot be split off")
    assert two.fails("merge", "INC-1", "--into", "INC-2", "--as", "eve").startswith(
        "'eve' is not under people:"
    )
