"""Are many deliveries kept at once as they would be one by one, and their alerts triaged in slices?"""

from datetime import datetime

import pytest
from pydantic import ValidationError
from sqlalchemy.exc import StatementError

from incident.alert import Alert, AlertSeverity, AlertStatus, EndState
from ledger.deliveries import Delivery, accept_deliveries, accept_each
from ledger.intake import accept_delivery
from ledger.slices import next_alerts, triage_next
from ledger.tables import AlertRow, DeliveryRow, IncidentRow
from tests.ledger.desk import START, Desk, alert, at


def delivery(*alerts: Alert, body: bytes = b"{}", problem: str = "") -> Delivery:
    return Delivery("alertmanager", body, START, alerts, problem)


def broken() -> Alert:
    return alert().model_copy(update={"status": "never heard of"})


def never() -> bool:
    return False


def clock() -> datetime:
    return at(1)


def test_a_group_is_kept_as_its_deliveries_would_be_one_by_one(desk: Desk) -> None:
    alerts = (alert(), alert(fingerprint="f2", severity=AlertSeverity.WARNING))
    desk.ledger.write(accept_delivery, "alertmanager", b"\x00", alerts, START)
    (numbers,) = desk.ledger.write(accept_deliveries, [delivery(*alerts, body=b"\x00")])
    alone, together = desk.rows(DeliveryRow)
    assert alone.model_dump(exclude={"id"}) == together.model_dump(exclude={"id"})
    rows = [row.model_dump(exclude={"id", "delivery_id"}) for row in desk.rows(AlertRow)]
    assert rows[:2] == rows[2:]
    assert numbers == [3, 4]


def test_each_delivery_gets_the_numbers_of_its_own_alerts(desk: Desk) -> None:
    group = [delivery(*(alert(fingerprint=f"{n}-{i}") for i in range(n))) for n in (2, 0, 3)]
    numbers = desk.ledger.write(accept_deliveries, group)
    known = {row.id: row.fingerprint for row in desk.rows(AlertRow)}
    assert [[known[number] for number in of_one] for of_one in numbers] == [
        ["2-0", "2-1"],
        [],
        ["3-0", "3-1", "3-2"],
    ]


def test_what_could_not_be_understood_is_kept_with_the_reason(desk: Desk) -> None:
    desk.ledger.write(accept_deliveries, [delivery(problem="title: is missing")])
    (row,) = desk.rows(DeliveryRow)
    assert (row.problem, desk.rows(AlertRow)) == ("title: is missing", [])


def test_a_group_with_one_that_cannot_be_kept_leaves_nothing(desk: Desk) -> None:
    with pytest.raises(StatementError, match="never heard of"):
        desk.ledger.write(accept_deliveries, [delivery(alert()), delivery(broken())])
    assert desk.rows(DeliveryRow) == desk.rows(AlertRow) == []


def test_behind_savepoints_the_others_are_kept(desk: Desk) -> None:
    group = [delivery(alert()), delivery(broken()), delivery(alert(fingerprint="f3"))]
    first, spoilt, third = desk.ledger.write(accept_each, group)
    assert isinstance(spoilt, StatementError)
    assert [row.id for row in desk.rows(AlertRow)] == [*first, *third]  # type: ignore[misc]  # no exceptions
    assert len(desk.rows(DeliveryRow)) == 2


def _accepted(desk: Desk, *alerts: Alert) -> list[int]:
    return [number for (number,) in desk.ledger.write(accept_deliveries, [delivery(each) for each in alerts])]


def test_the_most_urgent_of_those_that_wait_have_their_turn(desk: Desk) -> None:
    mild, grave, calming = _accepted(
        desk,
        alert(fingerprint="mild", severity=AlertSeverity.WARNING),
        alert(fingerprint="grave", severity=AlertSeverity.CRITICAL),
        alert(fingerprint="calm", status=AlertStatus.RESOLVED, severity=AlertSeverity.CRITICAL),
    )
    assert desk.ledger.read(next_alerts, 9, put_off=False) == [grave, mild, calming]
    assert desk.ledger.read(next_alerts, 1, put_off=False) == [grave]


def test_a_recovery_does_not_fall_behind_a_later_firing_of_its_condition(desk: Desk) -> None:
    numbers = _accepted(desk, alert(), alert(status=AlertStatus.RESOLVED), alert(starts_at=at(5)))
    assert desk.ledger.read(next_alerts, 9, put_off=False) == numbers


def test_a_slice_gives_end_states_until_it_is_enough(desk: Desk) -> None:
    numbers = _accepted(desk, *(alert(fingerprint=f"f{n}") for n in range(3)))
    done, more = desk.ledger.write(triage_next, 9, clock, lambda: True)
    assert ([each.number for each in done], more) == (numbers[:1], True)
    done, more = desk.ledger.write(triage_next, 9, clock, never)
    assert ([each.number for each in done], more) == (numbers[1:], False)
    assert all(row.end_state for row in desk.rows(AlertRow))


def test_an_alert_that_cannot_be_triaged_is_put_off_and_spoils_no_other(desk: Desk) -> None:
    spoilt, good = _accepted(desk, alert(fingerprint="spoilt"), alert(fingerprint="good"))
    with desk.ledger.transaction() as session:  # what stands there is no alert any more
        session.connection().exec_driver_sql("update alert set alert = '{}' where fingerprint = 'spoilt'")
    with pytest.raises(ValidationError):  # together, none of them is triaged
        desk.ledger.write(triage_next, 9, clock, never)
    assert not desk.rows(IncidentRow)
    done, more = desk.ledger.write(triage_next, 9, clock, never, apart=True)
    assert [(each.number, each.end_state) for each in done] == [(spoilt, None), (good, EndState.OPENED)]
    assert not more
    assert len(desk.rows(IncidentRow)) == 1
    assert desk.ledger.read(next_alerts, 9, put_off=False) == []
    assert desk.ledger.read(next_alerts, 9, put_off=True) == [spoilt]
