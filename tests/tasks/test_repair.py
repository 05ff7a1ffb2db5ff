"""Does an incident get at last what a tool did not give it, once, and does everybody learn of it?"""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from incident.decisions import Via
from incident.errors import ConfigurationError, InHand
from incident.lifecycle import Phase
from incident.resources import Resource
from incident.story import Story
from ledger.by_hand import acknowledge_all, write_note
from ledger.effects import LEASE, claim
from ledger.incidents import enter_phase, leave_phase
from ledger.repair_tables import RepairRow
from ledger.repairs import ask_for_repair, repairs_due
from ledger.story import tell
from tasks.channels import introduce, invite, make_room
from tasks.incident import matter
from tasks.phase import owing
from tasks.repair import repair
from tasks.surroundings import within
from tests.house import House
from tests.tasks.tools import Tools, Trouble, equipped

KEY = "INC-1"


@pytest.fixture
def firm(house: House) -> Iterator[House]:
    """A house with tools, and an incident that nobody has set up."""
    house.desk.open()
    with within(equipped(house)) as surroundings:
        house.surroundings = surroundings
        yield house


@pytest.fixture
def tools(firm: House) -> Tools:
    return firm.surroundings.tools  # type: ignore[attr-defined,no-any-return]  # `firm` has put them there


def story(house: House) -> Story:
    return house.ledger.read(tell, KEY)


def link(house: House, name: str) -> str:
    return next(each.url for each in story(house).links if each.name == name)


def resource(house: House, name: str) -> Resource:
    return next(each for each in story(house).resources if each.name == name)


async def later(house: House, **much: float) -> tuple[str, ...]:
    """Time passes, and the watchdog repairs if something is due."""
    house.clock.forward(**much)
    return await repair(KEY) if house.ledger.read(repairs_due, house.clock()) else ()


async def without_room(house: House, tools: Tools, trouble: Trouble = Trouble.TIMES_OUT) -> None:
    """The first minutes while the chat is in trouble; bob is on the incident."""
    tools.chat.trouble = trouble
    await repair(KEY, alone=True)
    house.ledger.write(acknowledge_all, KEY, "bob", via=Via.WEB, now=house.clock())


async def test_what_works_at_once_is_made_once(firm: House, tools: Tools) -> None:
    assert {"ticket", "call", "room", "pin/opened", "topic/opened"} <= set(await repair(KEY, alone=True))
    assert await repair(KEY, alone=True) == ()
    assert (
        len(tools.chat.did("room")) == len(tools.tracker.did("ticket")) == len(tools.video.did("call")) == 1
    )
    assert firm.desk.rows(RepairRow) == []


async def test_meanwhile_the_built_in_room_serves(firm: House, tools: Tools) -> None:
    await without_room(firm, tools)
    assert link(firm, "room") == "http://testserver/incidents/INC-1"
    assert resource(firm, "room").stand_in
    assert "the built-in room serves meanwhile: http://testserver/incidents/INC-1" in firm.desk.said(
        "channel"
    )


async def test_meanwhile_a_built_in_call_serves_by_one_link(firm: House, tools: Tools) -> None:
    tools.video.trouble = Trouble.TIMES_OUT
    await repair(KEY, alone=True)
    first = link(firm, "call")
    assert first.startswith("https://meet.jit.si/INC-1-")
    await later(firm, minutes=1)
    assert link(firm, "call") == first


async def test_a_room_that_comes_late_gets_its_people_and_its_text(firm: House, tools: Tools) -> None:
    await without_room(firm, tools)
    assert tools.chat.did("invite") == []
    tools.chat.trouble = None
    works = set(await later(firm, minutes=4))
    assert {"room", "say/opened", "pin/opened", "topic/opened", "invite/bob"} <= works
    assert tools.chat.did("invite") == ["bob@example.org"]
    assert len(tools.chat.did("pin")) == 1
    assert link(firm, "room") == "https://chat.example/INC-1"


async def test_whoever_comes_into_a_late_room_reads_what_was_said_before(firm: House, tools: Tools) -> None:
    await without_room(firm, tools)
    firm.ledger.write(write_note, KEY, "the pool is full", "bob", via=Via.WEB, now=firm.clock())
    tools.chat.trouble = None
    await later(firm, minutes=4)
    (late,) = [text for text in tools.chat.did("post") if "there at last" in text]
    assert "the pool is full" in late
    assert "http://testserver/incidents/INC-1" in late


async def test_the_timeline_says_once_what_is_missing_and_when_it_works(firm: House, tools: Tools) -> None:
    await without_room(firm, tools)
    for _ in range(3):
        await later(firm, minutes=2)
    assert firm.desk.said("problem") == ["the room did not work: ReadTimeout"]
    tools.chat.trouble = None
    await later(firm, minutes=5)
    assert firm.desk.said("repaired") == ["the room works now, at try 5: https://chat.example/INC-1"]
    assert firm.desk.rows(RepairRow) == []


async def test_a_call_that_comes_late_is_said_in_the_room_and_shown_in_its_topic(
    firm: House, tools: Tools
) -> None:
    tools.video.trouble = Trouble.TIMES_OUT
    await repair(KEY, alone=True)
    tools.video.trouble = None
    await later(firm, minutes=4)
    assert any("https://call.example/INC-1" in text for text in tools.chat.did("post"))
    assert "https://call.example/INC-1" in tools.chat.did("topic")[-1]
    assert "https://call.example/INC-1" in tools.tracker.did("link")


async def test_the_pauses_grow(firm: House, tools: Tools) -> None:
    await without_room(firm, tools)
    pauses = []
    for _ in range(8):
        pauses.append((resource(firm, "room").next_at or firm.clock()) - firm.clock())
        await later(firm, seconds=pauses[-1].total_seconds())
    assert [each.total_seconds() for each in pauses] == [15, 30, 60, 60, 120, 120, 300, 300]


async def test_a_vendor_that_says_when_is_not_asked_before(firm: House, tools: Tools) -> None:
    await without_room(firm, tools, Trouble.LIMITS)
    asked = len(tools.chat.asked)
    assert await later(firm, seconds=59) == ()
    assert len(tools.chat.asked) == asked
    await later(firm, seconds=1)
    assert len(tools.chat.asked) > asked


async def test_what_is_not_due_is_not_tried_with_what_is(firm: House, tools: Tools) -> None:
    await without_room(firm, tools, Trouble.LIMITS)
    tools.chat.trouble = None
    async with owing(1, "call/end"):
        raise InHand("somebody is at it")
    firm.clock.forward(seconds=15)
    await repair(KEY)
    assert resource(firm, "room").problem == "HTTP 429"


async def test_what_was_refused_is_not_tried_until_somebody_asks(firm: House, tools: Tools) -> None:
    await without_room(firm, tools, Trouble.REFUSES)
    tools.chat.trouble = None
    assert resource(firm, "room").state == "refused"
    assert await later(firm, hours=1) == ()
    firm.ledger.write(ask_for_repair, KEY, firm.clock())
    assert "room" in await later(firm, seconds=0)


async def test_a_connection_that_is_configured_wrong_counts_as_refused(firm: House) -> None:
    async with owing(1, "room"):
        raise ConfigurationError(["slack-chat/ours: Prefect has no such block"])
    assert resource(firm, "room").state == "refused"
    assert resource(firm, "room").problem == "slack-chat/ours: Prefect has no such block"


async def test_what_another_process_does_is_left_to_it_without_a_word(firm: House, tools: Tools) -> None:
    firm.ledger.write(claim, 1, "room", "a flow", firm.clock())
    await repair(KEY, alone=True)
    assert tools.chat.did("room") == []
    assert firm.desk.said("problem") == []
    assert "room" in await later(firm, seconds=LEASE.total_seconds() + 1)
    assert firm.desk.said("repaired") == []


async def test_what_the_flow_has_done_meanwhile_is_only_written_down(firm: House, tools: Tools) -> None:
    await without_room(firm, tools)
    tools.chat.trouble = None
    await introduce(KEY)
    await later(firm, minutes=1)
    asked = list(tools.chat.asked)
    async with owing(1, "pin/opened"):
        raise InHand("the flow is at it")
    await later(firm, minutes=1)
    assert tools.chat.asked == asked
    assert firm.desk.rows(RepairRow) == []


async def test_a_repair_that_died_before_it_told_anybody_does_next_time(firm: House, tools: Tools) -> None:
    await without_room(firm, tools)
    tools.chat.trouble = None
    firm.clock.forward(minutes=1)
    await make_room(await matter(KEY))  # and here it dies
    await later(firm, seconds=0)
    assert any("there at last" in text for text in tools.chat.did("post"))
    assert tools.chat.did("invite") == ["bob@example.org"]


async def test_an_invitation_that_failed_is_repeated(firm: House, tools: Tools) -> None:
    await repair(KEY, alone=True)
    firm.ledger.write(acknowledge_all, KEY, "bob", via=Via.WEB, now=firm.clock())
    tools.chat.trouble = Trouble.TIMES_OUT
    await invite(KEY, "bob")
    tools.chat.trouble = None
    assert "invite/bob" in await later(firm, seconds=15)
    assert tools.chat.did("invite") == ["bob@example.org"]


async def test_while_a_flow_makes_the_set_up_a_repair_leaves_it_alone(firm: House, tools: Tools) -> None:
    firm.ledger.write(enter_phase, KEY, Phase.DETECT, firm.clock())
    firm.ledger.write(leave_phase, KEY, Phase.DETECT, firm.clock())
    firm.ledger.write(enter_phase, KEY, Phase.CHANNELS, firm.clock())
    assert await repair(KEY) == ("ticket", "ticket/link/page")
    assert tools.chat.asked == []


async def test_an_hour_after_the_end_it_is_left_as_it_is(firm: House, tools: Tools) -> None:
    await repair(KEY, alone=True)
    async with owing(1, "archive"):
        raise InHand("later")
    with firm.ledger.transaction() as session:
        incident = firm.desk.incident()
        incident.closed_at = firm.clock()
        session.merge(incident)
    firm.clock.forward(hours=1, seconds=1)
    assert await repair(KEY) == ()
    assert (tools.chat.did("archive"), firm.desk.rows(RepairRow)) == ([], [])


async def test_nothing_is_due_as_long_as_everything_works(firm: House) -> None:
    await repair(KEY, alone=True)
    assert firm.ledger.read(repairs_due, firm.clock() + timedelta(days=1)) == []
