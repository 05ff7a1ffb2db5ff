"""Does whoever changes an incident hold it?"""

from concurrent.futures import ThreadPoolExecutor
from time import sleep

import pytest
from sqlmodel import Session

from ledger.engine import Ledger
from ledger.incidents import find_incident
from ledger.turns import Turn, held_by_escalation, held_by_id, held_by_page, take_turn, writes
from tests.ledger.desk import Desk


def test_an_incident_is_held_by_its_id_an_escalation_or_a_page(desk: Desk) -> None:
    desk.open()
    desk.climb(0)
    for find in (held_by_id, held_by_escalation, held_by_page):
        incident = desk.ledger.write(find, 1)
        assert incident is not None
        assert incident.key == "INC-1"
        assert desk.ledger.write(find, 99) is None


def test_two_that_change_the_same_incident_come_one_after_the_other(desk: Desk) -> None:
    """Each reads, thinks, and writes; nothing that one of them wrote is lost."""
    desk.open()

    def lengthen(session: Session) -> None:
        incident = find_incident(session, "INC-1")
        before = incident.summary
        sleep(0.02)
        incident.summary = before + "x"
        session.add(incident)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: desk.ledger.write(lengthen), range(8)))
    assert desk.incident().summary == "x" * 8


def test_what_was_read_before_the_incident_was_held_is_read_again(desk: Desk) -> None:
    desk.open()
    with desk.ledger.transaction() as session:
        incident = find_incident(session, "INC-1")
        incident.title = "written, not flushed"
        assert find_incident(session, "INC-1").title == "written, not flushed"


def test_a_reading_transaction_knows_that_it_only_reads(ledger: Ledger) -> None:
    assert ledger.write(writes)
    assert not ledger.read(writes)


@pytest.mark.parametrize("turn", Turn)
def test_a_turn_is_taken_by_one_at_a_time(ledger: Ledger, turn: Turn) -> None:
    with ThreadPoolExecutor(1) as pool:
        with ledger.transaction() as session:
            take_turn(session, turn)
            waiting = pool.submit(ledger.write, take_turn, turn)
            sleep(0.05)
            assert not waiting.done()
        waiting.result()
