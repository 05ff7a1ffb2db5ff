"""Does an outside effect happen once, whoever dies in the middle?"""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from prefect.client.schemas.objects import State, StateType

from blocks.interfaces import Repeat, Room
from incident.errors import ConfigurationError, InHand, Rejected, RetryLater, UnknownOutcome
from ledger.effects import LEASE, claim, fail, finish
from ledger.tables import EffectRow
from tasks.once import WATCHDOG, holder, once, worth_retrying
from tests.house import House

ROOM = Room(id="r1", url="https://chat.example/r1")
KEPT = ROOM.model_dump(mode="json")


@dataclass
class Provider:
    """Does what it is asked and counts, or fails with its trouble."""

    trouble: Exception | None = None
    calls: list[str] = field(default_factory=list)

    async def __call__(self) -> Room:
        self.calls.append("room")
        if self.trouble:
            raise self.trouble
        return ROOM


@pytest.fixture
def incident(at_home: House) -> int:
    return at_home.desk.open().id or 0


@pytest.fixture
def provider() -> Provider:
    return Provider()


def claimed(house: House, incident: int, by: str) -> None:
    house.ledger.write(claim, incident, "room", by, house.clock())


def effect(house: House) -> EffectRow:
    (row,) = house.desk.rows(EffectRow)
    return row


async def test_what_nobody_tried_is_done_and_recorded(
    house: House, incident: int, provider: Provider
) -> None:
    assert await once(incident, "room", Repeat.MAY_DOUBLE, provider) == (KEPT, False)
    row = effect(house)
    assert (provider.calls, row.result, row.finished_at, row.uncertain) == (
        ["room"],
        KEPT,
        house.clock(),
        False,
    )


async def test_it_is_claimed_before_it_is_done(house: House, incident: int) -> None:
    async def look() -> str:
        row = effect(house)
        assert (row.holder, row.finished_at, row.lease_until) == (WATCHDOG, None, house.clock() + LEASE)
        return "seen"

    assert await once(incident, "room", Repeat.SAFE, look) == ("seen", False)


async def test_what_is_done_is_not_done_again(house: House, incident: int, provider: Provider) -> None:
    await once(incident, "room", Repeat.SAFE, provider)
    assert await once(incident, "room", Repeat.SAFE, provider) == (KEPT, False)
    assert provider.calls == ["room"]


async def test_what_another_process_did_is_not_done_again(
    house: House, incident: int, provider: Provider
) -> None:
    claimed(house, incident, "another")
    house.ledger.write(finish, incident, "room", house.clock(), KEPT)
    assert await once(incident, "room", Repeat.MAY_DOUBLE, provider) == (KEPT, False)
    assert provider.calls == []


async def test_what_was_given_up_is_refused_for_the_same_reason(
    house: House, incident: int, provider: Provider
) -> None:
    claimed(house, incident, "another")
    house.ledger.write(fail, incident, "room", "no such channel", for_good=True)
    with pytest.raises(Rejected, match="no such channel"):
        await once(incident, "room", Repeat.SAFE, provider)
    assert provider.calls == []


async def test_what_another_process_is_doing_is_in_hand_until_its_lease_ends(
    house: House, incident: int, provider: Provider
) -> None:
    claimed(house, incident, "another")
    house.clock.forward(seconds=5)
    with pytest.raises(InHand) as in_hand:
        await once(incident, "room", Repeat.SAFE, provider)
    assert (in_hand.value.after, provider.calls) == (LEASE - timedelta(seconds=5), [])


@pytest.mark.parametrize("repeat", Repeat)
async def test_what_this_process_is_doing_is_in_hand_for_itself_too(
    house: House, incident: int, repeat: Repeat
) -> None:
    begun, calls = asyncio.Event(), []

    async def slow() -> str:
        calls.append("call")
        begun.set()
        await asyncio.sleep(0.05)
        return "kept"

    first = asyncio.create_task(once(incident, "room", repeat, slow))
    await begun.wait()
    with pytest.raises(InHand):
        await once(incident, "room", repeat, slow)
    assert await first == ("kept", False)
    assert await once(incident, "room", repeat, slow) == ("kept", False)
    assert calls == ["call"]


@pytest.mark.parametrize(
    ("left_by", "later"),
    [
        pytest.param(WATCHDOG, timedelta(0), id="by this process, whose try was cut off"),
        pytest.param("another", LEASE + timedelta(seconds=1), id="by a process that died"),
    ],
)
@pytest.mark.parametrize(
    ("repeat", "doubtful"),
    [
        pytest.param(Repeat.SAFE, False, id="a provider that knows the key is asked again"),
        pytest.param(Repeat.MAY_DOUBLE, True, id="with another one the ledger says that it may have doubled"),
    ],
)
async def test_what_was_left_open_is_settled(
    house: House,
    incident: int,
    provider: Provider,
    left_by: str,
    later: timedelta,
    repeat: Repeat,
    doubtful: bool,
) -> None:
    claimed(house, incident, left_by)
    house.clock.time += later
    assert await once(incident, "room", repeat, provider) == (KEPT, doubtful)
    assert (provider.calls, effect(house).uncertain) == (["room"], doubtful)
    assert len(house.desk.said("problem")) == doubtful


@pytest.mark.parametrize(
    ("trouble", "problem", "given_up"),
    [
        pytest.param(RetryLater("busy (503)"), "busy (503)", False, id="what may work later failed"),
        pytest.param(
            Rejected("unknown room (404)"), "unknown room (404)", True, id="what was refused is given up"
        ),
        pytest.param(UnknownOutcome("the answer was lost"), "", False, id="a lost answer leaves it open"),
        pytest.param(ZeroDivisionError("a fault of ours"), "", False, id="so does a fault of ours"),
    ],
)
async def test_a_failure_is_passed_on_and_remembered(
    house: House, incident: int, provider: Provider, trouble: Exception, problem: str, given_up: bool
) -> None:
    provider.trouble = trouble
    with pytest.raises(type(trouble), match=str(trouble).partition("(")[0]):
        await once(incident, "room", Repeat.SAFE, provider)
    row = effect(house)
    assert (row.finished_at, row.problem, row.given_up) == (None, problem, given_up)


@pytest.mark.parametrize(
    ("trouble", "doubtful"),
    [
        pytest.param(RetryLater("busy"), False, id="after a failure nothing can be doubled"),
        pytest.param(UnknownOutcome("lost"), True, id="after a lost answer it can"),
    ],
)
async def test_the_next_try_knows_how_the_last_one_ended(
    house: House, incident: int, provider: Provider, trouble: Exception, doubtful: bool
) -> None:
    provider.trouble = trouble
    with pytest.raises(type(trouble)):
        await once(incident, "room", Repeat.MAY_DOUBLE, provider)
    provider.trouble = None
    assert await once(incident, "room", Repeat.MAY_DOUBLE, provider) == (KEPT, doubtful)
    assert effect(house).uncertain is doubtful


@pytest.mark.parametrize(
    ("failure", "again"),
    [
        (RetryLater("busy"), True),
        (InHand("another is at it"), True),
        (UnknownOutcome("lost"), True),
        (Rejected("no"), False),
        (ConfigurationError(["connections.mail: is missing"]), False),
        (ZeroDivisionError(), False),
    ],
)
def test_only_what_may_work_next_time_is_tried_again(failure: Exception, again: bool) -> None:
    state: State[Exception] = State(type=StateType.FAILED, data=failure)
    assert worth_retrying(None, None, state) is again  # type: ignore[arg-type]  # neither is looked at


def test_outside_a_flow_the_watchdog_claims() -> None:
    assert holder() == WATCHDOG
