"""Does one alert become a managed incident, from webhook to retrospective, through real programs?"""

from __future__ import annotations

import json

import pytest

from incident.configuration import Role
from incident.lifecycle import Status
from incident.severity import Severity
from incident.story import Audience
from incident.timeline import Kind
from tests.e2e.promises import assert_kept
from tests.e2e.system import Running

pytestmark = pytest.mark.engine


def test_an_alert_becomes_an_incident_that_is_managed_to_its_end(system: Running, full_run: str) -> None:
    story = system.story(full_run)
    assert story.status is Status.CLOSED
    assert all(times.started_at and times.finished_at for times in story.phases)
    assert_kept(system, [full_run])


def test_the_command_line_finds_that_nothing_was_lost(system: Running, full_run: str) -> None:
    audited = system.command("audit", "--json")
    assert audited.returncode == 0, audited.stdout + audited.stderr
    assert full_run in {alert["incident"] for alert in json.loads(audited.stdout)["alerts"]}


def test_each_step_of_the_manager_has_its_effect(system: Running, full_run: str) -> None:
    story = system.story(full_run)
    assert [standing.purpose for standing in story.escalations] == [
        "incident manager",
        "tech lead, severity 2",
        "communications manager, severity 2",
        "tech lead, severity 1",
        "communications manager, severity 1",
    ]
    assert story.severity is Severity.CRITICAL
    outside = [update.state for update in story.updates if update.audience is Audience.EXTERNAL]
    assert outside == ["investigating", "identified", "identified", "resolved"]
    assert any("we know the cause" in update.body for update in story.updates)
    assert [held.person for held in story.roles if held.role is Role.COMMUNICATIONS][-1] == "bob"
    assert [fact.text for fact in story.timeline if fact.kind is Kind.OBSERVATION]
