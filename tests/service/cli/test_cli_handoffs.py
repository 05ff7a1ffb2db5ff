"""Can one read handoff notes on the command line, and write something for the next?"""

from datetime import UTC, datetime, timedelta

import pytest

from ledger.handoffs import keep, look
from tests.service.cli.terminal import ConnectedTerminal

CHANGE = datetime(2026, 11, 23, 8, tzinfo=UTC)
"""alice hands over to bob."""
FIELDS = {
    "schedule",
    "timezone",
    "since",
    "at",
    "outgoing",
    "incoming",
    "open",
    "ended",
    "pages",
    "shifts",
    "overrides",
    "gaps",
    "remarks",
}


@pytest.fixture
def noted(terminal: ConnectedTerminal) -> ConnectedTerminal:
    """A terminal whose system has noted two changes."""
    terminal.desk.open(CHANGE - timedelta(hours=1))
    for now in (CHANGE - timedelta(hours=2), CHANGE + timedelta(days=8)):
        terminal.ledger.write(keep, terminal.ledger.read(look, now), now)
    return terminal


def test_a_note_for_programs_has_its_documented_fields(noted: ConnectedTerminal) -> None:
    (note,) = noted.json("oncall", "handoff", "--json", "--at", "2026-12-02T00:00Z")
    assert set(note) == FIELDS
    assert (note["at"], note["incoming"]) == ("2026-11-30T08:00:00Z", ["alice"])


def test_the_note_is_that_of_the_last_change_before_the_time(noted: ConnectedTerminal) -> None:
    (note,) = noted.json("oncall", "handoff", "--schedule", "primary", "--json", "--at", CHANGE.isoformat())
    assert (note["outgoing"], note["incoming"]) == (["alice"], ["bob"])
    assert note["open"][0]["key"] == "INC-1"


def test_for_people_it_reads_as_it_was_sent(noted: ConnectedTerminal) -> None:
    text = noted.run("oncall", "handoff", "--at", CHANGE.isoformat()).stdout
    for part in (
        "Before: Alice, since Mon 16 Nov 09:00",
        "Now: Bob, since Mon 23 Nov 09:00",
        "- INC-1 · checkout: Error rate (severity 1)",
        "This note: http://127.0.0.1:8080/handoffs/1",
    ):
        assert part in text


def test_without_a_change_it_says_so(terminal: ConnectedTerminal) -> None:
    assert "no duty has changed hands yet" in terminal.run("oncall", "handoff").stdout
    assert terminal.json("oncall", "handoff", "--json") == []


def test_a_draft_tells_what_a_note_would_say(terminal: ConnectedTerminal) -> None:
    terminal.run("oncall", "remark", "primary", "Look at the cache.", "--as", "bob")
    (note,) = terminal.json("oncall", "handoff", "--draft", "--json")
    assert [(each["by"], each["text"]) for each in note["remarks"]] == [("bob", "Look at the cache.")]
    assert set(note["outgoing"]) | set(note["incoming"]) == {"alice", "bob"}


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (["handoff", "--schedule", "nope"], "'nope' is not under schedules:; known: primary"),
        (["handoff", "--at", "yesterday"], "'yesterday' is no instant"),
        (["remark", "nope", "Hello.", "--as", "bob"], "'nope' is not under schedules:; known: primary"),
        (["remark", "primary", " ", "--as", "bob"], "write between 1 and 2000 characters; these are 0"),
        (["remark", "primary", "Hello.", "--as", "mallory"], "'mallory' is not under people:"),
    ],
    ids=str,
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    terminal: ConnectedTerminal, command: list[str], why: str
) -> None:
    assert terminal.fails("oncall", *command).startswith(why)


def test_a_remark_cannot_move_the_cursor(noted: ConnectedTerminal) -> None:
    noted.run("oncall", "remark", "primary", "\x1b[2Jgone", "--as", "bob")
    assert "\x1b" not in noted.run("oncall", "handoff", "--draft").stdout
