"""Does somebody who writes a mapping see what each of its expressions finds?"""

import json
from pathlib import Path

import pytest

from tests.service.cli.terminal import Terminal

ORGANISATION = """
people:
  alice: {name: Alice, contacts: [{via: console}]}
policies:
  checkout: {levels: [{targets: [{person: alice}], wait: 5m}]}
services:
  database: {policy: checkout}
default_service: database
sources:
  generic: {dialect: generic}
  backups:
    dialect: mapped
    mapping:
      alerts: jobs
      title: join(' ', [host, job])
      fingerprint: job
      status: {resolved: state == 'done', firing: state == 'broken'}
      starts_at: began
      severity: urgency.level
"""
BODY = {"jobs": [{"host": "db1", "job": "backup", "state": "broken", "began": "last night"}]}


@pytest.fixture
def alone(nowhere: Path) -> Terminal:
    (nowhere / "incident.yaml").write_text(ORGANISATION)
    return Terminal()


def test_each_field_shows_its_expression_and_what_it_finds(alone: Terminal) -> None:
    done = alone.run("alerts", "try", "-", "--source", "backups", stdin=json.dumps(BODY))
    assert done.exit_code == 0, done.output
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert "title join(' ', [host, job]) -> 'db1 backup'" in lines
    assert "status.firing state == 'broken' -> True" in lines
    assert "severity urgency.level -> nothing (null): is the name spelled as in the message?" in lines
    assert "= fingerprint backup" in lines
    assert "not read: jobs[0].began: 'last night' is no time that can be read; it counts as not said" in lines


def test_programs_get_the_same_as_json(alone: Terminal) -> None:
    trial = alone.json("alerts", "try", "-", "--source", "backups", "--json", stdin=json.dumps(BODY))
    assert set(trial) == {"source", "dialect", "alerts", "remarks"}
    (alert,) = trial["alerts"]
    assert alert["alert"]["source"] == "backups"
    assert alert["fields"][0] == {
        "field": "title",
        "expression": "join(' ', [host, job])",
        "value": "db1 backup",
        "problem": "",
    }


def test_a_source_with_a_dialect_is_tried_without_expressions(alone: Terminal) -> None:
    done = alone.run("alerts", "try", "-", "--source", "generic", stdin='{"title": "Slow"}')
    assert "= title           Slow" in done.stdout
    assert "not read: nothing names the condition" in done.stdout


def test_a_message_without_alerts_says_so(alone: Terminal) -> None:
    done = alone.run("alerts", "try", "-", "--source", "backups", stdin='{"jobs": []}')
    assert done.stdout.strip() == "no alert: the message is accepted, and opens nothing"


def test_a_message_that_would_be_refused_is_refused(alone: Terminal) -> None:
    (Path("body.json")).write_text("{}")
    refused = alone.fails("alerts", "try", "body.json", "--source", "backups")
    assert refused == "body: alerts: jobs finds null here, no list"


def test_a_source_that_nobody_configured_is_told_the_known_ones(alone: Terminal) -> None:
    (Path("body.json")).write_text("{}")
    assert alone.fails("alerts", "try", "body.json", "--source", "backup") == (
        "no source 'backup'; known: backups, generic"
    )


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        pytest.param(
            "title: join(' ', [host, job])",
            "title: join(' ', [host",
            "incident.yaml:15: sources.backups.mapping.title: \"join(' ', [host\" is no JMESPath expression",
            id="an expression that does not compile",
        ),
        pytest.param(
            "firing: state ==",
            "firing: shout(state) ==",
            "incident.yaml:17: sources.backups.mapping.status.firing:",
            id="a function that nobody knows",
        ),
        pytest.param(
            "dialect: mapped",
            "dialect: generic",
            "incident.yaml:13: sources.backups.mapping: is for dialect: mapped",
            id="a mapping that would not be used",
        ),
        pytest.param(
            "generic: {dialect: generic}",
            "generic: {dialect: mapped}",
            "incident.yaml:10: sources.generic.dialect: needs mapping:",
            id="a dialect that needs one",
        ),
    ],
)
def test_a_mapping_that_cannot_work_is_refused_on_its_line(
    alone: Terminal, old: str, new: str, problem: str
) -> None:
    assert old in ORGANISATION
    Path("incident.yaml").write_text(ORGANISATION.replace(old, new))
    done = alone.run("check")
    assert done.exit_code == 1
    assert problem in done.stdout, done.stdout
