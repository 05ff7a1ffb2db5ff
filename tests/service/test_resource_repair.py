"""Does the watchdog give incidents what they lack, beside its looks, and cheaply while nothing is missing?"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from blocks.interfaces import Room
from ledger.repairs import Failed, owe
from service.resource_repair import ALONE_AFTER, ResourceRepair
from tasks.surroundings import within
from tests.house import House
from tests.tasks.tools import FakeChat, Tools, equipped


@dataclass
class Hanging(FakeChat):
    """A chat that answers when the test lets it."""

    goes_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def create_room(self, key: str, name: str, topic: str) -> Room:
        await self.goes_on.wait()
        return await super().create_room(key, name, topic)


@pytest.fixture
def chat() -> Hanging:
    return Hanging()


@pytest.fixture
def firm(house: House, chat: Hanging) -> Iterator[House]:
    """A house with an incident, and a chat that hangs."""
    house.desk.open()
    with within(replace(equipped(house), tools=Tools(chat=chat))):
        yield house


async def test_what_is_due_is_done(firm: House, chat: Hanging) -> None:
    chat.goes_on.set()
    firm.ledger.write(owe, 1, "room", Failed("HTTP 503"), firm.clock())
    watchdog = ResourceRepair(timedelta(seconds=30))
    assert await watchdog.look(firm.clock(), alone=False) == 0
    firm.clock.forward(seconds=15)
    assert await watchdog.look(firm.clock(), alone=False) > 0
    assert chat.did("room") == ["INC-1"]


async def test_a_vendor_that_hangs_holds_up_no_look(firm: House, chat: Hanging) -> None:
    firm.ledger.write(owe, 1, "room", Failed("HTTP 503"), firm.clock())
    firm.clock.forward(seconds=15)
    watchdog = ResourceRepair(timedelta(0))
    for _ in range(3):
        assert await watchdog.look(firm.clock(), alone=False) == 0
    chat.goes_on.set()
    async with asyncio.timeout(60):
        while not await watchdog.look(firm.clock(), alone=False):
            await asyncio.sleep(0)
    assert (chat.asked.count("room"), chat.did("room")) == (1, ["INC-1"])


async def test_without_prefect_a_new_incident_gets_its_set_up_after_a_while(
    firm: House, chat: Hanging
) -> None:
    chat.goes_on.set()
    watchdog = ResourceRepair(timedelta(seconds=30))
    assert await watchdog.look(firm.clock() + ALONE_AFTER, alone=True) == 0
    firm.clock.forward(seconds=ALONE_AFTER.total_seconds() + 1)
    assert await watchdog.look(firm.clock(), alone=False) == 0
    assert await watchdog.look(firm.clock(), alone=True) > 0
    assert chat.did("room") == ["INC-1"]
    assert await watchdog.look(firm.clock(), alone=True) == 0
