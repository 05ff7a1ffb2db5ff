"""Can people and programs read about incidents on the command line?"""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from incident.decisions import Question
from ledger.notifications import take_due
from service.home import Home, Place
from tests.service.cli.terminal import ConnectedTerminal, Terminal

LISTED = {
    "key",
    "title",
    "service",
    "status",
    "phase",
    "severity",
    "opened_at",
    "acknowledged_at",
    "acknowledged_by",
    "resolved_at",
    "closed_at",
}
SHOWN = {
    "key",
    "title",
    "description",
    "service",
    "service_title",
    "products",
    "language",
    "runbook",
    "status",
    "phase",
    "severity",
    "severity_proposed",
    "severity_reason",
    "opened_at",
    "acknowledged_at",
    "acknowledged_by",
    "assessed_at",
    "first_update_at",
    "resolved_at",
    "closed_at",
    "recovered_at",
    "closes_itself_at",
    "merged_into",
    "durations",
    "phases",
    "roles",
    "escalations",
    "pages",
    "decisions",
    "assessment",
    "summary",
    "unreached",
    "alerts",
    "updates",
    "timeline",
    "links",
    "resources",
}


def test_a_list_for_programs_has_its_documented_fields(terminal: ConnectedTerminal) -> None:
    terminal.open_incident()
    (line,) = terminal.json("list", "--json")
    assert set(line) == LISTED
    assert (line["key"], line["severity"], line["status"]) == ("INC-1", 1, "open")


def test_the_list_names_those_that_need_people_and_on_request_all(terminal: ConnectedTerminal) -> None:
    terminal.open_incident()
    terminal.ask()
    terminal.run("decide", "INC-1", "--as", "bob", "--not-an-incident", "a drill")
    assert terminal.json("list", "--json", "--all")[0]["key"] == "INC-1"
    assert "INC-1" in terminal.run("list").stdout


def test_an_empty_list_says_so(terminal: ConnectedTerminal) -> None:
    assert terminal.run("list").stdout == "no incident needs anybody\n"
    assert terminal.json("list", "--json") == []


def test_an_incident_for_programs_has_its_documented_fields(terminal: ConnectedTerminal) -> None:
    terminal.open_incident()
    terminal.ask()
    shown = terminal.json("show", "INC-1", "--json")
    assert set(shown) == SHOWN
    assert shown["links"] == [{"name": "page", "url": "http://127.0.0.1:8080/incidents/INC-1"}]
    assert [phase["phase"] for phase in shown["phases"]][2] == "assess"
    assert shown["pages"][0]["level"] == 1
    assert shown["decisions"][0]["key"] == "assess-1"


def test_durations_are_seconds(terminal: ConnectedTerminal) -> None:
    terminal.open_incident()
    terminal.run("ack", "INC-1", "--as", "bob")
    durations = terminal.json("show", "INC-1", "--json")["durations"]
    assert sorted(durations) == ["acknowledge", "assess", "first_update", "impact", "resolve"]
    assert 0 <= durations["acknowledge"] < 60
    assert durations["resolve"] is None


def test_the_documentation_names_every_field() -> None:
    text = (Path(__file__).parents[3] / "docs" / "cli.md").read_text()
    assert [field for field in SHOWN | LISTED if f"`{field}`" not in text] == []


def test_a_person_sees_what_waits_who_is_paged_and_what_happened(terminal: ConnectedTerminal) -> None:
    terminal.open_incident()
    terminal.ask(Question.ASSESS)
    shown = terminal.run("show", "INC-1").stdout
    for part in ("INC-1  Error rate", "severity 1 (critical)", "waits for an answer to assess-1", "timeline"):
        assert part in shown


def test_a_title_cannot_move_the_cursor_or_colour_the_screen(terminal: ConnectedTerminal) -> None:
    terminal.desk.open(title="\x1b[2Jgone [red]red[/red]")
    for command in (["show", "INC-1"], ["list"]):
        shown = terminal.run(*command).stdout
        assert "\x1b" not in shown
        assert "[red]" in shown


def test_an_unknown_incident_is_answered_with_those_there_are(terminal: ConnectedTerminal) -> None:
    terminal.open_incident()
    assert terminal.fails("show", "INC-9") == "no incident INC-9; the newest are: INC-1"


@pytest.mark.parametrize("command", [["list"], ["show", "INC-1"], ["ack", "INC-1"], ["audit"]])
def test_without_a_system_one_sentence_says_what_to_do(nowhere: Path, command: list[str]) -> None:
    terminal = Terminal()
    said = "no incident system found here; run `incident up` or set INCIDENT_LEDGER_URL"
    assert terminal.fails(*command) == said
    assert list(nowhere.iterdir()) == []


def test_the_system_is_found_by_what_up_left_in_its_home(
    terminal: ConnectedTerminal, nowhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Home(nowhere / ".incident").write(Place(ledger_url=terminal.ledger.url))
    monkeypatch.delenv("INCIDENT_LEDGER_URL")
    terminal.open_incident()
    assert [line["key"] for line in terminal.json("list", "--json")] == ["INC-1"]


def test_no_ledger_is_made_where_there_is_none(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INCIDENT_LEDGER_URL", f"sqlite:///{nowhere / 'gone.db'}")
    assert Terminal().fails("list").endswith("does not exist; `incident up` makes it")
    assert list(nowhere.iterdir()) == []


def test_each_method_of_a_page_is_shown(terminal: ConnectedTerminal) -> None:
    terminal.open_incident()
    now = datetime.now(UTC)
    terminal.ledger.write(take_due, 1, now)
    (page,) = terminal.json("show", "INC-1", "--json")["pages"]
    (notification,) = page["notifications"]
    assert set(notification) == {
        "method",
        "because",
        "state",
        "due_at",
        "sent_at",
        "provider_id",
        "uncertain",
        "outcome",
        "via",
        "delivery",
        "delivered_at",
    }
    assert (notification["state"], notification["sent_at"]) == ("owed", None)
