"""What is a monitor still to be told of an acknowledgement, and what not?"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from incident.alert import AlertStatus
from incident.decisions import Via
from ledger.by_hand import acknowledge_all
from ledger.configurations import accept_configuration
from ledger.effects import LEASE
from ledger.engine import Ledger
from ledger.merging import merge
from ledger.passing_on import (
    LONGEST_PAUSE,
    TRIES,
    Owed,
    due_at_monitor,
    monitors_due,
    passed_on,
    passing_on_failed,
    take_passing_on,
)
from ledger.passing_on_tables import PassingOnRow
from ledger.tables import IncidentRow
from tests.incident.organisations import organisation
from tests.ledger.desk import Desk, at, together

SOURCES: dict[str, Any] = {
    "alertmanager": {"dialect": "alertmanager", "acknowledge_at": "mail"},
    "scripts": {"dialect": "generic"},
}
"""What the connection is does not matter to the ledger."""


@pytest.fixture
def told(desk: Desk) -> Desk:
    """A firm whose monitor is told."""
    desk.ledger.write(accept_configuration, organisation(sources=SOURCES), at(-1))
    return desk


def acknowledge(desk: Desk, minutes: float = 1, person: str = "alice") -> None:
    desk.ledger.write(acknowledge_all, "INC-1", person, via=Via.WEB, now=at(minutes))


def owed(desk: Desk) -> list[str]:
    """Of which alerts a monitor is to be told."""
    return [str(row.alert_id) for row in desk.rows(PassingOnRow) if row.due_at is not None]


def take(ledger: Ledger, minutes: float = 1) -> Owed | None:
    (number,) = due(ledger, minutes)
    return ledger.write(take_passing_on, number, at(minutes))


def due(ledger: Ledger, minutes: float) -> Sequence[int]:
    return ledger.read(due_at_monitor, "mail", at(minutes), 50)


def outcome(desk: Desk) -> str:
    (row,) = desk.rows(PassingOnRow)
    assert row.due_at is None
    return row.outcome


def test_whoever_acknowledges_first_is_told_for_everything_that_fires(told: Desk) -> None:
    told.open()
    told.take(at(0.5), fingerprint="f2")
    assert owed(told) == []
    acknowledge(told)
    acknowledge(told, 2, "bob")
    assert owed(told) == ["1", "2"]
    assert told.ledger.read(monitors_due, at(1)) == ["mail"]
    first = told.ledger.write(take_passing_on, 1, at(1))
    assert first is not None
    assert (first.incident, first.monitor, first.person) == ("INC-1", "mail", "alice")
    assert first.alert.fingerprint == "f1"


def test_what_joins_an_acknowledged_incident_is_told_too(told: Desk) -> None:
    told.open()
    acknowledge(told)
    told.take(at(2), fingerprint="f2")
    assert owed(told) == ["1", "2"]


def test_what_is_merged_into_an_acknowledged_incident_is_told_too(told: Desk) -> None:
    firm = organisation(
        sources=SOURCES, services={name: {"policy": "checkout"} for name in ("checkout", "shop")}
    )
    told.ledger.write(accept_configuration, firm, at(-0.5))
    told.open()
    acknowledge(told)
    told.take(at(2), fingerprint="f2", service="shop")
    assert owed(told) == ["1"]
    told.ledger.write(merge, "INC-2", "INC-1", "alice", via=Via.WEB, now=at(3))
    assert owed(told) == ["1", "2"]


def test_what_fires_again_after_a_recovery_is_told_again_and_a_repetition_is_not(told: Desk) -> None:
    told.open()
    acknowledge(told)
    told.take(at(2))
    assert owed(told) == ["1"]
    told.take(at(3), status=AlertStatus.RESOLVED)
    told.take(at(4), starts_at=at(4))
    assert owed(told) == ["1", "4"]
    assert told.ledger.write(take_passing_on, 1, at(5)) is None
    assert owed(told) == ["4"]


def test_a_source_that_cannot_be_told_owes_nothing(told: Desk) -> None:
    told.open(source="scripts")
    acknowledge(told)
    assert told.rows(PassingOnRow) == []


SETTLED_BY = [
    ({"status": AlertStatus.RESOLVED}, "it has recovered meanwhile"),
    ({"status": AlertStatus.ACKNOWLEDGED}, "it was acknowledged at the monitor itself"),
]


@pytest.mark.parametrize(("later", "why"), SETTLED_BY, ids=[why for _, why in SETTLED_BY])
def test_nothing_is_told_when(told: Desk, later: dict[str, Any], why: str) -> None:
    told.open()
    acknowledge(told)
    told.take(at(2), **later)
    assert take(told.ledger, 2) is None
    assert outcome(told) == why


def test_nothing_is_told_of_an_incident_that_is_over(told: Desk) -> None:
    told.open()
    acknowledge(told)
    told.ledger.write(_dismiss)
    assert take(told.ledger, 2) is None
    assert outcome(told) == "the incident is dismissed"


def test_what_the_monitor_says_of_our_own_acknowledgement_goes_in_no_circle(told: Desk) -> None:
    told.open()
    acknowledge(told)
    taken = take(told.ledger)
    assert taken is not None
    told.ledger.write(passed_on, taken.number, at(1))
    told.take(at(2), status=AlertStatus.ACKNOWLEDGED)
    assert told.ledger.read(monitors_due, at(60)) == []
    assert told.said("passed on") == ["mail was told that alice has acknowledged: Error rate"]


def test_one_of_several_processes_takes_it_and_another_one_after_its_lease(told: Desk) -> None:
    told.open()
    acknowledge(told)
    tries = together(*[lambda: told.ledger.write(take_passing_on, 1, at(1))] * 4)
    assert sum(taken is not None for taken in tries) == 1
    assert due(told.ledger, 1) == []
    later = at(1) + LEASE
    assert told.ledger.write(take_passing_on, 1, later) is not None


def test_a_failure_is_tried_again_ever_more_slowly_and_not_for_ever(told: Desk) -> None:
    told.open()
    acknowledge(told)
    now, pauses = at(1), []
    for _ in range(TRIES):
        assert told.ledger.write(take_passing_on, 1, now) is not None
        told.ledger.write(passing_on_failed, 1, "HTTP 503", now, for_good=False)
        (row,) = told.rows(PassingOnRow)
        if row.due_at is not None:
            pauses.append(row.due_at - now)
            now = row.due_at
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (timedelta(seconds=2), LONGEST_PAUSE)
    assert outcome(told) == "HTTP 503"
    assert told.said("problem") == ["mail could not be told that alice has acknowledged: HTTP 503"]


def test_whoever_asks_to_come_later_is_obeyed(told: Desk) -> None:
    told.open()
    acknowledge(told)
    assert take(told.ledger) is not None
    told.ledger.write(passing_on_failed, 1, "HTTP 429", at(1), for_good=False, after=timedelta(seconds=90))
    assert due(told.ledger, 2.4) == []
    assert due(told.ledger, 2.5) == [1]


def test_a_refusal_is_final_and_a_late_success_counts(told: Desk) -> None:
    told.open()
    acknowledge(told)
    assert take(told.ledger) is not None
    told.ledger.write(passing_on_failed, 1, "HTTP 401", at(1), for_good=True)
    assert told.ledger.read(monitors_due, at(600)) == []
    told.ledger.write(passed_on, 1, at(2))
    told.ledger.write(passing_on_failed, 1, "HTTP 401", at(3), for_good=True)
    assert outcome(told) == "settled"


def _dismiss(session: Any) -> None:
    incident = session.get_one(IncidentRow, 1)
    incident.status = "dismissed"
    session.add(incident)
