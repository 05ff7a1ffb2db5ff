"""Does the run of an incident that ends without its manager complete, and tell the end of its story?"""

from typing import Any

import pytest

from incident.decisions import Via
from incident.lifecycle import Status
from ledger.by_hand import acknowledge_all
from ledger.decisions import decisions_unseen
from ledger.tables import EffectRow, IncidentRow, RunRow, UpdateRow
from tasks.doors import go_on
from tasks.merging import merge_incidents
from tasks.recover import close_what_is_due, tell_recoveries
from tests.flows.conftest import Stage
from tests.house import House
from tests.ledger.desk import at

pytestmark = pytest.mark.engine

FIRM: dict[str, Any] = {
    "services": {"checkout": {"policy": "checkout"}, "search": {"policy": "checkout"}},
    "connections": {"mail": {"type": "console-pager"}},
    "use": {"mail": "mail"},
    "close_itself": {"after": "10m"},
}


def incident(house: House, number: int) -> IncidentRow:
    return house.desk.rows(IncidentRow)[number - 1]


def done(house: House, number: int) -> set[str]:
    """The outside effects that happened for an incident."""
    return {row.name for row in house.desk.rows(EffectRow) if row.incident_id == number and row.finished_at}


def employ(house: House, prefix: str) -> None:
    """The firm, whose incidents have a prefix that no other test has: Prefect remembers their runs."""
    house.employ(**FIRM, organisation={"incident_prefix": prefix})


def open_two(house: House, prefix: str) -> None:
    """Two incidents, of two services."""
    employ(house, prefix)
    house.desk.open()
    house.desk.open(fingerprint="s", title="Search slow", service="search")


async def test_the_run_of_a_merged_incident_tells_where_it_goes_on_and_completes(stage: Stage) -> None:
    house = stage.house
    open_two(house, "A")
    await stage.begin()
    assert [await stage.go_on(key) for key in ("A-1", "A-2")] == ["Suspended", "Suspended"]
    house.ledger.write(acknowledge_all, "A-2", "bob", via=Via.WEB, now=house.clock())
    await merge_incidents("A-2", "A-1", by="bob", via=Via.WEB)

    assert await stage.go_on("A-2") == "Completed"

    assert (incident(house, 2).status, incident(house, 2).closed_at) == (Status.MERGED, house.clock())
    assert {"say/merged", "topic/merged", "ticket/close", "archive", "mail/merged/bob@example.org"} <= done(
        house, 2
    )
    assert {"say/merged/A-2", "invite/bob"} <= done(house, 1)
    ours = [row for row in house.desk.rows(RunRow) if row.incident_id == 2 and row.deployment != "page"]
    assert all(row.ended_at for row in ours)
    assert incident(house, 1).status is Status.OPEN


async def test_what_is_merged_before_its_run_begins_opens_no_channels(stage: Stage) -> None:
    open_two(stage.house, "B")
    await stage.begin()
    await merge_incidents("B-2", "B-1", by="bob", via=Via.WEB)
    assert await stage.go_on("B-2") == "Completed"
    assert not {"room", "call", "ticket"} & done(stage.house, 2)


async def test_the_run_of_an_incident_that_closed_itself_completes(stage: Stage) -> None:
    house = stage.house
    employ(house, "C")
    house.desk.open(severity="warning")
    await stage.begin()
    assert await stage.go_on("C-1") == "Suspended"
    house.desk.take(at(5), status="resolved")
    house.clock.forward(minutes=5)
    assert await tell_recoveries() == 1
    assert await tell_recoveries() == 0
    house.clock.forward(minutes=10)
    assert await close_what_is_due() == 1
    (unseen,) = house.ledger.read(decisions_unseen, at(16))
    assert await go_on(unseen.flow_run_id)

    assert await stage.go_on("C-1") == "Completed"

    assert incident(house, 1).status is Status.CLOSED
    assert house.desk.rows(UpdateRow) == []
    assert {"say/recovered/20261123T031500", "say/resolved", "ticket/close"} <= done(house, 1)
    assert all(row.ended_at for row in house.desk.rows(RunRow))
