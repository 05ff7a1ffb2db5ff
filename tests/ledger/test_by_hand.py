"""What people do by hand: does it count once, and only for people who are known?"""

import pytest

from incident.configuration import Role
from incident.decisions import Via
from incident.errors import NotFoundError, TransitionError
from incident.lifecycle import Status
from ledger.by_hand import acknowledge_all, assign, write_note
from tests.ledger.desk import Desk, at
from tests.ledger.life import assess


def test_acknowledging_ends_everything_that_is_paged_for(desk: Desk) -> None:
    desk.open()
    desk.climb(0)
    assert desk.ledger.write(acknowledge_all, "INC-1", "bob", via=Via.CLI, now=at(1)) == ("incident manager",)
    assert desk.incident().acknowledged_by == "bob"


def test_there_is_nothing_to_acknowledge_twice(desk: Desk) -> None:
    desk.open()
    desk.ledger.write(acknowledge_all, "INC-1", "bob", via=Via.CLI, now=at(1))
    assert desk.ledger.write(acknowledge_all, "INC-1", "alice", via=Via.CLI, now=at(2)) == ()
    assert desk.incident().acknowledged_by == "bob"


def test_nobody_can_act_who_is_not_in_the_configuration(desk: Desk) -> None:
    desk.open()
    with pytest.raises(NotFoundError, match="'mallory' is not under people:; known: alice, bob"):
        desk.ledger.write(acknowledge_all, "INC-1", "mallory", via=Via.CLI, now=at(1))
    with pytest.raises(NotFoundError, match="mallory"):
        desk.ledger.write(assign, "INC-1", Role.TECH_LEAD, "mallory", by="alice", now=at(1))
    assert desk.incident().acknowledged_by is None


def test_a_note_stands_on_the_timeline_with_its_author(desk: Desk) -> None:
    desk.open()
    desk.ledger.write(write_note, "INC-1", "the bank is down, too", "alice", via=Via.CLI, now=at(1))
    assert desk.timeline()[-1] == ("note", "the bank is down, too")


def test_a_role_is_given_and_giving_it_again_changes_nothing(desk: Desk) -> None:
    desk.open()
    give = {"by": "alice", "now": at(1)}
    assert desk.ledger.write(assign, "INC-1", Role.TECH_LEAD, "bob", **give)
    assert not desk.ledger.write(assign, "INC-1", Role.TECH_LEAD, "bob", **give)


def test_no_role_is_given_when_the_incident_is_over(desk: Desk) -> None:
    desk.open()
    assess(desk, is_incident=False, reason="a test")
    assert desk.incident().status is Status.DISMISSED
    with pytest.raises(TransitionError, match="INC-1 is dismissed"):
        desk.ledger.write(assign, "INC-1", Role.TECH_LEAD, "bob", by="alice", now=at(1))
