"""Does what was said stand on the timeline once, with its author and time; and who is on an incident?"""

import pytest

from incident.decisions import Outcome, Via
from incident.errors import NotFoundError
from incident.timeline import Kind
from ledger.by_hand import acknowledge_page
from ledger.involved import live_with, on_call_for
from ledger.said import LONGEST, keep_finding, keep_said
from ledger.tables import FactRow, PageRow
from tests.ledger.desk import START, Desk, at


def lines(desk: Desk, kind: Kind) -> list[FactRow]:
    return [row for row in desk.rows(FactRow) if row.kind is kind]


def said(desk: Desk, text: str, message: str) -> bool:
    return desk.ledger.write(keep_said, "INC-1", text, "zoe", at(3), via=Via.CHAT, message=message)


def test_a_message_is_kept_once_by_its_id(desk: Desk) -> None:
    desk.open()
    assert [said(desk, "DNS", "m1"), said(desk, "DNS", "m1"), said(desk, "DNS", "m2")] == [True, False, True]
    assert [(row.text, row.by, row.via, row.at) for row in lines(desk, Kind.NOTE)] == [
        ("DNS", "zoe", "chat", at(3))
    ] * 2


def test_a_message_that_no_database_keeps_as_it_is_is_shortened(desk: Desk) -> None:
    desk.open()
    said(desk, "a\0b" + "x" * LONGEST, "m1")
    (line,) = lines(desk, Kind.NOTE)
    assert (line.text[:3], len(line.text)) == ("abx", LONGEST)


def test_a_finding_has_its_outcome(desk: Desk) -> None:
    desk.open()
    desk.ledger.write(
        keep_finding,
        "INC-1",
        Kind.EXPERIMENT,
        "restart",
        "bob",
        via=Via.PHONE,
        now=START,
        outcome=Outcome.REFUTED,
    )
    (line,) = lines(desk, Kind.EXPERIMENT)
    assert (line.by, line.via, line.data["outcome"]) == ("bob", "phone", "refuted")


def test_whoever_was_paged_is_on_the_incident_while_it_lasts(desk: Desk) -> None:
    desk.open()
    desk.climb(0)
    assert desk.ledger.read(live_with, "alice") == ("INC-1",)
    assert desk.ledger.read(live_with, "bob") == ()


def test_whoever_any_level_would_page_now_is_on_call_for_it(desk: Desk) -> None:
    desk.open()
    assert desk.ledger.read(on_call_for, "INC-1", START) == {"alice", "bob"}


def test_a_page_of_another_incident_is_not_answered(desk: Desk) -> None:
    desk.open()
    desk.climb(0)
    (page,) = desk.rows(PageRow)
    with pytest.raises(NotFoundError, match="INC-1"):
        desk.ledger.write(acknowledge_page, "INC-7", page.id or 0, "alice", via=Via.CHAT, now=START)
    assert desk.incident().acknowledged_by is None
