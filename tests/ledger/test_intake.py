"""Is every alert that was accepted safe, and does each end in one state?"""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from time import sleep
from typing import Any

import pytest
from sqlalchemy.exc import StatementError

from incident.alert import AlertStatus, EndState
from incident.lifecycle import Status
from ledger.configurations import accept_configuration
from ledger.intake import accept_delivery, alert_outcome, reject_delivery, untriaged
from ledger.steps import resolve
from ledger.tables import AlertRow, DeliveryRow, EscalationRow, IncidentRow, RunRow
from tests.incident.organisations import organisation
from tests.ledger.desk import START, Desk, alert, at, together
from tests.ledger.life import assess

TWO = organisation(services={"checkout": {"policy": "checkout"}, "search": {"policy": "checkout"}})


def test_a_delivery_is_kept_word_for_word_with_all_of_its_alerts(desk: Desk) -> None:
    two = [alert(), alert(fingerprint="f2")]
    assert desk.ledger.write(accept_delivery, "alertmanager", b"\x00{ }", two, START) == [1, 2]
    assert desk.rows(DeliveryRow)[0].body == b"\x00{ }"
    assert [row.alert for row in desk.rows(AlertRow)] == two


def test_a_delivery_whose_second_alert_cannot_be_kept_leaves_nothing(desk: Desk) -> None:
    broken = alert().model_copy(update={"status": "never heard of"})
    with pytest.raises(StatementError, match="never heard of"):
        desk.ledger.write(accept_delivery, "alertmanager", b"{}", [alert(), broken], START)
    assert desk.rows(DeliveryRow) == desk.rows(AlertRow) == []


def test_what_could_not_be_understood_is_kept_with_the_reason(desk: Desk) -> None:
    desk.ledger.write(reject_delivery, "generic", b"hello", "title: is missing", START)
    (row,) = desk.rows(DeliveryRow)
    assert (row.source, row.body, row.problem) == ("generic", b"hello", "title: is missing")


def test_an_alert_that_nobody_triaged_is_found_once_its_door_had_its_chance(desk: Desk) -> None:
    number = desk.accept(at(0))
    assert desk.ledger.read(untriaged, at(0)) == []
    assert desk.ledger.read(untriaged, at(1)) == [number]
    desk.triage(number, at(1))
    assert desk.ledger.read(untriaged, at(2)) == []


def test_triage_a_second_time_changes_nothing(desk: Desk) -> None:
    number = desk.accept()
    first = desk.triage(number)
    lines = desk.timeline()
    again = desk.triage(number, at(5))
    assert first is not None
    assert again is not None
    assert again.key == first.key
    assert desk.timeline() == lines


def test_an_alert_opens_an_incident_with_its_escalation_and_its_run(desk: Desk) -> None:
    incident = desk.open()
    assert incident.key == "INC-1"
    assert [row.purpose for row in desk.rows(EscalationRow)] == ["incident manager"]
    assert [row.key for row in desk.rows(RunRow)] == ["INC-1/page/1", "INC-1/respond/story"]


@pytest.mark.parametrize(
    ("changes", "end_state", "incident"),
    [
        pytest.param({}, EndState.DUPLICATE, None, id="the same firing again is a duplicate"),
        pytest.param(
            {"starts_at": at(2)}, EndState.ATTACHED, "INC-1", id="a re-fire belongs to the open incident"
        ),
        pytest.param(
            {"fingerprint": "f2"}, EndState.ATTACHED, "INC-1", id="another one of the same service does too"
        ),
        pytest.param(
            {"fingerprint": "f2", "service": "search"},
            EndState.OPENED,
            "INC-2",
            id="another service is another incident",
        ),
        pytest.param(
            {"status": AlertStatus.RESOLVED},
            EndState.RESOLVED,
            "INC-1",
            id="recovery is told to the incident",
        ),
        pytest.param(
            {"status": AlertStatus.INFO}, EndState.BELOW_THRESHOLD, None, id="information wakes nobody"
        ),
    ],
)
def test_each_alert_ends_in_one_state(
    desk: Desk, changes: dict[str, Any], end_state: EndState, incident: str | None
) -> None:
    desk.ledger.write(accept_configuration, TWO, at(-1))
    desk.open()
    number = desk.accept(at(3), **changes)
    desk.triage(number, at(3))
    row, key = desk.ledger.read(alert_outcome, number)
    assert (row.end_state, key) == (end_state, incident)
    assert row.reason


def test_recovery_reaches_its_incident_through_a_flood_of_other_alerts(desk: Desk) -> None:
    desk.open()
    flood = [alert(fingerprint=f"other-{number}") for number in range(60)]
    for number in desk.ledger.write(accept_delivery, "alertmanager", b"{}", flood, at(1)):
        desk.triage(number, at(1))
    desk.take(at(2), status=AlertStatus.RESOLVED)
    assert len(desk.said("recovered")) == 1


def test_the_same_alert_fifty_times_at_once_is_one_incident_and_one_escalation(desk: Desk) -> None:
    incidents = together(*[partial(desk.take)] * 50)
    assert len(desk.rows(AlertRow)) == 50
    assert {row.end_state for row in desk.rows(AlertRow)} == {EndState.OPENED, EndState.DUPLICATE}
    assert {incident.key for incident in incidents if incident} == {"INC-1"}
    assert len(desk.rows(IncidentRow)) == len(desk.rows(EscalationRow)) == 1
    assert len(desk.rows(RunRow)) == 2


def test_an_alert_is_triaged_once_by_its_door_and_the_watchdog_at_the_same_moment(desk: Desk) -> None:
    number = desk.accept()
    found = together(*[lambda: desk.triage(number)] * 4)
    assert [incident.key for incident in found if incident] == ["INC-1"] * 4
    assert len(desk.said("opened")) == 1


def test_an_alert_that_comes_while_its_incident_is_being_resolved_opens_a_new_one(desk: Desk) -> None:
    desk.open()
    assess(desk)
    number = desk.accept(at(10), starts_at=at(9))
    with ThreadPoolExecutor(1) as pool:
        with desk.ledger.transaction() as session:
            resolve(session, "INC-1", "rolled back", "alice", at(9))
            triaging = pool.submit(desk.triage, number, at(10))
            sleep(0.05)
            assert not triaging.done()
        triaging.result()
    assert [row.status for row in desk.rows(IncidentRow)] == [Status.RESOLVED, Status.OPEN]
