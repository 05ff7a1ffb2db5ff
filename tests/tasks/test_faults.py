"""Does an incident run on, and is nothing doubled, whatever a provider does instead of what it is asked?

Each kind of provider is in each trouble in every part of the incident, alone and all at once. After each part
the trouble ends, somebody asks for what is missing, and everything must be there once.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlmodel import Session

from blocks.interfaces import ComponentState
from incident.decisions import Affected, Assessment, Via
from incident.repairing import LINGER
from incident.severity import Severity
from incident.story import PageState, UpdateState
from ledger.by_hand import acknowledge_all
from ledger.incidents import assess, close, find_incident
from ledger.repair_tables import RepairRow
from ledger.repairs import ask_for_repair, repairs_due
from ledger.steps import resolve
from ledger.tables import EffectRow, PageRow
from tasks.notify import by_hand, reach_person
from tasks.repair import repair
from tasks.resolve import clean_up, conclude
from tasks.surroundings import within
from tasks.tell import announce
from tasks.welcome import welcome
from tests.house import House
from tests.incident.organisations import SMALL
from tests.tasks.tools import EVERYTHING, Tools, Trouble, equipped

KEY = "INC-1"
ALICE = {"name": "Alice", "email": "alice@example.org", "contacts": [{"via": "console"}, {"via": "mail"}]}
SHOP = {"checkout": {"policy": "checkout", "products": ["Web shop"]}}
KINDS = ("chat", "video", "tracker", "status_page", "channel", EVERYTHING)
CASES = [
    pytest.param(kind, trouble, id=f"{kind.replace('_', ' ')} {trouble}")
    for kind in KINDS
    for trouble in Trouble
]


@dataclass
class Walk:
    """One incident from its first page to its end, with a provider in trouble in one part of it."""

    house: House
    tools: Tools

    async def through(self, kind: str, trouble: Trouble, *, it_ends: bool) -> None:
        """Go through all parts, each with the trouble; it may end after each, so that all can be repaired."""
        for part in (self.set_up, self.tell, self._end):
            self._trouble(kind, trouble)
            await part()
            if not it_ends:
                await self._time_passes(minutes=1)
                continue
            self._trouble(kind, None)
            self.house.ledger.write(ask_for_repair, KEY, self.house.clock())
            await self._time_passes(minutes=0)

    def _trouble(self, kind: str, trouble: Trouble | None) -> None:
        for tool in self.tools.of(kind):
            tool.trouble = trouble
        if kind in ("channel", EVERYTHING):
            self.house.first.troubles[:] = [trouble.failure()] * 9 if trouble else []

    async def set_up(self) -> None:
        self.house.desk.open()
        self.house.desk.climb(0)
        await reach_person(1, by_hand)
        await repair(KEY, alone=True)
        self.house.ledger.write(acknowledge_all, KEY, "alice", via=Via.WEB, now=self.house.clock())
        await welcome(KEY, "alice")

    async def tell(self) -> None:
        assessment = Assessment(severity=Severity.MAJOR, impact="Some cannot pay", affected=Affected.SOME)
        self.house.ledger.write(_assess, assessment, self.house.clock())
        await announce(KEY, "first", "first", UpdateState.INVESTIGATING)

    async def _end(self) -> None:
        self.house.ledger.write(resolve, KEY, "rolled back", "alice", self.house.clock())
        await conclude.fn(KEY)
        await clean_up(KEY)
        self.house.ledger.write(close, KEY, self.house.clock())

    async def _time_passes(self, minutes: float) -> None:
        self.house.clock.forward(minutes=minutes)
        if self.house.ledger.read(repairs_due, self.house.clock()):
            await repair(KEY)


def _assess(session: Session, assessment: Assessment, now: object) -> None:
    assess(session, find_incident(session, KEY), assessment, "alice", now)  # type: ignore[arg-type]  # a time


@pytest.fixture
def walk(house: House) -> Iterator[Walk]:
    house.employ(people=SMALL["people"] | {"alice": ALICE}, services=SHOP)
    surroundings = equipped(house)
    with within(surroundings):
        yield Walk(house, surroundings.tools)


@pytest.mark.parametrize(("kind", "trouble"), CASES)
async def test_the_incident_runs_on_and_everything_is_there_once(
    walk: Walk, kind: str, trouble: Trouble
) -> None:
    await walk.through(kind, trouble, it_ends=True)
    tools, desk = walk.tools, walk.house.desk
    assert ran_on(walk.house)
    assert made_once(tools)
    assert ended_once(tools)
    assert not [row.name for row in desk.rows(EffectRow) if row.uncertain]
    assert [row.name for row in desk.rows(RepairRow)] == []
    if kind != "channel":
        assert desk.said("problem"), "the timeline says what did not work"


@pytest.mark.parametrize("trouble", [Trouble.REFUSES, Trouble.TIMES_OUT])
async def test_the_incident_runs_on_although_nothing_ever_works(walk: Walk, trouble: Trouble) -> None:
    await walk.through(EVERYTHING, trouble, it_ends=False)
    assert ran_on(walk.house)
    assert walk.house.ledger.read(repairs_due, walk.house.clock() + LINGER) or trouble is Trouble.REFUSES


def ran_on(house: House) -> bool:
    """It came to its end, and somebody was paged once, by whatever method worked."""
    assert house.desk.incident().closed_at
    assert [page.state for page in house.desk.rows(PageRow)] == [PageState.SENT]
    assert len(house.first.delivered) + len(house.second.delivered) == 1
    return True


def made_once(tools: Tools) -> bool:
    """The room with its people, text and status, the call, the ticket with its links, the status pages."""
    chat, tracker = tools.chat, tools.tracker
    assert (chat.did("room"), tools.video.did("call"), tracker.did("ticket")) == ([KEY], [KEY], [KEY])
    assert (chat.did("invite"), chat.did("busy")) == (["alice@example.org"], ["alice@example.org"])
    assert len(chat.did("pin")) == 1
    assert chat.did("topic")
    assert sorted(tracker.did("link")) == [
        "http://testserver/incidents/INC-1",
        "https://call.example/INC-1",
        "https://chat.example/INC-1",
    ]
    for page in (tools.internal_status_page, tools.external_status_page):
        assert len(page.did("open")) == 1
        assert page.components == {"Web shop": ComponentState.OPERATIONAL}
    return True


def ended_once(tools: Tools) -> bool:
    """Nothing is left open at any vendor."""
    assert tools.chat.did("restored") == ["alice@example.org: at lunch"]
    assert tools.chat.did("archive") == ["room of INC-1"]
    assert tools.video.did("end") == ["call of INC-1"]
    assert tools.tracker.did("move") == ["in progress", "resolved"]
    assert tools.tracker.did("close") == ["T-INC-1"]
    for page in (tools.internal_status_page, tools.external_status_page):
        assert page.did("resolve") == ["page of INC-1"]
    return True


async def test_while_it_lasts_some_customers_read_of_a_partial_outage(walk: Walk) -> None:
    await walk.set_up()
    await walk.tell()
    external = walk.tools.external_status_page
    assert external.components == {"Web shop": ComponentState.PARTIAL_OUTAGE}
    assert external.did("open") == [UpdateState.INVESTIGATING]
