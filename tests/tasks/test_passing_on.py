"""Is a monitor told once who has acknowledged, whoever dies or does not answer meanwhile?"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import cast

import pytest

from blocks.interfaces import Connection, Receipt, Repeat
from incident.alert import Alert
from incident.configuration import Configuration
from incident.decisions import Via
from incident.errors import ConfigurationError, Rejected, RetryLater, UnknownOutcome
from ledger.by_hand import acknowledge_all
from ledger.configurations import configuration_in_force
from ledger.effects import LEASE, claim
from ledger.passing_on_tables import PassingOnRow
from ledger.tables import EffectRow
from service.passing_on import PassingOn
from tasks.passing_on import pass_on_acknowledgements
from tasks.surroundings import within
from tests.house import House, WithPagers
from tests.incident.organisations import SMALL

SOURCES = {
    "alertmanager": {"dialect": "alertmanager", "acknowledge_at": "left"},
    "scripts": {"dialect": "generic", "acknowledge_at": "right"},
}
CONNECTIONS = {
    "left": {"type": "nagios-command-file", "path": "/run/left"},
    "right": {"type": "nagios-command-file", "path": "/run/right"},
}


@dataclass
class FakeMonitor:
    """A monitor that keeps what it was told; for each of its troubles it fails once first."""

    repeat: Repeat = Repeat.SAFE
    troubles: list[Exception] = field(default_factory=list)
    told: list[tuple[str, str, str, str]] = field(default_factory=list)
    silent: asyncio.Event | None = None

    async def acknowledge(self, key: str, alert: Alert, author: str, comment: str) -> Receipt:
        """Keep it."""
        if self.silent:
            await self.silent.wait()
        if self.troubles:
            raise self.troubles.pop(0)
        self.told.append((key, alert.fingerprint, author, comment))
        return Receipt(provider_id=key)


@dataclass(frozen=True)
class WithMonitors(WithPagers):
    """Surroundings in which a connection leads to a monitor of the test."""

    monitors: Mapping[str, FakeMonitor] = field(default_factory=dict)

    async def connected(self, name: str, configuration: Configuration) -> Connection:
        """The monitor of this name."""
        return cast(Connection, self.monitors[name])


@pytest.fixture
def left() -> FakeMonitor:
    return FakeMonitor()


@pytest.fixture
def right() -> FakeMonitor:
    return FakeMonitor()


@pytest.fixture
async def firm(house: House, left: FakeMonitor, right: FakeMonitor) -> AsyncIterator[House]:
    """A house with two monitors, whose incident alice has acknowledged."""
    house.employ(sources=SOURCES, connections=SMALL["connections"] | CONNECTIONS)
    house.desk.open()
    acknowledge(house)
    given = house.surroundings
    monitors = {"left": left, "right": right}
    place = WithMonitors(
        given.ledger, given.links, given.environment, given.now, pagers=given.pagers, monitors=monitors
    )
    with within(place):
        yield house


def acknowledge(house: House) -> None:
    house.ledger.write(acknowledge_all, "INC-1", "alice", via=Via.WEB, now=house.clock())


def rows(house: House) -> list[tuple[str, str]]:
    return [(row.monitor, row.outcome) for row in house.desk.rows(PassingOnRow)]


async def test_it_is_told_once_who_takes_it_and_where_the_incident_is(firm: House, left: FakeMonitor) -> None:
    assert [await pass_on_acknowledgements() for _ in range(3)] == [1, 0, 0]
    assert left.told == [
        (
            "INC-1/acknowledge/left/1@20261123T031000",
            "f1",
            "Alice",
            "Alice has acknowledged INC-1: http://testserver/incidents/INC-1",
        )
    ]
    assert firm.desk.said("passed on") == ["left was told that alice has acknowledged: Error rate"]


@pytest.mark.parametrize("trouble", [RetryLater("HTTP 503"), ConfigurationError(["it is not set up"])])
async def test_what_cannot_be_told_now_is_told_later(
    firm: House, left: FakeMonitor, trouble: Exception
) -> None:
    left.troubles = [trouble]
    assert await pass_on_acknowledgements() == 0
    assert rows(firm) == [("left", str(trouble))]
    assert await pass_on_acknowledgements() == 0
    firm.clock.forward(seconds=2)
    assert await pass_on_acknowledgements() == 1


async def test_a_lost_answer_is_settled_by_the_next_try(firm: House, left: FakeMonitor) -> None:
    left.troubles = [UnknownOutcome("no answer")]
    assert await pass_on_acknowledgements() == 0
    firm.clock.forward(seconds=2)
    assert await pass_on_acknowledgements() == 0
    firm.clock.time += LEASE
    assert await pass_on_acknowledgements() == 1
    (effect,) = firm.desk.rows(EffectRow)
    assert (effect.name, effect.attempts, effect.uncertain) == ("acknowledge/left/1", 2, False)


async def test_after_a_death_in_the_middle_a_pipe_says_that_it_may_have_happened_twice(
    firm: House, left: FakeMonitor
) -> None:
    left.repeat = Repeat.MAY_DOUBLE
    firm.ledger.write(claim, 1, "acknowledge/left/1", "another process", firm.clock())
    assert await pass_on_acknowledgements() == 0
    firm.clock.time += LEASE
    assert await pass_on_acknowledgements() == 1
    assert "may have happened twice" in firm.desk.said("problem")[0]


async def test_a_refusal_is_said_once_and_not_tried_again(firm: House, left: FakeMonitor) -> None:
    left.troubles = [Rejected("HTTP 401 Unauthorized")]
    for _ in range(3):
        assert await pass_on_acknowledgements() == 0
        firm.clock.forward(hours=1)
    assert firm.desk.said("problem") == [
        "left could not be told that alice has acknowledged: HTTP 401 Unauthorized"
    ]
    assert left.told == []


async def test_a_monitor_that_does_not_answer_holds_up_no_other_one(
    firm: House, left: FakeMonitor, right: FakeMonitor
) -> None:
    firm.desk.take(firm.clock(), source="scripts", fingerprint="s1")
    left.silent = asyncio.Event()
    look = asyncio.create_task(pass_on_acknowledgements())
    async with asyncio.timeout(10):
        while not right.told:
            await asyncio.sleep(0.01)
    assert left.told == []
    left.silent.set()
    assert await look == 2


async def test_a_monitor_that_is_busy_is_not_asked_again_in_the_same_look(
    firm: House, left: FakeMonitor
) -> None:
    firm.desk.take(firm.clock(), fingerprint="f2")
    left.troubles = [RetryLater("HTTP 503"), RetryLater("HTTP 503")]
    assert await pass_on_acknowledgements() == 0
    assert len(left.troubles) == 1


async def test_the_loop_outlives_what_it_meets(
    firm: House, left: FakeMonitor, caplog: pytest.LogCaptureFixture
) -> None:
    left.troubles = [KeyError("a fault of ours")]
    with caplog.at_level(logging.ERROR):
        loop = asyncio.create_task(PassingOn().run())
        async with asyncio.timeout(10):
            while "monitors could not be told" not in caplog.text:
                await asyncio.sleep(0.01)
            firm.clock.time += LEASE
            while not left.told:
                await asyncio.sleep(0.01)
    loop.cancel()


async def test_a_connection_that_the_file_does_not_know_is_said(house: House, at_home: House) -> None:
    _, configuration = house.ledger.read(configuration_in_force)
    with pytest.raises(ConfigurationError, match="elsewhere: is not under connections:"):
        await house.surroundings.connected("elsewhere", configuration)
