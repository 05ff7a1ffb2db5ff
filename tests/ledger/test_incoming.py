"""Does the list show everything that came in, newest first, with what became of it and why?"""

import time
from typing import Any

import pytest
from sqlalchemy import insert
from sqlmodel import Session

from incident.alert import AlertStatus, EndState
from incident.errors import NotFoundError
from incident.incoming import Asked, Incoming, Place
from incident.triage_order import precedence
from ledger.incoming import delivered, incoming
from ledger.intake import accept_delivery, reject_delivery
from ledger.tables import AlertRow, DeliveryRow
from tests.ledger.desk import Desk, alert, at

STORM = 20_000


def listed(desk: Desk, before: str = "", *, limit: int = 50, repeats: bool = False, **asked: Any) -> Incoming:
    return desk.ledger.read(
        incoming, Asked(**asked), Place.read(before) if before else None, limit=limit, repeats=repeats
    )


def titles(page: Incoming) -> list[tuple[str, str, int]]:
    return [
        (line.came.alert.title if line.came.alert else line.came.reason, line.came.state, line.count)
        for line in page.lines
    ]


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """An alert that opened, one that attached, one that came twice, and a delivery that nobody understood."""
    desk.open(at(0))
    desk.take(at(1), fingerprint="f2", title="Latency città", labels={"host": "db-1"}, source="grafana")
    for minutes in (2, 3):
        desk.take(at(minutes))
    desk.ledger.write(reject_delivery, "zabbix", b"{", "the body is no JSON", at(4))
    return desk


def test_the_newest_come_first_and_repeats_are_one_line(busy: Desk) -> None:
    page = listed(busy)
    assert titles(page) == [
        ("the body is no JSON", "rejected", 1),
        ("Error rate", "duplicate", 2),
        ("Latency città", "attached", 1),
        ("Error rate", "opened", 1),
    ]
    assert page.older is None
    repeated = page.lines[1]
    assert (repeated.came.received_at, repeated.since) == (at(3), at(2))
    assert page.lines[2].came.incident == "INC-1"
    assert page.lines[2].came.reason


def test_every_one_is_shown_to_whoever_asks(busy: Desk) -> None:
    assert [count for _, _, count in titles(listed(busy, repeats=True))] == [1] * 5


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        pytest.param({"source": "grafana"}, ["Latency città"], id="a source"),
        pytest.param(
            {"source": "zabbix"}, ["the body is no JSON"], id="a source whose delivery was rejected"
        ),
        pytest.param({"state": "rejected"}, ["the body is no JSON"], id="rejected"),
        pytest.param({"state": "opened"}, ["Error rate"], id="an end state"),
        pytest.param({"state": "waiting"}, [], id="not triaged yet"),
        pytest.param({"service": "checkout", "state": "attached"}, ["Latency città"], id="a service"),
        pytest.param({"service": "nothing"}, [], id="a service without alerts"),
        pytest.param({"text": "latency CITTÀ"[:7]}, ["Latency città"], id="text, in any case"),
        pytest.param({"text": "città"}, ["Latency città"], id="text that is not ASCII"),
        pytest.param({"text": "db-1"}, ["Latency città"], id="text in a label"),
        pytest.param({"text": "f2"}, ["Latency città"], id="a fingerprint"),
        pytest.param({"text": "no JSON"}, ["the body is no JSON"], id="text in a problem"),
        pytest.param({"text": "100%"}, [], id="text with a wildcard in it"),
        pytest.param({"since": at(3.5)}, ["the body is no JSON"], id="since when"),
    ],
)
def test_one_can_ask_for(busy: Desk, asked: dict[str, Any], found: list[str]) -> None:
    assert [title for title, _, _ in titles(listed(busy, **asked))] == found


def test_an_alert_that_waits_for_triage_is_shown(desk: Desk) -> None:
    desk.accept(at(0))
    assert titles(listed(desk, state="waiting")) == [("Error rate", "waiting", 1)]


def test_one_turns_the_pages_without_missing_or_repeating_any(desk: Desk) -> None:
    for number in range(5):
        alerts = [alert(fingerprint=f"{number}-{each}", title=f"{number}-{each}") for each in range(3)]
        desk.ledger.write(accept_delivery, "grafana", b"[]", alerts, at(number))
        desk.ledger.write(reject_delivery, "grafana", b"", f"problem {number}", at(number))
    seen, before = [], ""
    while True:
        page = listed(desk, before, limit=4)
        seen += [title for title, _, _ in titles(page)]
        if page.older is None:
            break
        before = str(page.older)
    expected = [[f"problem {n}", *(f"{n}-{each}" for each in (2, 1, 0))] for n in (4, 3, 2, 1, 0)]
    assert seen == [title for group in expected for title in group]


@pytest.mark.parametrize("written", ["", "x", "-1", "1-x", "9" * 30, "1-" + "9" * 30, "٣"])
def test_an_address_that_names_no_place_is_none(written: str) -> None:
    assert Place.read(written) is None


def test_a_delivery_is_shown_with_its_alerts(busy: Desk) -> None:
    found = busy.ledger.read(delivered, 2)
    assert (found.row.body, [came.incident for came in found.alerts], found.more) == (b"{}", ["INC-1"], False)
    with pytest.raises(NotFoundError, match="no delivery 99"):
        busy.ledger.read(delivered, 99)


def test_after_a_storm_every_filter_still_answers_at_once(desk: Desk) -> None:
    desk.ledger.write(_storm)
    for asked in ({}, {"source": "nobody"}, {"text": "nothing like it"}, {"state": "rejected"}):
        began = time.monotonic()
        listed(desk, **asked)
        assert time.monotonic() - began < 20


def _storm(session: Session) -> None:
    connection = session.connection()
    one = alert()
    deliveries = [
        {"id": n, "source": "a", "received_at": at(0), "body": b"x" * 900, "problem": "", "remarks": []}
        for n in range(1, STORM + 1)
    ]
    connection.execute(insert(DeliveryRow), deliveries)
    rows = [
        {
            "delivery_id": n,
            "source": "a",
            "fingerprint": f"f{n % 2000}",
            "status": AlertStatus.FIRING,
            "service": "checkout",
            "received_at": at(0),
            "precedence": precedence(one),
            "alert": one,
            "end_state": EndState.DUPLICATE,
            "reason": "",
            "suppressed_by": "",
        }
        for n in range(1, STORM + 1)
    ]
    connection.execute(insert(AlertRow), rows)
