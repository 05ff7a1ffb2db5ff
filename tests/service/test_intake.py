"""Is a delivery safe before anything else is done with it, whatever happens then?"""

import logging
from pathlib import Path

import pytest

from incident.alert import Alert, EndState
from incident.errors import LedgerUnavailable, MalformedPayload, PayloadError
from incident.sources import reading
from ledger.engine import Ledger
from ledger.migrating import migrate
from ledger.tables import AlertRow, DeliveryRow, IncidentRow
from service.body import DEEPEST, read_json
from service.intake import in_force, take, take_read, triage_all
from tests.house import IMPATIENT, House, alertmanager, as_body, generic


def test_a_delivery_is_kept_word_for_word_with_its_alerts(house: House) -> None:
    body = as_body(alertmanager("a", "b"))
    taken = take(house.surroundings, "alertmanager", "alertmanager", body)
    (delivery,) = house.desk.rows(DeliveryRow)
    assert (delivery.body, delivery.problem, delivery.received_at) == (body, "", house.clock())
    assert [alert.fingerprint for alert in taken] == ["a", "b"]
    assert [row.delivery_id for row in house.desk.rows(AlertRow)] == [delivery.id, delivery.id]


def test_an_alert_belongs_to_the_door_it_came_through(house: House) -> None:
    take(house.surroundings, "prometheus-berlin", "alertmanager", as_body(alertmanager("a")))
    assert [row.source for row in house.desk.rows(AlertRow)] == ["prometheus-berlin"]


def test_a_delivery_without_alerts_is_kept_too(house: House) -> None:
    assert take(house.surroundings, "generic", "generic", b"[]") == []
    assert len(house.desk.rows(DeliveryRow)) == 1


def test_a_delivery_says_what_of_it_could_not_be_read_and_remembers_it(house: House) -> None:
    taken = take(house.surroundings, "generic", "generic", as_body(generic(starts_at="yesterday-ish")))
    remarks = ("starts_at: 'yesterday-ish' is no time that can be read; it counts as not said",)
    assert taken.remarks == remarks
    assert [row.remarks for row in house.desk.rows(DeliveryRow)] == [list(remarks)]
    assert [alert.end_state for alert in taken] == [EndState.OPENED]


def test_a_door_that_reads_by_itself_leaves_its_remarks_too(house: House) -> None:
    def read() -> list[Alert]:
        reading.moment("soon")
        return []

    taken = take_read(house.surroundings, "generic", b"soon", read)
    assert taken.remarks == ("'soon' is no time that can be read; it counts as not said",)


def test_a_delivery_that_is_a_form_is_taken_like_any_other(house: House) -> None:
    (taken,) = take(house.surroundings, "statuscake", "statuscake", b"TestID=7&Name=Shop&Status=Down")
    assert (taken.fingerprint, taken.end_state) == ("statuscake-7", EndState.OPENED)


def test_a_recovery_by_key_alone_of_a_condition_that_nobody_knows_opens_nothing(house: House) -> None:
    body = b'{"routing_key": "r", "event_action": "resolve", "dedup_key": "unknown"}'
    (taken,) = take(house.surroundings, "pagerduty", "pagerduty_events_v2", body)
    assert (taken.fingerprint, taken.end_state) == ("unknown", EndState.DUPLICATE)
    assert house.desk.rows(IncidentRow) == []


@pytest.mark.parametrize(("body", "kind"), [(b"{", MalformedPayload), (b"{}", PayloadError)])
def test_what_cannot_be_understood_is_kept_as_rejected(
    house: House, body: bytes, kind: type[Exception]
) -> None:
    with pytest.raises(kind) as refused:
        take(house.surroundings, "generic", "generic", body)
    (delivery,) = house.desk.rows(DeliveryRow)
    assert (delivery.body, delivery.problem) == (body, str(refused.value))
    assert house.desk.rows(AlertRow) == []


def test_an_alert_that_cannot_be_triaged_is_accepted_and_does_not_keep_the_next_one_waiting(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    _forbid(house, "alert", "update", "old.fingerprint = 'bad'")
    with caplog.at_level(logging.ERROR):
        taken = take(house.surroundings, "alertmanager", "alertmanager", as_body(alertmanager("bad", "good")))
    assert [(alert.fingerprint, alert.end_state, alert.incident) for alert in taken] == [
        ("bad", None, None),
        ("good", EndState.OPENED, "INC-1"),
    ]
    assert "could not be triaged yet" in caplog.text


def test_triage_that_fails_leaves_no_half_of_an_incident_and_can_be_repeated(house: House) -> None:
    _forbid(house, "run", "insert", "1")
    number = house.desk.accept()
    assert triage_all(house.surroundings, [number]) == 0
    assert house.desk.rows(IncidentRow) == []
    with house.ledger.transaction() as session:
        session.connection().exec_driver_sql("drop trigger forbidden")
    assert triage_all(house.surroundings, [number]) == 1
    assert len(house.desk.rows(IncidentRow)) == 1


def test_a_ledger_that_is_locked_accepts_nothing(house: House) -> None:
    another = Ledger(house.ledger.url, patience=IMPATIENT)
    with another.transaction() as session:
        session.connection()
        with pytest.raises(LedgerUnavailable):
            take(house.surroundings, "generic", "generic", as_body(generic()))
    another.close()
    assert house.desk.rows(DeliveryRow) == []


def test_before_the_first_configuration_a_sender_is_asked_to_come_again(tmp_path: Path) -> None:
    ledger = Ledger(f"sqlite:///{tmp_path / 'empty.db'}")
    migrate(ledger)
    house = House(ledger)
    with pytest.raises(LedgerUnavailable, match="no configuration was accepted yet"):
        in_force(house.surroundings)
    answer = house.client().post("/alerts/generic", json=generic())
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    ledger.close()


@pytest.mark.parametrize(
    ("body", "value"),
    [
        pytest.param(b'{"a": [1, null, "x"]}', {"a": [1, None, "x"]}, id="JSON"),
        pytest.param(b'\xef\xbb\xbf"x"', "x", id="JSON after a byte order mark"),
        pytest.param('"\u00e9\U0001f525"'.encode(), "\u00e9\U0001f525", id="letters and emoji in UTF-8"),
        pytest.param(b"[" * DEEPEST + b"]" * DEEPEST, None, id="as deep as is read"),
    ],
)
def test_a_body_is_read_as(body: bytes, value: object) -> None:
    read = read_json(body)
    assert value is None or read == value


@pytest.mark.parametrize(
    "body", [b"[" * (DEEPEST + 2) + b"]" * (DEEPEST + 2), b"Infinity", b"'x'", b"\xff", b" "]
)
def test_a_body_is_not_read_when_it_is(body: bytes) -> None:
    with pytest.raises(MalformedPayload):
        read_json(body)


def _forbid(house: House, table: str, event: str, when: str) -> None:
    trigger = f"create trigger forbidden before {event} on {table} when {when}"
    with house.ledger.transaction() as session:
        session.connection().exec_driver_sql(f"{trigger} begin select raise(abort, 'no'); end")
