"""Do check, audit, alerts and oncall answer people and programs alike?"""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ledger.configurations import configuration_in_force
from tests.incident.organisations import SOUND
from tests.service.cli.terminal import ConnectedTerminal, Terminal

ROOT = Path(__file__).parents[3]
PAYLOADS = ROOT / "tests" / "data" / "payloads"
GOOD = """\
people: {alice: {name: Alice, contacts: [{via: console}]}}
policies: {night: {levels: [{targets: [{person: alice}]}]}}
services: {checkout: {policy: night}}
default_service: checkout
"""
GAP = SOUND + "schedules: {night: {timezone: UTC, layers: []}}\n"
WEEKLY = {
    "timezone": "Europe/Rome",
    "layers": [{"users": ["ben", "ada"], "start": "2027-03-01T09:00", "handoff": {"unit": "week"}}],
}


@pytest.fixture
def alone(nowhere: Path) -> Terminal:
    """A terminal where no system runs."""
    return Terminal()


def test_a_good_file_is_called_good_and_what_is_not_known_is_said_once(
    alone: Terminal, nowhere: Path
) -> None:
    (nowhere / "incident.yaml").write_text(SOUND)
    assert alone.run("check").stdout.splitlines() == [
        "it is not known which contacts are verified: there is no ledger here",
        "incident.yaml is good",
    ]


def test_where_there_is_a_ledger_it_is_known_who_has_tried_a_contact(
    terminal: ConnectedTerminal, nowhere: Path
) -> None:
    (nowhere / "incident.yaml").write_text(SOUND)
    report = terminal.json("check", "--json")
    assert report["notes"] == []
    keys = [warning["key"] for warning in report["warnings"]]
    assert keys == ["people.alice.contacts.0", "people.bob.contacts.0"]


def test_programs_that_a_connection_needs_and_this_machine_lacks_are_said(
    alone: Terminal, nowhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (nowhere / "incident.yaml").write_text(f"{GOOD}connections: {{phone: {{block: sip-call/office}}}}\n")
    monkeypatch.setattr(shutil, "which", lambda program: None if program == "sox" else program)
    noted = "connections.phone: what it calls with is not installed here: apt install sox"
    assert noted in alone.json("check", "--json")["notes"]
    monkeypatch.setattr(shutil, "which", lambda program: program)
    assert noted not in alone.json("check", "--json")["notes"]


def test_a_problem_is_told_with_its_line_and_exit_code_1(alone: Terminal, nowhere: Path) -> None:
    (nowhere / "a.yaml").write_text(GOOD.replace("person: alice", "person: bob"))
    done = alone.run("check", "a.yaml")
    assert done.exit_code == 1
    assert done.stdout.startswith("a.yaml:2: policies.night.levels.0.targets.0.person: 'bob' is not under")


def test_a_gap_in_the_coming_days_is_a_warning(alone: Terminal, nowhere: Path) -> None:
    (nowhere / "incident.yaml").write_text(GAP)
    report = alone.json("check", "--json")
    (warning,) = report["warnings"]
    assert (report["ok"], warning["line"], warning["key"]) == (True, 10, "schedules.night")
    assert warning["message"].startswith("nobody is on call for all of the next 30 days")


def test_a_severity_1_that_wakes_nobody_is_a_warning(alone: Terminal, nowhere: Path) -> None:
    (nowhere / "incident.yaml").write_text(GOOD.replace(", contacts: [{via: console}]", ""))
    keys = [warning["key"] for warning in alone.json("check", "--json")["warnings"]]
    assert keys == ["people.alice", "policies.night"]


def test_the_schema_is_json(alone: Terminal) -> None:
    assert set(alone.json("check", "--schema")["required"]) == {
        "people",
        "policies",
        "services",
        "default_service",
    }


def test_a_good_file_is_put_in_force_by_hand(terminal: ConnectedTerminal, nowhere: Path) -> None:
    (nowhere / "incident.yaml").write_text(GOOD)
    assert terminal.json("check", "--accept", "--json")["version"] == 2
    assert set(terminal.ledger.read(configuration_in_force)[1].people) == {"alice"}


def test_a_broken_file_is_not_put_in_force(terminal: ConnectedTerminal, nowhere: Path) -> None:
    (nowhere / "incident.yaml").write_text("people: {}")
    assert terminal.run("check", "--accept").exit_code == 1
    assert set(terminal.ledger.read(configuration_in_force)[1].people) == {"alice", "bob"}


def test_an_audit_of_a_sound_ledger_succeeds(terminal: ConnectedTerminal) -> None:
    terminal.open_incident()
    done = terminal.run("audit")
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, "nothing was lost")


def test_an_audit_fails_when_an_alert_has_no_end_state(terminal: ConnectedTerminal) -> None:
    terminal.desk.accept()
    done = terminal.run("audit", "--json")
    assert (done.exit_code, json.loads(done.stdout)["ok"]) == (1, False)
    assert "alert without end state" in terminal.run("audit").stdout


def test_an_audit_fails_when_a_page_was_owed_and_not_sent(terminal: ConnectedTerminal) -> None:
    terminal.desk.open()
    terminal.desk.climb(0)
    assert terminal.run("audit").exit_code == 1
    assert "page owed and not sent" in terminal.run("audit").stdout


def sample(dialect: str) -> Path:
    return min((PAYLOADS / dialect).glob("*.json"))


def test_what_could_not_be_read_is_said_beside_the_alerts(alone: Terminal) -> None:
    body = json.dumps({"title": "Slow", "fingerprint": "f1", "starts_at": "soon"})
    done = alone.run("alerts", "parse", "--source", "generic", "-", stdin=body)
    assert [alert["fingerprint"] for alert in json.loads(done.stdout)] == ["f1"]
    assert done.stderr.strip() == (
        "not read: starts_at: 'soon' is no time that can be read; it counts as not said"
    )


def test_alerts_are_printed_with_exactly_the_documented_fields(alone: Terminal) -> None:
    body = {"title": "Slow", "severity": "sev2", "starts_at": "2026-11-23T04:10:00+01:00", "labels": {"a": 1}}
    (alert,) = alone.json("alerts", "parse", "--source", "generic", "-", stdin=json.dumps(body))
    fingerprint = alert.pop("fingerprint")
    assert fingerprint
    assert alert == {
        "source": "generic",
        "status": "firing",
        "title": "Slow",
        "description": "",
        "severity": "error",
        "severity_native": "sev2",
        "service": None,
        "labels": {"a": "1"},
        "starts_at": "2026-11-23T03:10:00Z",
        "ends_at": None,
        "url": None,
    }


def test_alerts_of_a_file_are_printed(alone: Terminal) -> None:
    header = ["--header", "Content-Type: application/json"]
    found = alone.json("alerts", "parse", "--source", "alertmanager", *header, str(sample("alertmanager")))
    assert found[0]["source"] == "alertmanager"


@pytest.mark.parametrize(
    ("source", "body", "sentence"),
    [
        pytest.param("nagios4", "{}", "no dialect is called 'nagios4'; known: ", id="an unknown source"),
        pytest.param("generic", "{", "the body is no JSON (line 1, column 2); ", id="no JSON"),
        pytest.param("generic", b"\xff", "the body is not UTF-8 (byte 0); ", id="no text"),
        pytest.param("generic", "1" * 5000, "the body holds a number", id="a number without end"),
        pytest.param("generic", "[" * 100_000, "the body is nested too deeply; ", id="nested without end"),
        pytest.param("generic", "{}", "title: is required", id="a wrong shape"),
    ],
)
def test_a_message_that_is_not_understood_is_one_sentence(
    alone: Terminal, source: str, body: Any, sentence: str
) -> None:
    done = alone.run("alerts", "parse", "--source", source, "-", stdin=body)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith(sentence)
    assert done.stderr.count("\n") == 1


def test_a_message_that_is_a_form_is_read_like_any_other(alone: Terminal) -> None:
    file = str(PAYLOADS / "uptime_kuma" / "v253_keyword_form_down.multipart.txt")
    (alert,) = alone.json("alerts", "parse", "--source", "uptime_kuma", file)
    assert (alert["title"], alert["status"]) == ("Keyword ü <b>", "firing")


def test_a_message_that_only_names_a_condition_has_no_title(alone: Terminal) -> None:
    file = str(PAYLOADS / "pagerduty_events_v2" / "resolved.json")
    (alert,) = alone.json("alerts", "parse", "--source", "pagerduty_events_v2", file)
    assert (alert["title"], alert["fingerprint"]) == (None, "db1/replication")


def test_a_message_of_an_unknown_sender_is_recognised_and_the_reason_told(alone: Terminal) -> None:
    done = alone.run(
        "alerts", "parse", "--source", "auto", "-", stdin='{"check_id": 1, "check_name": "Shop"}'
    )
    (alert,) = json.loads(done.stdout)
    assert (done.exit_code, alert["source"], alert["title"]) == (0, "pingdom", "Shop")
    assert done.stderr.splitlines() == [
        "read as pingdom: it has check_id, check_name",
        "not read: no status was found; it counts as firing",
    ]


def test_a_message_without_any_mark_is_read_as_our_own(alone: Terminal) -> None:
    done = alone.run("alerts", "parse", "--source", "auto", "-", stdin="{}")
    assert done.exit_code == 1
    assert done.stderr.startswith("read as generic: it has no mark of any monitor\ntitle: is required")


def test_a_missing_file_is_one_sentence(alone: Terminal) -> None:
    assert alone.fails("alerts", "parse", "--source", "generic", "gone.json") == (
        "gone.json: No such file or directory"
    )


def test_a_header_that_is_none_is_a_wrong_command(alone: Terminal) -> None:
    done = alone.run("alerts", "parse", "--source", "generic", "--header", "nonsense", "-", stdin="{}")
    assert done.exit_code == 2


def test_who_is_on_call_by_the_configuration_in_force(terminal: ConnectedTerminal) -> None:
    (duty,) = terminal.json("oncall", "--at", "2026-11-23T04:10+01:00", "--json")
    assert duty == {
        "schedule": "primary",
        "at": "2026-11-23T03:10:00Z",
        "on_call": ["alice"],
        "until": "2026-11-23T08:00:00Z",
        "next": {"on_call": ["bob"], "start": "2026-11-23T08:00:00Z"},
    }
    now = datetime.now(UTC)
    assert terminal.run("oncall").stdout.startswith("primary: ")
    assert terminal.run("oncall", "--at", now.isoformat(), "--schedule", "primary").exit_code == 0


def test_who_is_on_call_by_a_file(alone: Terminal, nowhere: Path) -> None:
    (nowhere / "incident.yaml").write_text(GAP)
    (duty,) = alone.json("oncall", "--json")
    assert (duty["schedule"], duty["on_call"], duty["until"], duty["next"]) == ("night", [], None, None)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        pytest.param(
            ["--schedule", "x"], "'x' is not under schedules:; known: primary", id="unknown schedule"
        ),
        pytest.param(["--at", "noon"], "'noon' is no instant; write a time with an offset", id="no time"),
        pytest.param(["--at", "2026-11-23T03:10"], "'2026-11-23T03:10' is no instant; ", id="no offset"),
    ],
)
def test_a_question_that_has_no_answer_is_one_sentence(
    terminal: ConnectedTerminal, arguments: list[str], sentence: str
) -> None:
    assert terminal.fails("oncall", *arguments).startswith(sentence)


def resolve(alone: Terminal, schedule: Any, *asked: str) -> Any:
    return alone.json("oncall", "resolve", "-", *asked, stdin=json.dumps(schedule))


def test_a_schedule_in_the_neutral_format_is_resolved_at_an_instant(alone: Terminal) -> None:
    assert resolve(alone, WEEKLY, "--at", "2027-03-02T00:00Z") == ["ben"]


def test_a_schedule_in_the_neutral_format_is_resolved_over_a_window(alone: Terminal) -> None:
    window = "--from", "2027-03-02T00:00Z", "--to", "2027-03-09T00:00Z"
    assert resolve(alone, WEEKLY, *window) == [
        {"start": "2027-03-02T00:00:00Z", "end": "2027-03-08T08:00:00Z", "on_call": ["ben"]},
        {"start": "2027-03-08T08:00:00Z", "end": "2027-03-09T00:00:00Z", "on_call": ["ada"]},
    ]


def test_a_batch_is_answered_in_one_go(alone: Terminal, nowhere: Path) -> None:
    at = {"schedule": WEEKLY, "at": "2027-03-02T00:00:00Z"}
    window = {"schedule": WEEKLY, "from": "2027-03-02T00:00:00Z", "to": "2027-03-02T01:00:00Z"}
    (nowhere / "batch.json").write_text(json.dumps({"cases": [at, window]}))
    names, shifts = alone.json("oncall", "resolve", "--batch", "batch.json")
    assert (names, [shift["on_call"] for shift in shifts]) == (["ben"], [["ben"]])


def test_a_case_that_cannot_be_answered_does_not_spoil_the_batch(alone: Terminal, nowhere: Path) -> None:
    good = {"schedule": WEEKLY, "at": "2027-03-02T00:00:00Z"}
    bad = {"schedule": WEEKLY | {"timezone": "Mars"}, "at": "2027-03-02T00:00:00Z"}
    (nowhere / "batch.json").write_text(json.dumps({"cases": [bad, good]}))
    done = alone.run("oncall", "resolve", "--batch", "batch.json")
    error, names = json.loads(done.stdout)
    assert (done.exit_code, names) == (1, ["ben"])
    assert error["error"].startswith("timezone: unknown time zone 'Mars'")


@pytest.mark.parametrize(
    ("schedule", "asked", "exit_code", "sentence"),
    [
        pytest.param(
            WEEKLY, ["--at", "2027-03-02T00:00"], 1, "is no instant; write a time with an", id="no offset"
        ),
        pytest.param(WEEKLY, [], 2, "ask either --at TIME, or --from TIME --to TIME", id="no question"),
        pytest.param(
            {"timezone": "UTC", "layers": [{"user": []}]},
            ["--at", "2027-03-02T00:00Z"],
            1,
            "layers.0.user: there is no such key; did you mean users?",
            id="an unknown key",
        ),
        pytest.param([], ["--at", "2027-03-02T00:00Z"], 1, "schedule: must be an object", id="no schedule"),
    ],
)
def test_a_schedule_that_cannot_be_resolved_is_one_sentence(
    alone: Terminal, schedule: Any, asked: list[str], exit_code: int, sentence: str
) -> None:
    done = alone.run("oncall", "resolve", "-", *asked, stdin=json.dumps(schedule))
    assert (done.exit_code, done.stdout) == (exit_code, "")
    assert sentence in done.stderr
