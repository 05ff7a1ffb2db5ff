"""Does somebody learn what would happen to an alert, and why one led to an incident?"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from incident.triage import QUESTIONS
from tests.incident.organisations import SOUND
from tests.ledger.desk import Desk
from tests.service.cli.terminal import ConnectedTerminal, Terminal

FILE = (
    SOUND
    + """\
routes:
  - match: ['job=~"pg.*"']
    severity: 1
thresholds:
  - {match: [noise=yes], at_least: 3, within: 10m}
"""
)


def payload(**changes: Any) -> str:
    return json.dumps(
        {"title": "Error rate", "severity": "critical", "service": "checkout", "fingerprint": "f9"} | changes
    )


def explained(terminal: Terminal, body: str, *more: str) -> Any:
    return terminal.json("alerts", "explain", "-", "--source", "generic", "--json", *more, stdin=body)


@pytest.fixture
def alone(nowhere: Path) -> Terminal:
    (nowhere / "incident.yaml").write_text(FILE)
    return Terminal()


class TestInTheSystem:
    def test_every_question_is_named_in_its_order_and_nothing_is_kept(
        self, terminal: ConnectedTerminal
    ) -> None:
        found = explained(terminal, payload())

        (alert,) = found["alerts"]
        assert [step["question"] for step in alert["steps"]] == ["route"] + [name for name, _ in QUESTIONS]
        assert [step["question"] for step in alert["steps"] if step["decides"]] == ["open"]
        assert (alert["end_state"], alert["policy"], found["basis"]) == ("opened", "checkout", "ledger")
        assert Desk(terminal.ledger).timeline() == []

    def test_what_is_open_there_counts(self, terminal: ConnectedTerminal) -> None:
        terminal.desk.open(datetime.now(UTC))

        (alert,) = explained(terminal, payload())["alerts"]

        assert (alert["end_state"], alert["incident"]) == ("attached", "INC-1")
        assert alert["reason"] == "INC-1 is open for the same service, checkout"

    def test_a_service_that_is_not_known_is_named(self, terminal: ConnectedTerminal) -> None:
        (alert,) = explained(terminal, payload(service="chekout"))["alerts"]
        assert alert["steps"][0]["reason"].startswith("the alert names chekout, which is no service here")

    def test_it_reads_well_on_a_screen(self, terminal: ConnectedTerminal) -> None:
        done = terminal.run("alerts", "explain", "-", "--source", "auto", stdin=payload())

        assert done.exit_code == 0
        shown = " ".join(done.stdout.split())
        assert "alert 1 of 1: Error rate · firing · critical · service checkout" in shown
        assert "- route the alert names service checkout" in shown
        assert "it would be opened: severity 1, a critical alert on a service that customers use" in shown


class TestByAFile:
    def test_it_needs_no_system_and_says_what_it_cannot_know(self, alone: Terminal) -> None:
        found = explained(alone, payload(labels={"job": "pg1"}, severity="warning"))

        (alert,) = found["alerts"]
        assert alert["proposed_severity"] == 1
        assert 'routes[0] (job=~"pg.*"): severity 1' in alert["reason"]
        assert found["notes"] == [
            "by incident.yaml alone: nothing is open, silenced or firing, and nothing came before"
        ]

    def test_what_one_alert_opens_is_open_for_the_next(self, alone: Terminal) -> None:
        body = f"[{payload()}, {payload(fingerprint='f10')}]"

        first, second = explained(alone, body)["alerts"]

        assert first["end_state"] == "opened"
        assert second["reason"] == "the incident of alert 1 is open for the same service, checkout"

    def test_a_threshold_holds_back_the_first(self, alone: Terminal) -> None:
        (alert,) = explained(alone, payload(labels={"noise": "yes"}))["alerts"]

        assert (alert["end_state"], alert["reason"]) == (
            "below_threshold",
            "thresholds[0]: 1 of 3 alerts within 10m",
        )

    def test_a_source_that_nobody_knows_is_told_with_those_that_exist(self, alone: Terminal) -> None:
        done = alone.run("alerts", "explain", "-", "--source", "nagiosx", stdin=payload())

        assert done.exit_code == 1
        assert "no source and no dialect is called 'nagiosx'; known: alertmanager, " in done.stderr


class TestWhy:
    def test_an_incident_tells_why_its_alerts_led_there(self, terminal: ConnectedTerminal) -> None:
        now = datetime.now(UTC)
        terminal.desk.open(now)
        terminal.desk.take(now, fingerprint="f2", title="Latency")

        found = terminal.json("why", "INC-1", "--json")

        assert found["severity_reason"] == "a critical alert on a service that customers use"
        assert [(alert["title"], alert["end_state"], alert["reason"]) for alert in found["alerts"]] == [
            ("Error rate", "opened", "nothing is open for checkout"),
            ("Latency", "attached", "INC-1 is open for the same service, checkout"),
        ]
        assert "nothing is open" in terminal.run("why", "INC-1").stdout
