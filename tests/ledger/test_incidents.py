"""How does an incident begin, move and end in the ledger?"""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlmodel import Session

from incident.alert import AlertSeverity
from incident.configuration import Role
from incident.decisions import Assessment
from incident.errors import NotFoundError, TransitionError
from incident.lifecycle import Phase, Status
from incident.severity import Severity
from ledger import incidents
from ledger.configurations import accept_configuration
from ledger.incidents import close, enter_phase, find_incident, give_role, leave_phase, live_incidents
from ledger.steps import resolve
from ledger.tables import EscalationRow, PhaseRow, RoleRow
from tests.incident.organisations import organisation
from tests.ledger.desk import Desk, at, together
from tests.ledger.life import assess

MONDAY_AT_NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)


def _give(desk: Desk, person: str, minutes: float, role: Role = Role.MANAGER) -> bool:
    def give(session: Session) -> bool:
        return give_role(session, find_incident(session, "INC-1"), role, person, "alice", at(minutes))

    return desk.ledger.write(give)


def test_a_new_incident_carries_the_proposal_and_its_reason(desk: Desk) -> None:
    incident = desk.open()
    assert (incident.severity, incident.severity_proposed) == (Severity.CRITICAL, Severity.CRITICAL)
    assert incident.severity_reason == "a critical alert on a service that customers use"
    assert desk.timeline()[0] == ("opened", "Error rate (alertmanager): nothing is open for checkout")


@pytest.mark.parametrize(
    ("severity", "service", "first_at"),
    [
        pytest.param(AlertSeverity.CRITICAL, {}, at(0), id="severity 1 pages at once, day or night"),
        pytest.param(AlertSeverity.ERROR, {}, at(0), id="severity 2 does too"),
        pytest.param(AlertSeverity.WARNING, {}, MONDAY_AT_NINE, id="severity 3 waits for the morning"),
        pytest.param(
            AlertSeverity.WARNING, {"page_at_night": True}, at(0), id="unless the service says otherwise"
        ),
    ],
)
def test_the_first_page_is_due(
    desk: Desk, severity: AlertSeverity, service: dict[str, Any], first_at: datetime
) -> None:
    services = {"checkout": {"policy": "checkout", **service}}
    desk.ledger.write(accept_configuration, organisation(services=services), at(-1))
    desk.open(severity=severity)
    assert desk.escalation().next_at == first_at
    assert bool(desk.said("held back")) == (first_at != at(0))


def test_the_prefix_of_the_organisation_is_in_the_key(desk: Desk) -> None:
    desk.ledger.write(accept_configuration, organisation(organisation={"incident_prefix": "OPS"}), at(-1))
    assert desk.open().key == "OPS-1"


def test_an_unknown_key_is_answered_with_the_newest_ones(desk: Desk) -> None:
    with pytest.raises(NotFoundError, match="no incident INC-9; the newest are: none yet"):
        desk.ledger.read(find_incident, "INC-9")
    desk.open()
    with pytest.raises(NotFoundError, match="the newest are: INC-1"):
        desk.ledger.read(find_incident, "INC-9")


def test_a_phase_begins_once_and_ends_once(desk: Desk) -> None:
    desk.open()
    for minutes in (1, 2):
        desk.ledger.write(enter_phase, "INC-1", Phase.CHANNELS, at(minutes))
    for minutes in (3, 4):
        desk.ledger.write(leave_phase, "INC-1", Phase.CHANNELS, at(minutes))
    (row,) = desk.rows(PhaseRow)
    assert (row.phase, row.started_at, row.finished_at) == (Phase.CHANNELS, at(1), at(3))
    assert desk.incident().phase is Phase.CHANNELS


def test_a_phase_that_was_never_entered_does_not_end(desk: Desk) -> None:
    desk.open()
    desk.ledger.write(leave_phase, "INC-1", Phase.TELL, at(1))
    assert desk.rows(PhaseRow) == []


def test_processes_that_enter_a_phase_at_once_begin_it_once(desk: Desk) -> None:
    desk.open()
    together(*[lambda: desk.ledger.write(enter_phase, "INC-1", Phase.DETECT, at(1))] * 4)
    assert len(desk.rows(PhaseRow)) == 1


def test_an_assessment_makes_the_severity_a_persons(desk: Desk) -> None:
    desk.open()
    assess(desk, severity=3)
    incident = desk.incident()
    assert (incident.status, incident.severity, incident.assessed_at) == (Status.ASSESSED, 3, at(5))
    assert incident.severity_proposed == Severity.CRITICAL
    assert incident.assessment == Assessment(severity=Severity.MINOR, impact="Nobody can pay.")


def test_an_incident_that_was_none_is_dismissed_and_wakes_nobody(desk: Desk) -> None:
    desk.open()
    desk.climb(0)
    assess(desk, is_incident=False, reason="a drill")
    assert (desk.incident().status, desk.incident().summary) == (Status.DISMISSED, "a drill")
    assert desk.pages() == [("alice", "dropped")]
    assert desk.rows(EscalationRow)[0].next_at is None


def test_an_incident_is_assessed_once(desk: Desk) -> None:
    desk.open()
    assess(desk)
    with pytest.raises(TransitionError):
        assess(desk)


def test_a_closed_incident_is_closed_once(desk: Desk) -> None:
    desk.open()
    assess(desk)
    desk.ledger.write(resolve, "INC-1", "rolled back", "alice", at(30))
    for minutes in (40, 50):
        desk.ledger.write(close, "INC-1", at(minutes))
    assert (desk.incident().status, desk.incident().closed_at) == (Status.CLOSED, at(40))
    assert len(desk.said("closed")) == 1


def test_a_dismissed_incident_stays_dismissed_when_it_is_closed(desk: Desk) -> None:
    desk.open()
    assess(desk, is_incident=False, reason="a drill")
    desk.ledger.write(close, "INC-1", at(40))
    assert (desk.incident().status, desk.incident().closed_at) == (Status.DISMISSED, at(40))


def test_live_incidents_still_need_people(desk: Desk) -> None:
    desk.open()
    assert [row.key for row in desk.ledger.read(live_incidents)] == ["INC-1"]
    assess(desk, is_incident=False, reason="a drill")
    assert desk.ledger.read(live_incidents) == []


def test_a_role_is_handed_over_and_its_history_kept(desk: Desk) -> None:
    desk.open()
    assert _give(desk, "alice", 1)
    assert not _give(desk, "alice", 2)
    assert _give(desk, "bob", 3)
    held = [(row.person, row.since, row.until) for row in desk.rows(RoleRow)]
    assert held == [("alice", at(1), at(3)), ("bob", at(3), None)]
    assert desk.said("role")[-1] == "bob is incident manager, taking over from alice"


def test_a_role_has_one_holder_whoever_gives_it_at_once(desk: Desk) -> None:
    desk.open()
    together(lambda: _give(desk, "alice", 1), lambda: _give(desk, "bob", 1))
    assert sum(row.until is None for row in desk.rows(RoleRow)) == 1


def test_the_configuration_of_an_incident_is_the_one_it_was_opened_with(desk: Desk) -> None:
    desk.open()
    desk.ledger.write(accept_configuration, organisation(organisation={"name": "Other"}), at(1))
    incident, configuration = desk.ledger.read(incidents.configuration_for, "INC-1")
    assert (incident.key, configuration) == ("INC-1", organisation())
