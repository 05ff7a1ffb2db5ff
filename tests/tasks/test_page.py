"""Does a level say who is waited for, and send whatever is due of its pages?"""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from incident.decisions import Via
from ledger.escalating import escalate_by_hand
from ledger.escalations import acknowledge
from ledger.tables import PageRow
from tasks.notify import by_hand
from tasks.page import SENDING, _once_per_opening, close_escalation, level, next_step, send_owed
from tests.house import House
from tests.incident.organisations import SMALL
from tests.ledger.desk import at

TWICE = {
    "name": "Alice",
    "contacts": [{"via": "console"}, {"via": "mail", "to": "alice@example.org"}],
    "rules": {"high": [{"by": "console"}, {"by": "mail", "after": "2m"}]},
}


ALICE: dict[str, Any] = {"targets": [{"person": "alice"}]}
BOB: dict[str, Any] = {"targets": [{"person": "bob"}]}


def climbing(house: House, levels: list[dict[str, Any]], **policy: Any) -> None:
    """An incident whose first level was decided."""
    house.employ(policies={"checkout": {"levels": levels, **policy}})
    house.desk.open()
    house.desk.climb(0)


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


async def test_what_sleeps_until_an_acknowledgement_runs_out_is_left_to_another_run(at_home: House) -> None:
    climbing(at_home, [ALICE], unacknowledge_after="30m")
    at_home.ledger.write(acknowledge, 1, "alice", "web", at(1))
    assert (await next_step(1)).seconds_left is None
    at_home.clock.time = at(31)
    step = await next_step(1)
    assert (step.label, step.seconds_left) == ("level 1 · alice", 300)


@pytest.mark.usefixtures("without_prefect")
async def test_a_page_that_does_not_mind_an_answer_is_sent_and_then_it_is_over(at_home: House) -> None:
    climbing(at_home, [ALICE, BOB | {"if_not": "resolved"}])
    at_home.ledger.write(acknowledge, 1, "alice", "web", at(1))
    at_home.clock.time = at(5)
    step = await next_step(1)
    assert (step.label, step.seconds_left) == ("level 2 · bob", SENDING)
    await level.fn(1, step.version)
    assert [row.person for row in at_home.desk.rows(PageRow) if row.sent_at] == ["bob"]
    assert (await next_step(1)).seconds_left is None


@pytest.mark.usefixtures("without_prefect")
async def test_a_level_is_not_waited_for_any_longer_when_somebody_takes_the_next_step(at_home: House) -> None:
    climbing(at_home, [ALICE, BOB])
    step = await next_step(1)
    by_somebody = partial(escalate_by_hand, via=Via.CLI)
    at_home.ledger.write(by_somebody, "INC-1", "bob", now=at(1))
    await level.fn(1, step.version)
    assert (await next_step(1)).label == "level 2 · bob"


async def test_what_is_told_of_an_answer_is_told_again_when_it_was_opened_again(at_home: House) -> None:
    climbing(at_home, [ALICE], unacknowledge_after="30m")
    occasions = []
    for minutes in (1, 32):
        at_home.clock.time = at(minutes)
        await next_step(1)
        at_home.ledger.write(acknowledge, 1, "alice", "web", at(minutes))
        assert await close_escalation(1) == "alice"
        occasions.append(_once_per_opening("acknowledged", at_home.desk.escalation()))
    assert occasions == ["acknowledged/1", "acknowledged/1/1"]


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
