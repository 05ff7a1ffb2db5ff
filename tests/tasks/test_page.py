"""Does a level say who is waited for, and send whatever is due of its pages?"""

from datetime import timedelta

import pytest

from ledger.escalations import acknowledge
from tasks.notify import by_hand
from tasks.page import next_step, send_owed
from tests.house import House
from tests.incident.organisations import SMALL
from tests.ledger.desk import at

TWICE = {
    "name": "Alice",
    "contacts": [{"via": "console"}, {"via": "mail", "to": "alice@example.org"}],
    "rules": {"high": [{"by": "console"}, {"by": "mail", "after": "2m"}]},
}


@pytest.fixture
def owed(at_home: House) -> House:
    """A house in which alice is to be paged on the terminal, and two minutes later by mail."""
    at_home.employ(people=SMALL["people"] | {"alice": TWICE})
    at_home.desk.open()
    at_home.desk.climb(0)
    return at_home


async def test_a_step_says_who_is_waited_for_and_how_long(owed: House) -> None:
    step = await next_step(1)
    assert (step.label, step.seconds_left) == ("level 1 · alice", 300)
    owed.ledger.write(acknowledge, 1, "alice", "web", at(1))
    assert (await next_step(1)).seconds_left is None


async def test_a_level_sends_what_is_due_and_the_rest_when_it_is(owed: House) -> None:
    assert await send_owed(1, by_hand)
    assert not await send_owed(1, by_hand)
    assert (len(owed.first.delivered), len(owed.second.delivered)) == (1, 0)
    owed.clock.time += timedelta(minutes=2)
    assert await send_owed(1, by_hand)
    assert (len(owed.first.delivered), len(owed.second.delivered)) == (1, 1)


async def test_a_later_level_sends_what_an_earlier_one_still_owes(owed: House) -> None:
    await send_owed(1, by_hand)
    owed.clock.time = at(5)
    owed.desk.climb(5)
    assert await send_owed(1, by_hand)
    assert sorted(message.key.split("@")[0] for message in owed.second.delivered) == [
        "INC-1/page/1/mail",
        "INC-1/page/2",
    ]
