"""Can people and programs ask on the command line who would be woken, and why?"""

from pathlib import Path

import pytest

from tests.incident.organisations import SOUND
from tests.service.cli.terminal import ConnectedTerminal, Terminal

NIGHT = "2027-03-28T02:30+01:00"
"""An instant that no clock in Rome shows as 02:30: the clocks are put forward just before it."""

ANSWER = {
    "service",
    "severity",
    "at",
    "timezone",
    "policy",
    "entries",
    "reminded_at",
    "beside",
    "source",
    "notes",
}
ENTRY = {
    "at",
    "elapsed",
    "what",
    "policy",
    "level",
    "round",
    "person",
    "method",
    "rule",
    "because",
    "method_rule",
}


def test_programs_read_every_documented_field(terminal: ConnectedTerminal) -> None:
    found = terminal.json("why", "--service", "checkout", "--severity", "1", "--at", NIGHT, "--json")
    assert set(found) == ANSWER
    assert set(found["entries"][0]) == ENTRY
    assert (found["source"], found["notes"], found["timezone"]) == ("ledger", [], "Europe/Rome")
    assert [(each["elapsed"], each["person"]) for each in found["entries"][:2]] == [
        (0, "alice"),
        (300, "bob"),
    ]
    assert found["reminded_at"] == "2027-03-28T03:00:00Z"


def test_people_read_a_timeline_on_the_clock_of_the_schedule(
    terminal: ConnectedTerminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.cli.why_on_screen.console.width", 200)
    shown = terminal.run("why", "--at", NIGHT).stdout
    assert "severity 1 (critical) of checkout on Sun 28 Mar 2027 03:30 in Europe/Rome" in shown
    lines = shown.splitlines()
    assert any(line.startswith("Sun 28 Mar 03:30  0") and "alice" in line for line in lines)
    assert any("03:35  5" in line and "bob" in line and "level 2 of 2 pages bob" in line for line in lines)
    assert any(
        "unreached" in line and "nobody acknowledged in 3 rounds of 2 levels" in line for line in lines
    )
    assert "first on Sun 28 Mar 05:00" in shown
    assert "not rehearsed: if nobody has assessed it within 10m, level 2 is paged beside this" in shown


def test_nothing_is_written_down(terminal: ConnectedTerminal) -> None:
    before = terminal.desk.timeline(), terminal.desk.pages()
    terminal.json("why", "--json")
    assert (terminal.desk.timeline(), terminal.desk.pages()) == before


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (["--service", "checkot"], "'checkot' is not under services:; did you mean checkout?"),
        (
            ["--at", "2027-03-28T02:30"],
            "2027-03-28 02:30 does not exist in Europe/Rome: write 2027-03-28T03",
        ),
        (["--at", "soon"], "'soon' is no time; write one with an offset, such as 2027-03-28T02:30+01:00, or"),
    ],
    ids=["a misspelled service", "a time that the clocks skip", "no time"],
)
def test_what_cannot_be_answered_is_said_in_a_sentence(
    terminal: ConnectedTerminal, command: list[str], sentence: str
) -> None:
    assert terminal.fails("why", *command).startswith(sentence)


def test_without_a_system_the_file_alone_is_asked_and_that_is_said(nowhere: Path) -> None:
    (nowhere / "incident.yaml").write_text(SOUND)
    (nowhere / "other.yaml").write_text(SOUND)
    found = Terminal().json("why", "--configuration", "other.yaml", "--at", NIGHT, "--json")
    assert found["source"] == "file"
    assert found["notes"][0].startswith("by other.yaml alone: what people have changed")
    assert found["timezone"] == "UTC"
    assert [each["person"] for each in found["entries"] if each["level"] == 0] == ["bob"]


def test_a_calendar_that_only_the_system_reads_is_no_gap_but_unknown(nowhere: Path) -> None:
    followed = (
        SOUND
        + "schedules: {ours: {timezone: UTC, layers: [], calendar: {url: 'https://example.com/a.ics'}}}\n"
    )
    (nowhere / "incident.yaml").write_text(followed.replace("[{person: alice}]", "[{schedule: ours}]"))
    found = Terminal().json("why", "--json")
    assert found["notes"][1] == "who is on call for ours stands in a calendar that only the system reads"
