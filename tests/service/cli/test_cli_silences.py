"""Can people silence alerts and plan maintenance on the command line?"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from incident.alert import AlertStatus
from ledger.configurations import accept_configuration
from ledger.intake import accept_delivery, triage_alert
from tests.incident.organisations import organisation
from tests.ledger.desk import alert
from tests.service.cli.terminal import ConnectedTerminal

NOW = datetime.now(UTC).replace(second=0, microsecond=0)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NIGHTLY = {
    "comment": "backup",
    "services": ["checkout"],
    "start": (NOW - DAY).isoformat(),
    "for": "2h",
    "repeat": "daily",
}


def fire(terminal: ConnectedTerminal, **changes: Any) -> str | None:
    """A monitor says that half of all payments fail."""
    now = datetime.now(UTC)
    (number,) = terminal.ledger.write(accept_delivery, "alertmanager", b"{}", [alert(**changes)], now)
    incident = terminal.ledger.write(triage_alert, number, now)
    return incident.key if incident else None


class TestSilences:
    """`incident silence`."""

    def test_a_silence_is_made_and_says_what_it_would_have_been_about(
        self, terminal: ConnectedTerminal
    ) -> None:
        assert fire(terminal) == "INC-1"
        done = terminal.run(
            "silence", "add", 'service="checkout"', "--for", "2h", "--comment", "disks", "--as", "bob"
        )
        assert done.exit_code == 0, done.stderr
        made, matched = done.stdout.splitlines()
        assert made.startswith("1  active  ")
        assert made.endswith('service="checkout"  by bob: disks')
        assert matched == "alerts of the last day that meet these matchers: 1 (Error rate)"

    def test_what_meets_it_opens_nothing(self, terminal: ConnectedTerminal) -> None:
        terminal.run("silence", "add", 'service="checkout"', "--for", "2h", "--comment", "x", "--as", "bob")
        assert fire(terminal) is None

    def test_the_list_tells_programs_stable_fields(self, terminal: ConnectedTerminal) -> None:
        arguments = ["silence", "add", "host=~db.*", "--for", "2h", "--comment", "disks", "--as", "bob"]
        made = terminal.json(*arguments, "--json")
        (listed,) = terminal.json("silence", "list", "--json")
        assert listed == made
        assert listed["matchers"] == ['host=~"db.*"']
        assert (listed["state"], listed["by"], listed["via"], listed["ended_by"]) == (
            "active",
            "bob",
            "cli",
            None,
        )

    def test_one_that_is_ended_is_only_told_on_demand(self, terminal: ConnectedTerminal) -> None:
        terminal.run("silence", "add", "host=db1", "--for", "2h", "--comment", "disks", "--as", "bob")
        assert terminal.run("silence", "end", "1", "--as", "alice").stdout.endswith("; ended by alice\n")
        assert terminal.run("silence", "list").stdout == "nothing is silenced\n"
        assert terminal.json("silence", "list", "--all", "--json")[0]["ended_by"] == "alice"

    def test_one_is_extended(self, terminal: ConnectedTerminal) -> None:
        terminal.run("silence", "add", "host=db1", "--for", "2h", "--comment", "disks", "--as", "bob")
        end = NOW + 5 * HOUR
        terminal.run("silence", "extend", "1", "--until", end.isoformat(), "--as", "bob")
        (listed,) = terminal.json("silence", "list", "--json")
        assert datetime.fromisoformat(listed["end"]) == end
        assert listed["moved_by"] == "bob"

    def test_the_paging_of_an_incident_is_held_back_by_its_key_alone(
        self, terminal: ConnectedTerminal
    ) -> None:
        fire(terminal)
        done = terminal.run("silence", "INC-1", "--for", "30m", "--as", "bob")
        assert done.exit_code == 0, done.stderr
        assert done.stdout.endswith("paging of INC-1  by bob: silenced by hand\n")
        shown = terminal.run("show", "INC-1").stdout
        assert "holds paging back until" in shown

    @pytest.mark.parametrize(
        ("arguments", "says"),
        [
            pytest.param(["host=db1"], "a silence has an end; write either end or for", id="no end"),
            pytest.param(["host=db1", "--for", "100d"], "90 days at most", id="too long"),
            pytest.param(["host", "--for", "1h"], "is no matcher", id="no matcher"),
            pytest.param(["env!=dev", "--for", "1h"], "these mean every alert", id="about everything"),
            pytest.param(["host=db1", "--for", "soon"], "is no duration", id="no duration"),
        ],
    )
    def test_what_cannot_be_kept_says_what_to_write(
        self, terminal: ConnectedTerminal, arguments: list[str], says: str
    ) -> None:
        done = terminal.run("silence", "add", *arguments, "--comment", "x", "--as", "bob")
        assert done.exit_code == 1
        assert says in done.stderr

    def test_one_that_is_not_there_is_not_found(self, terminal: ConnectedTerminal) -> None:
        done = terminal.run("silence", "end", "7", "--as", "bob")
        assert (done.exit_code, done.stderr) == (
            1,
            "there is no silence 7; `incident silence list --all` shows them\n",
        )


class TestMaintenance:
    """`incident maintenance`."""

    def test_a_window_is_made_now_and_its_alerts_open_nothing(self, terminal: ConnectedTerminal) -> None:
        done = terminal.run(
            *["maintenance", "add", "--service", "checkout", "--for", "2h", "--comment", "new disks"],
            *["--as", "bob"],
        )
        assert done.exit_code == 0, done.stderr
        assert done.stdout.startswith("M1  active  ")
        assert fire(terminal) is None

    def test_a_recurring_one_in_the_future_is_told_with_its_next_time(
        self, terminal: ConnectedTerminal
    ) -> None:
        start = (NOW + DAY).replace(tzinfo=None).isoformat()
        told = terminal.json(
            *["maintenance", "add", "--matcher", 'host=~"db.*"', "--from", start, "--for", "1h"],
            *["--repeat", "weekly", "--timezone", "UTC", "--comment", "backup", "--as", "bob", "--json"],
        )
        assert (told["name"], told["state"], told["now"]) == ("M1", "coming", None)
        assert datetime.fromisoformat(told["next"]["start"]) == NOW + DAY
        assert told["window"]["repeat"] == "FREQ=WEEKLY"

    def test_the_list_has_those_of_the_file_too(self, terminal: ConnectedTerminal) -> None:
        configuration = organisation(maintenance={"nightly": NIGHTLY})
        terminal.ledger.write(accept_configuration, configuration, NOW)
        (told,) = terminal.json("maintenance", "list", "--json")
        assert (told["name"], told["in_file"], told["state"]) == ("nightly", True, "active")
        ended = terminal.run("maintenance", "end", "nightly", "--as", "bob")
        assert ended.stdout.startswith("nightly  coming  ")

    def test_one_that_is_ended_is_only_told_on_demand(self, terminal: ConnectedTerminal) -> None:
        terminal.run(
            *["maintenance", "add", "--service", "checkout", "--for", "2h", "--comment", "x", "--as", "bob"]
        )
        assert terminal.run("maintenance", "end", "M1", "--as", "alice").stdout.endswith("ended by alice\n")
        assert terminal.run("maintenance", "list").stdout == "no maintenance is planned\n"
        assert terminal.json("maintenance", "list", "--all", "--json")[0]["state"] == "over"

    @pytest.mark.parametrize(
        ("arguments", "says"),
        [
            pytest.param(["--service", "checkout"], "write either end: or for:", id="no end"),
            pytest.param(["--for", "1h"], "it means every alert", id="about everything"),
            pytest.param(["--service", "x", "--for", "1h"], "'x' is not under services:", id="no service"),
            pytest.param(
                ["--service", "checkout", "--for", "1h", "--repeat", "often"], "cannot be read", id="no rule"
            ),
        ],
    )
    def test_what_cannot_be_kept_says_what_to_write(
        self, terminal: ConnectedTerminal, arguments: list[str], says: str
    ) -> None:
        done = terminal.run("maintenance", "add", *arguments, "--comment", "x", "--as", "bob")
        assert done.exit_code == 1
        assert says in done.stderr


def test_a_recovery_is_never_silenced(terminal: ConnectedTerminal) -> None:
    fire(terminal)
    terminal.run("silence", "add", 'service="checkout"', "--for", "2h", "--comment", "x", "--as", "bob")
    assert fire(terminal, status=AlertStatus.RESOLVED) == "INC-1"
