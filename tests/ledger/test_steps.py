"""Is each turn of the resolution loop written once?"""

import pytest

from incident.decisions import Outcome, ResolutionStep, Step
from incident.errors import TransitionError
from incident.lifecycle import Status
from incident.severity import Severity
from incident.timeline import Kind
from ledger.escalations import advance
from ledger.steps import change_severity, resolve, write_finding
from tests.ledger.desk import Desk, at, together
from tests.ledger.life import assess

EXPERIMENT = ResolutionStep(step=Step.EXPERIMENT, text="rolled back to 1.4", outcome=Outcome.PROVED)


@pytest.fixture(autouse=True)
def assessed(desk: Desk) -> None:
    desk.open()
    assess(desk)


def test_a_finding_is_a_line_of_the_timeline_with_its_outcome(desk: Desk) -> None:
    fact = desk.ledger.write(write_finding, "INC-1", "resolve-1", EXPERIMENT, "alice", at(9))
    assert (fact.kind, fact.text, fact.by) == (Kind.EXPERIMENT, "rolled back to 1.4", "alice")
    assert fact.data == {"decision": "resolve-1", "outcome": "proved"}


def test_a_finding_is_written_once_per_decision(desk: Desk) -> None:
    works = [lambda: desk.ledger.write(write_finding, "INC-1", "resolve-1", EXPERIMENT, "alice", at(9))] * 4
    assert len({fact.id for fact in together(*works)}) == 1
    assert desk.said("experiment") == ["rolled back to 1.4"]


def test_a_severity_changes_once_per_decision_and_remembers_the_one_before(desk: Desk) -> None:
    change = ("INC-1", "resolve-1", Severity.CRITICAL, "all shops", "alice", at(9))
    assert desk.ledger.write(change_severity, *change) is Severity.MAJOR
    assert desk.ledger.write(change_severity, *change) is Severity.MAJOR
    assert desk.incident().severity is Severity.CRITICAL
    assert desk.said("severity")[-1] == "from 2 to 1: all shops"


def test_a_resolved_incident_is_resolved_once_and_wakes_nobody(desk: Desk) -> None:
    desk.climb(5)
    resolve_it = ("INC-1", "rolled back", "alice", at(9))
    together(*[lambda: desk.ledger.write(resolve, *resolve_it)] * 3)
    assert (desk.incident().status, desk.incident().resolved_at) == (Status.RESOLVED, at(9))
    assert desk.said("resolved") == ["rolled back"]
    assert desk.pages() == [("alice", "dropped")]
    assert desk.ledger.write(advance, 1, at(60)) == ()


def test_the_severity_of_a_resolved_incident_does_not_change(desk: Desk) -> None:
    desk.ledger.write(resolve, "INC-1", "rolled back", "alice", at(9))
    with pytest.raises(TransitionError):
        desk.ledger.write(change_severity, "INC-1", "resolve-2", Severity.MINOR, "", "alice", at(10))
