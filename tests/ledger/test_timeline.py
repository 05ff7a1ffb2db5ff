"""Does every line of the timeline stay as it was said?"""

from functools import partial

from incident.timeline import Kind
from ledger.heartbeats import beat, heartbeats
from ledger.tables import FactRow
from ledger.timeline import note
from tests.ledger.desk import Desk, at


def test_a_line_says_when_who_how_and_what(desk: Desk) -> None:
    desk.open()
    say = partial(note, by="alice", via="web", step=3)
    desk.ledger.write(say, 1, at(4), Kind.NOTE, "più tè, 茶, 🍵")
    fact = desk.rows(FactRow)[-1]
    assert (fact.at, fact.kind, fact.by, fact.via) == (at(4), Kind.NOTE, "alice", "web")
    assert (fact.text, fact.data) == ("più tè, 茶, 🍵", {"step": 3})


def test_a_part_of_the_system_is_alive_since_it_said_so_last(desk: Desk) -> None:
    desk.ledger.write(beat, "watchdog", at(1))
    desk.ledger.write(beat, "watchdog", at(2), "all is well")
    desk.ledger.write(beat, "worker", at(1))
    assert desk.ledger.read(heartbeats) == {"watchdog": at(2), "worker": at(1)}
