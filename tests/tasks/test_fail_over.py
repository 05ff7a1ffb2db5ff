"""Does a page take its other way within seconds when a provider fails, and never twice by the same one?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from prefect.client.schemas.objects import TaskRun
from prefect.states import Failed

from blocks.interfaces import PageMessage, Receipt, Repeat
from incident.circuit import FAILURES, REST
from incident.errors import Rejected, RetryLater, UnknownOutcome
from incident.progress import Stage
from incident.story import PageState
from ledger.effects import claim
from ledger.escalations import advance
from ledger.notification_tables import NotificationRow
from ledger.tables import EffectRow, EscalationRow, PageRow
from tasks.notify import by_hand, page, reach_person, worth_a_quick_try
from tasks.page import next_step, send_owed
from tasks.surroundings import within
from tests.house import House, Pager
from tests.incident.organisations import SMALL
from tests.ledger.desk import START

SERVICES = ("checkout", "search", "wiki", "shop", "stock", "login")
TEXT = {"via": "text", "to": "+39", "name": "sms"}
LIMIT = timedelta(seconds=8)


@dataclass
class Slow(Pager):
    """A pager that takes its time: as long as a call may take, and then it has not answered."""

    house: House = field(kw_only=True)

    async def deliver(self, _to: str, message: PageMessage) -> Receipt:
        """Hang until the time limit."""
        self.delivered.append(message)
        self.house.clock.time += LIMIT
        raise RetryLater("ReadTimeout: the answer was lost")


@pytest.fixture
def two(house: House) -> Iterator[House]:
    """A house in which text messages go by a provider that has a second one behind it."""
    ways = {"text": {"type": "x", "instead": "relay"}, "relay": {"type": "x"}}
    house.employ(
        people=SMALL["people"] | {"alice": {"name": "Alice", "contacts": [TEXT]}},
        services={name: {"policy": "checkout", "title": name.title()} for name in SERVICES},
        connections=SMALL["connections"] | ways,
    )
    pagers = {"console": Pager(), "mail": Pager(), "text": house.first, "relay": house.second}
    with within(replace(house.surroundings, pagers=pagers)):
        yield house


def storm(house: House, services: Sequence[str] = SERVICES[:1]) -> None:
    """These services fail; alice is to be paged for each."""
    for service in services:
        incident = house.desk.open(house.clock(), fingerprint=service, service=service)
        house.ledger.write(advance, incident.id or 0, house.clock())


def keys(pager: Pager) -> list[str]:
    return [message.key.split("@")[0] for message in pager.delivered]


def states(house: House) -> list[tuple[str, str]]:
    return [(row.via, row.state.value) for row in house.desk.rows(NotificationRow)]


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(Rejected("HTTP 401"), id="refuses"),
        pytest.param(RetryLater("ConnectTimeout"), id="does not answer"),
        pytest.param(RetryLater("HTTP 429", after=timedelta(minutes=1)), id="limits the rate"),
        pytest.param(UnknownOutcome("ReadTimeout: the answer was lost"), id="loses the answer"),
        pytest.param(ZeroDivisionError(), id="surprises us"),
    ],
)
async def test_the_second_provider_is_used_at_once_when_the_first(two: House, trouble: Exception) -> None:
    storm(two)
    two.first.troubles.append(trouble)
    assert await reach_person(1, by_hand)
    assert (keys(two.first), keys(two.second)) == ([], ["INC-1/page/1/sms/2"])
    assert states(two) == [("text", "failed"), ("relay", "sent")]
    (said,) = two.desk.said("failed over")
    assert said.startswith("text failed for alice by sms, relay is used instead: ")
    (row,) = two.desk.rows(PageRow)
    assert (row.state, row.method, row.sent_at) == (PageState.SENT, "sms", START)


async def test_asking_again_sends_nothing_again(two: House) -> None:
    storm(two)
    two.first.troubles.append(UnknownOutcome("the answer was lost"))
    for _ in range(3):
        await reach_person(1, by_hand)
        await send_owed(1, by_hand)
    assert (len(two.first.delivered), len(two.second.delivered)) == (0, 1)
    assert [row.name for row in two.desk.rows(EffectRow)] == ["page/1/sms", "page/1/sms/2"]
    assert len(two.desk.said("failed over")) == 1


async def test_a_second_provider_whose_sender_died_gets_the_same_message_again(two: House) -> None:
    storm(two)
    two.first.troubles.append(RetryLater("busy"))
    two.second.repeat = Repeat.SAFE
    incident = two.desk.incident().id or 0
    two.ledger.write(claim, incident, "page/1/sms/2", "a run that died", START)
    assert not await reach_person(1, by_hand)
    two.clock.forward(seconds=16)
    assert await reach_person(1, by_hand)
    assert keys(two.second) == ["INC-1/page/1/sms/2"]


async def test_when_both_fail_the_page_has_failed_with_both_reasons_and_the_next_level_follows(
    two: House,
) -> None:
    storm(two)
    two.first.troubles.append(RetryLater("busy"))
    two.second.troubles.append(Rejected("unknown number"))
    assert not await reach_person(1, by_hand)
    (row,) = two.desk.rows(PageRow)
    assert (row.state, row.outcome) == (PageState.FAILED, "sms by text: busy; sms by relay: unknown number")
    two.clock.forward(minutes=5)
    await next_step(1)
    assert [page.person for page in two.desk.rows(PageRow)] == ["alice", "bob"]


async def test_a_storm_against_a_provider_that_hangs_reaches_people_within_seconds(two: House) -> None:
    hangs = Slow(house=two)
    pagers = {"text": hangs, "relay": two.second, "mail": Pager(), "console": Pager()}
    with within(replace(two.surroundings, pagers=pagers)):
        storm(two, SERVICES)
        before = two.clock()
        for number in range(1, len(SERVICES) + 1):
            assert await reach_person(number, by_hand)
    assert len(hangs.delivered) == FAILURES, "then nobody waits for it any more"
    assert len(two.second.delivered) == len(SERVICES)
    assert two.clock() - before == FAILURES * LIMIT
    late = [row for row in two.desk.rows(NotificationRow) if row.outcome.startswith("not waited for")]
    assert len(late) == len(SERVICES) - FAILURES
    assert "it failed 3 times in a row" in two.desk.said("failed over")[-1]


async def test_a_provider_that_returns_is_used_again_after_a_rest(two: House) -> None:
    storm(two, SERVICES[:5])
    two.first.troubles += [RetryLater("busy")] * FAILURES
    for number in (1, 2, 3, 4):
        await reach_person(number, by_hand)
    assert (len(two.first.delivered), len(two.second.delivered)) == (0, 4)
    two.clock.time += REST
    await reach_person(5, by_hand)
    assert len(two.first.delivered) == 1
    storm(two, SERVICES[5:])
    await reach_person(6, by_hand)
    assert len(two.first.delivered) == 2


async def test_the_last_way_is_used_although_its_provider_is_in_trouble(two: House) -> None:
    storm(two, SERVICES[:5])
    two.first.troubles += [RetryLater("busy")] * FAILURES
    two.second.troubles += [RetryLater("busy")] * FAILURES
    for number in (1, 2, 3):
        assert not await reach_person(number, by_hand)
    assert await reach_person(4, by_hand), "the second provider is the last way, so it is tried"
    assert len(two.second.delivered) == 1
    two.second.troubles += [RetryLater("busy")]
    assert await reach_person(5, by_hand), "and when that fails the first one is tried after all"
    assert len(two.first.delivered) == 1
    assert states(two)[-3:] == [("text", "failed"), ("relay", "failed"), ("text", "sent")]


@pytest.mark.parametrize(
    ("failure", "lasted", "again"),
    [(RetryLater("busy"), 1, True), (RetryLater("slow"), 8, False), (UnknownOutcome("lost"), 1, False)],
)
def test_quick_tries_of_a_page_that_has_another_way(failure: Exception, lasted: int, again: bool) -> None:
    state = Failed(data=failure, timestamp=START + timedelta(seconds=lasted))
    run = TaskRun(task_key="page", dynamic_key="1", start_time=START)
    assert worth_a_quick_try(page, run, state) is again


class TestLimits:
    """One text message a minute goes by the provider; people are alice alone."""

    @pytest.fixture
    def slow(self, two: House) -> House:
        ways = {"text": {"type": "x", "per_minute": 1}}
        two.employ(
            people=SMALL["people"] | {"alice": {"name": "Alice", "contacts": [TEXT]}},
            services={name: {"policy": "checkout", "title": name.title()} for name in SERVICES},
            connections=SMALL["connections"] | ways,
        )
        return two

    async def test_the_first_page_leaves_at_once_and_a_storm_becomes_a_bundle(self, slow: House) -> None:
        storm(slow, SERVICES[:4])
        left = [await reach_person(number, by_hand) for number in (1, 2, 3, 4)]
        assert left == [True, False, False, False]
        slow.clock.forward(seconds=59)
        assert not await reach_person(2, by_hand)
        slow.clock.forward(seconds=1)
        assert [await reach_person(number, by_hand) for number in (3, 2, 4)] == [True, False, False]
        alone, bundle = slow.first.delivered
        assert (alone.incident, bundle.incident) == ("INC-1", "INC-2")
        assert all(key in bundle.text for key in ("INC-2", "INC-3", "INC-4"))
        assert {row.state for row in slow.desk.rows(PageRow)} == {PageState.SENT}

    async def test_the_next_storm_has_its_first_page_at_once_again(self, slow: House) -> None:
        storm(slow, SERVICES[:2])
        await reach_person(1, by_hand)
        await reach_person(2, by_hand)
        slow.clock.forward(minutes=1)
        await reach_person(2, by_hand)
        slow.clock.forward(minutes=5)
        storm(slow, SERVICES[2:3])
        assert await reach_person(3, by_hand)
        assert len(slow.first.delivered) == 3

    async def test_the_first_page_to_everybody_leaves_at_once(self, slow: House) -> None:
        everybody = {name: {"name": name, "contacts": [TEXT]} for name in ("alice", "bob", "carol")}
        level = {"targets": [{"person": name} for name in everybody]}
        slow.employ(
            people=everybody,
            connections=SMALL["connections"] | {"text": {"type": "x", "per_minute": 1}},
            policies={"checkout": {"levels": [level]}},
            teams={},
            schedules={},
        )
        storm(slow)
        assert [await reach_person(number, by_hand) for number in (1, 2, 3)] == [True, True, True]
        assert slow.desk.rows(EscalationRow)[0].stage is Stage.CLIMBING
