"""Can people act on the command line, by the same rules as through every other door?"""

import pytest

from incident.decisions import Question
from ledger.tables import AnswerRow, DecisionRow, DeliveryRow
from tests.service.cli.terminal import ConnectedTerminal

AWAY = "http://127.0.0.1:9/api"
"""Nothing listens on the discard port."""


def answered(terminal: ConnectedTerminal) -> DecisionRow:
    (row,) = terminal.desk.rows(DecisionRow)
    return row


def test_declaring_opens_an_incident_through_the_intake(terminal: ConnectedTerminal) -> None:
    done = terminal.run("declare", "--service", "checkout", "--title", "Nobody can pay", "--as", "bob")
    assert done.stdout.splitlines()[:2] == ["INC-1 opened", "http://127.0.0.1:8080/incidents/INC-1"]
    (delivery,) = terminal.desk.rows(DeliveryRow)
    assert (delivery.source, delivery.problem) == ("person", "")
    (alert,) = terminal.json("audit", "--json")["alerts"]
    assert (alert["source"], alert["end_state"], alert["incident"]) == ("person", "opened", "INC-1")


@pytest.mark.parametrize(("word", "severity"), [("critical", 1), ("error", 2), ("warning", 3)], ids=str)
def test_the_word_that_is_declared_proposes_the_severity(
    terminal: ConnectedTerminal, word: str, severity: int
) -> None:
    terminal.run("declare", "--service", "checkout", "--title", "Slow", "--severity", word, "--as", "bob")
    assert terminal.json("show", "INC-1", "--json")["severity_proposed"] == severity


def test_two_declarations_are_never_one_condition(terminal: ConnectedTerminal) -> None:
    for _ in range(2):
        done = terminal.run("declare", "--service", "checkout", "--title", "Slow", "--as", "bob")
    assert done.stdout.startswith("INC-1 attached: INC-1 is open for the same service, checkout")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        pytest.param(
            ["--service", "shop", "--as", "bob"],
            "'shop' is not under services:; known: checkout",
            id="an unknown service",
        ),
        pytest.param(
            ["--service", "checkout", "--as", "eve"],
            "'eve' is not under people:; known: alice, bob",
            id="an unknown person",
        ),
        pytest.param(
            ["--service", "checkout"],
            "'nobody-here' is not under people:; say who you are with --as; known: alice, bob",
            id="nobody in particular",
        ),
        pytest.param(
            ["--service", "checkout", "--as", "bob", "--severity", "awful"],
            "severity: 'awful' is unknown; write critical, error, warning or info",
            id="an unknown severity",
        ),
    ],
)
def test_a_declaration_that_cannot_be_taken_changes_nothing(
    terminal: ConnectedTerminal, arguments: list[str], sentence: str
) -> None:
    assert terminal.fails("declare", "--title", "Slow", *arguments) == sentence
    assert terminal.desk.rows(DeliveryRow) == []


def test_an_acknowledgement_ends_the_paging(terminal: ConnectedTerminal) -> None:
    terminal.open_incident()
    assert terminal.run("ack", "INC-1", "--as", "bob").stdout == "bob acknowledged INC-1 (incident manager)\n"
    shown = terminal.json("show", "INC-1", "--json")
    assert (shown["acknowledged_by"], shown["roles"][0]["person"]) == ("bob", "bob")


def test_escalating_pages_the_next_level_even_after_an_acknowledgement(terminal: ConnectedTerminal) -> None:
    terminal.open_incident()
    terminal.desk.climb(0)
    terminal.run("ack", "INC-1", "--as", "bob")
    assert terminal.run("escalate", "INC-1", "--as", "bob").stdout == "INC-1: paging level 2 · bob\n"
    shown = terminal.json("show", "INC-1", "--json")
    assert shown["escalations"][0]["stage"] == "climbing"
    assert [line["kind"] for line in shown["timeline"]][-2:] == ["escalated", "reopened"]


def test_escalating_for_a_purpose_that_is_not_there_says_which_are(terminal: ConnectedTerminal) -> None:
    terminal.open_incident()
    sentence = terminal.fails("escalate", "INC-1", "--purpose", "tech lead", "--as", "bob")
    assert sentence == "INC-1 pages nobody for 'tech lead'; it pages for: incident manager"


def test_a_second_acknowledgement_hears_who_was_first(terminal: ConnectedTerminal) -> None:
    terminal.open_incident()
    terminal.run("ack", "INC-1", "--as", "bob")
    done = terminal.run("ack", "INC-1", "--as", "alice")
    assert (done.exit_code, done.stdout) == (0, "nobody is being paged for INC-1; bob has acknowledged\n")


def test_the_user_of_the_terminal_speaks_for_themselves(
    terminal: ConnectedTerminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal.open_incident()
    monkeypatch.setenv("LOGNAME", "alice")
    assert terminal.run("ack", "INC-1").stdout.startswith("alice acknowledged")


def test_the_environment_can_say_who_speaks(
    terminal: ConnectedTerminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal.open_incident()
    monkeypatch.setenv("INCIDENT_PERSON", "alice")
    assert terminal.run("ack", "INC-1").stdout.startswith("alice acknowledged")


def test_a_note_stands_on_the_timeline(terminal: ConnectedTerminal) -> None:
    terminal.open_incident()
    terminal.run("note", "INC-1", "the bank is down, too", "--as", "alice")
    fact = terminal.json("show", "INC-1", "--json")["timeline"][-1]
    assert (fact["kind"], fact["text"], fact["by"], fact["via"]) == (
        "note",
        "the bank is down, too",
        "alice",
        "cli",
    )


def test_a_role_is_given_although_its_card_cannot_be_sent(terminal: ConnectedTerminal) -> None:
    terminal.open_incident()
    done = terminal.run("assign", "INC-1", "tech_lead", "alice", "--as", "bob")
    assert done.stdout.splitlines() == [
        "alice is tech lead of INC-1",
        "PREFECT_API_URL is not known here, so alice was not told; tell them yourself",
    ]
    again = terminal.run("assign", "INC-1", "tech_lead", "alice", "--as", "bob")
    assert again.stdout == "alice is tech lead of INC-1 already\n"


@pytest.mark.parametrize("prefect", ["", AWAY], ids=["Prefect is unknown", "Prefect does not answer"])
def test_an_answer_counts_whether_or_not_prefect_is_there(
    terminal: ConnectedTerminal, monkeypatch: pytest.MonkeyPatch, prefect: str
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", prefect)
    terminal.open_incident()
    terminal.ask()
    done = terminal.run("decide", "INC-1", "--as", "bob", "--severity", "2", "--impact", "Nobody can pay")
    assert done.stdout == "assess-1 of INC-1 is answered; the run goes on within seconds\n"
    row = answered(terminal)
    assert (row.by, row.via, row.answer) == ("bob", "cli", {"severity": 2, "impact": "Nobody can pay"})


def test_every_field_can_be_set_by_its_name(terminal: ConnectedTerminal) -> None:
    terminal.open_incident()
    terminal.ask()
    fields = ["--set", "severity=1", "--set", "impact=a=b", "--set", "other-factors=on the news"]
    terminal.run("decide", "INC-1", "--as", "bob", *fields)
    assert answered(terminal).answer == {"severity": "1", "impact": "a=b", "other_factors": "on the news"}


def test_an_incident_that_is_none_is_dismissed_with_its_reason(terminal: ConnectedTerminal) -> None:
    terminal.open_incident()
    terminal.ask()
    terminal.run("decide", "INC-1", "--as", "bob", "--not-an-incident", "a drill", "--severity", "3")
    assert answered(terminal).answer == {"severity": 3, "is_incident": False, "reason": "a drill"}


def test_a_step_of_the_resolution_is_an_answer_too(terminal: ConnectedTerminal) -> None:
    terminal.open_incident()
    terminal.ask(Question.RESOLVE)
    command = ["--step", "hand over", "--role", "incident_manager", "--to", "alice"]
    assert terminal.run("decide", "INC-1", "--as", "bob", *command).exit_code == 0
    assert answered(terminal).answer == {"step": "hand over", "role": "incident_manager", "person": "alice"}


def test_an_answer_that_cannot_be_acted_on_is_kept_and_the_question_stays_open(
    terminal: ConnectedTerminal,
) -> None:
    terminal.open_incident()
    terminal.ask()
    sentence = "impact: say in a sentence what customers or colleagues cannot do"
    assert terminal.fails("decide", "INC-1", "--as", "bob", "--severity", "1") == sentence
    assert answered(terminal).answered_at is None
    assert len(terminal.desk.rows(AnswerRow)) == 1


def test_a_late_answer_is_kept_and_no_error(terminal: ConnectedTerminal) -> None:
    terminal.open_incident()
    terminal.ask()
    answer = ["--severity", "1", "--impact", "Nobody can pay", "--question", "assess-1"]
    terminal.run("decide", "INC-1", "--as", "bob", *answer)
    done = terminal.run("decide", "INC-1", "--as", "alice", *answer)
    assert done.exit_code == 0
    assert done.stdout == "bob had answered assess-1 of INC-1 before (via cli); yours is kept\n"
    late = terminal.json("show", "INC-1", "--json")["decisions"][0]["late"]
    assert [answer["by"] for answer in late] == ["alice"]


def test_a_question_that_was_never_asked_is_answered_with_those_that_were(
    terminal: ConnectedTerminal,
) -> None:
    terminal.open_incident()
    terminal.ask()
    said = terminal.fails("decide", "INC-1", "--as", "bob", "--question", "resolve-7", "--severity", "1")
    assert said == "INC-1 has no question 'resolve-7'; it has asked: assess-1"


def test_without_options_and_without_a_terminal_nothing_is_guessed(terminal: ConnectedTerminal) -> None:
    terminal.open_incident()
    terminal.ask()
    done = terminal.run("decide", "INC-1", "--as", "bob")
    assert done.exit_code == 2
    assert "say what you decide" in done.stderr
