"""Is what a tool did not do remembered until it is done, and due at the right time?"""

from datetime import timedelta

import pytest

from incident.lifecycle import Phase
from ledger.configurations import accept_configuration
from ledger.effects import claim, fail, finish
from ledger.incidents import enter_phase, leave_phase
from ledger.repair_tables import RepairRow
from ledger.repairs import (
    Failed,
    ask_for_repair,
    drop,
    owe,
    put_off,
    repairs_due,
    settle,
    tried_since,
    without_set_up,
)
from ledger.tables import EffectRow
from tests.incident.organisations import organisation
from tests.ledger.desk import Desk, at
from tests.ledger.test_merging import TWO

DOWN = Failed("HTTP 503")


@pytest.fixture
def one(desk: Desk) -> Desk:
    """A desk with one incident."""
    desk.open()
    return desk


def due(desk: Desk, minutes: float) -> list[str]:
    return list(desk.ledger.read(repairs_due, at(minutes)))


def test_it_is_due_after_a_pause_and_later_each_time(one: Desk) -> None:
    one.ledger.write(owe, 1, "room", DOWN, at(0))
    assert (due(one, 0.24), due(one, 0.25)) == ([], ["INC-1"])
    one.ledger.write(owe, 1, "room", DOWN, at(1))
    assert (due(one, 1.4), due(one, 1.5)) == ([], ["INC-1"])
    (row,) = one.rows(RepairRow)
    assert (row.since, row.tries) == (at(0), 2)


def test_two_things_of_one_incident_are_one_visit(one: Desk) -> None:
    for name in ("room", "call"):
        one.ledger.write(owe, 1, name, DOWN, at(0))
    assert due(one, 1) == ["INC-1"]


def test_the_timeline_has_each_problem_once(one: Desk) -> None:
    for failed in (DOWN, DOWN, Failed("in hand", in_hand=True), DOWN, Failed("HTTP 401", for_good=True)):
        one.ledger.write(owe, 1, "room", failed, at(1))
    assert one.said("problem") == ["the room did not work: HTTP 503", "the room did not work: HTTP 401"]


def test_what_was_refused_is_never_due_until_somebody_asks(one: Desk) -> None:
    one.ledger.write(claim, 1, "room", "a flow", at(0))
    one.ledger.write(fail, 1, "room", "HTTP 401", for_good=True)
    one.ledger.write(owe, 1, "room", Failed("HTTP 401", for_good=True), at(0))
    assert due(one, 999) == []
    assert list(one.ledger.write(ask_for_repair, "INC-1", at(5))) == ["room"]
    assert due(one, 5) == ["INC-1"]
    assert not [row for row in one.rows(EffectRow) if row.given_up]
    assert not one.ledger.read(tried_since, "INC-1", ["room"], at(5))
    one.ledger.write(owe, 1, "room", DOWN, at(6))
    assert one.ledger.read(tried_since, "INC-1", ["room"], at(5))


def test_what_is_done_is_settled_with_a_line(one: Desk) -> None:
    one.ledger.write(owe, 1, "room", DOWN, at(0))
    one.ledger.write(claim, 1, "room", "watchdog", at(1))
    assert not one.ledger.write(settle, 1, "room", at(1))
    one.ledger.write(finish, 1, "room", at(1), {"id": "r", "url": "https://chat.example/r"})
    assert one.ledger.write(settle, 1, "room", at(1))
    assert not one.ledger.write(settle, 1, "room", at(1))
    assert one.said("repaired") == ["the room works now, at try 2: https://chat.example/r"]
    assert one.rows(RepairRow) == []


def test_what_is_of_no_use_any_more_is_forgotten(one: Desk) -> None:
    for name in ("topic/opened", "room"):
        one.ledger.write(owe, 1, name, DOWN, at(0))
    one.ledger.write(drop, 1, ["topic/opened"])
    assert [row.name for row in one.rows(RepairRow)] == ["room"]


def test_an_incident_is_without_a_set_up_until_the_phase_is_over(one: Desk) -> None:
    def found() -> list[str]:
        return list(one.ledger.read(without_set_up, at(1)))

    assert list(one.ledger.read(without_set_up, at(0) - timedelta(seconds=1))) == []
    assert found() == ["INC-1"]
    one.ledger.write(enter_phase, "INC-1", Phase.CHANNELS, at(1))
    assert found() == ["INC-1"], "who was at it may have died"
    one.ledger.write(leave_phase, "INC-1", Phase.CHANNELS, at(1))
    assert found() == []


def test_what_was_tried_and_is_as_it_was_comes_later(one: Desk) -> None:
    one.ledger.write(owe, 1, "pin/opened", DOWN, at(0))
    assert one.ledger.read(repairs_due, at(1)) == ["INC-1"]
    one.ledger.write(put_off, 1, ["pin/opened", "nothing"], at(1))
    assert one.ledger.read(repairs_due, at(1)) == []
    assert one.ledger.read(repairs_due, at(3)) == ["INC-1"]


def test_what_waits_longest_is_repaired_first(one: Desk) -> None:
    one.ledger.write(accept_configuration, organisation(**TWO), at(-30))
    one.open(fingerprint="f2", service="database")
    one.ledger.write(owe, 1, "room", DOWN, at(1))
    for name in ("room", "call"):
        one.ledger.write(owe, 2, name, DOWN, at(0))
    assert due(one, 2) == ["INC-2", "INC-1"]
