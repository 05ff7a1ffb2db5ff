"""Does a person at a terminal learn what was missing, and what became of it?"""

from datetime import timedelta

import pytest

from incident.lifecycle import Phase
from incident.resources import ResourceState
from ledger.effects import claim, fail, finish
from ledger.incidents import enter_phase, leave_phase
from ledger.repair_tables import RepairRow
from ledger.repairs import Failed, owe, settle
from service.cli.repairing import repair, sentences
from tests.house import House
from tests.service.cli.terminal import ConnectedTerminal

ROOM = {"id": "r1", "url": "https://chat.example/r1"}


@pytest.fixture
def lacking(house: House) -> House:
    """INC-1 has no room: the chat refused to make one."""
    house.desk.open()
    house.ledger.write(claim, 1, "room", "a flow", house.clock())
    house.ledger.write(fail, 1, "room", "HTTP 401", for_good=True)
    house.ledger.write(owe, 1, "room", Failed("HTTP 401", for_good=True), house.clock())
    house.clock.forward(minutes=1)
    return house


def test_what_works_now_is_said_with_its_address(lacking: House) -> None:
    def watchdog(_: float) -> None:
        lacking.ledger.write(claim, 1, "room", "watchdog", lacking.clock())
        lacking.ledger.write(finish, 1, "room", lacking.clock(), ROOM)
        lacking.ledger.write(settle, 1, "room", lacking.clock())

    (outcome,) = repair(lacking.ledger, "INC-1", lacking.clock, wait=watchdog)
    assert (outcome.was, outcome.state, outcome.url) == ("HTTP 401", ResourceState.THERE, ROOM["url"])
    assert outcome.sentence == "the room: works now, https://chat.example/r1"


def test_what_is_refused_again_is_said_with_its_reason(lacking: House) -> None:
    def watchdog(_: float) -> None:
        lacking.ledger.write(owe, 1, "room", Failed("HTTP 403", for_good=True), lacking.clock())

    (outcome,) = repair(lacking.ledger, "INC-1", lacking.clock, wait=watchdog)
    assert outcome.sentence == "the room: refused: HTTP 403"


def test_what_does_not_work_yet_is_said_with_the_next_try(lacking: House) -> None:
    def watchdog(_: float) -> None:
        lacking.ledger.write(owe, 1, "room", Failed("HTTP 503"), lacking.clock())

    (outcome,) = repair(lacking.ledger, "INC-1", lacking.clock, wait=watchdog)
    assert outcome.sentence == "the room: does not work: HTTP 503; tried again at 03:11:30 UTC"


def test_when_nobody_is_at_work_it_says_so_and_stays_due(lacking: House) -> None:
    def nobody(_: float) -> None:
        lacking.clock.forward(seconds=30)

    (outcome,) = repair(lacking.ledger, "INC-1", lacking.clock, wait=nobody)
    assert outcome.sentence == "the room: not tried yet; is `incident up` running?"
    (row,) = lacking.desk.rows(RepairRow)
    assert row.due_at == lacking.clock() - timedelta(seconds=60)


def test_what_nobody_tried_so_far_is_asked_for_too(house: House) -> None:
    house.desk.open()
    for phase in (Phase.DETECT, Phase.CHANNELS):
        house.ledger.write(enter_phase, "INC-1", phase, house.clock())
        house.ledger.write(leave_phase, "INC-1", phase, house.clock())

    def nobody(_: float) -> None:
        house.clock.forward(seconds=61)

    outcomes = repair(house.ledger, "INC-1", house.clock, wait=nobody)
    assert [outcome.resource for outcome in outcomes] == ["ticket", "call", "room"]


def test_an_incident_that_lacks_nothing_says_so(terminal: ConnectedTerminal) -> None:
    terminal.open_incident()
    assert terminal.run("repair", "INC-1").stdout == "INC-1 lacks nothing\n"
    assert terminal.json("repair", "INC-1", "--json") == []
    assert sentences("INC-1", []) == ["INC-1 lacks nothing"]


def test_an_incident_that_there_is_not_is_said(terminal: ConnectedTerminal) -> None:
    assert terminal.fails("repair", "INC-9").startswith("no incident INC-9")


def test_programs_see_how_each_thing_stands(terminal: ConnectedTerminal) -> None:
    terminal.open_incident()
    now = terminal.desk.incident().opened_at
    terminal.ledger.write(owe, 1, "room", Failed("HTTP 503"), now)
    (resource,) = terminal.json("show", "INC-1", "--json")["resources"]
    assert resource == {
        "name": "room",
        "state": "missing",
        "problem": "HTTP 503",
        "missing_since": resource["missing_since"],
        "tries": 1,
        "next_at": resource["next_at"],
        "stand_in": False,
    }
