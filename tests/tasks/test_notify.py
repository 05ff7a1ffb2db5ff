"""Is a person woken by each method when it is due, once, and is it known when none works?"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from blocks.interfaces import Repeat
from incident.errors import ConfigurationError, Rejected, RetryLater, UnknownOutcome
from incident.story import PageState
from ledger.effects import LEASE, claim, finish
from ledger.engine import Ledger
from ledger.escalations import acknowledge, advance
from ledger.notifications import fix_bundle, take_due
from ledger.rehearsals import ahead_of
from ledger.tables import EffectRow, IncidentRow, PageRow
from tasks.incident import matter
from tasks.notify import as_task, by_hand, reach_person
from tasks.page import send_owed
from tasks.surroundings import within
from tests.house import House
from tests.incident.organisations import SMALL
from tests.ledger.desk import START

TWO_WAYS = {"name": "Alice", "contacts": [{"via": "console"}, {"via": "mail", "to": "alice@example.org"}]}


SOONER_OR_LATER = {"rules": {"high": [{"by": "console"}, {"by": "mail", "after": "2m"}]}}
SERVICES = ("checkout", "search", "wiki")


@pytest.fixture
def owed(at_home: House) -> House:
    """A house in which alice, who has two methods, is to be paged."""
    opened(at_home, TWO_WAYS)
    return at_home


def opened(house: House, alice: dict[str, Any]) -> None:
    house.employ(people=SMALL["people"] | {"alice": alice})
    house.desk.open()
    house.desk.climb(0)


def page_of(house: House) -> PageRow:
    return house.desk.rows(PageRow)[0]


async def test_a_person_is_paged_by_their_first_method(owed: House) -> None:
    assert await reach_person(1, by_hand)
    page = page_of(owed)
    assert (page.state, page.method, page.sent_at) == (PageState.SENT, "console", START)
    assert (len(owed.first.delivered), len(owed.second.delivered)) == (1, 0)
    assert page.provider_id == "no. 1"


async def test_the_page_says_what_is_wrong_and_where_to_answer(owed: House) -> None:
    await reach_person(1, by_hand)
    (message,) = owed.first.delivered
    assert "Error rate" in message.subject + message.text
    assert message.acknowledge_url in message.text
    assert message.key.startswith("INC-1/page/1@")
    assert (await matter("INC-1")).key_of("page/1") == message.key


async def test_the_page_says_why_this_person_by_this_method_and_who_is_next(owed: House) -> None:
    await reach_person(1, by_hand)
    (message,) = owed.first.delivered
    assert "Why you: on call for primary until 08:00 UTC; round 1 of 3, level 1 of 2" in message.text
    assert "; the first contact, console at once\n" in message.text
    assert "If nobody acknowledges, next: Bob, 23 Nov 03:15 UTC (level 2)." in message.text


class ForgetsWhatComes(Ledger):
    """A ledger that tells everything but what comes next."""

    async def aread(self, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if work is ahead_of:
            raise ZeroDivisionError
        return await super().aread(work, *args, **kwargs)


async def test_a_page_leaves_although_nobody_knows_what_comes_next(owed: House) -> None:
    forgetful = replace(owed.surroundings, ledger=ForgetsWhatComes(owed.ledger.url))
    with within(forgetful):
        assert await reach_person(1, by_hand)
    (message,) = owed.first.delivered
    assert "Until somebody acknowledges, the next person is woken." in message.text


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(Rejected("unknown number"), id="refuses"),
        pytest.param(RetryLater("busy"), id="is busy"),
        pytest.param(UnknownOutcome("the answer was lost"), id="does not say what happened"),
        pytest.param(ConfigurationError(["connections.mail: no address"]), id="is set up wrongly"),
        pytest.param(ZeroDivisionError(), id="surprises us"),
    ],
)
async def test_the_next_method_is_used_when_one(owed: House, trouble: Exception) -> None:
    owed.first.troubles.append(trouble)
    await reach_person(1, by_hand)
    assert (page_of(owed).state, page_of(owed).method) == (PageState.SENT, "mail")
    assert len(owed.second.delivered) == 1


async def test_what_another_process_sends_is_left_to_it(owed: House) -> None:
    incident = owed.desk.incident().id or 0
    owed.ledger.write(claim, incident, "page/1/console", "a run", START)
    assert not await reach_person(1, by_hand)
    assert page_of(owed).state is PageState.OWED
    assert owed.first.delivered + owed.second.delivered == []
    owed.clock.time += LEASE + timedelta(seconds=1)
    assert await reach_person(1, by_hand)
    assert page_of(owed).state is PageState.SENT


@pytest.mark.parametrize(("repeat", "doubtful"), [(Repeat.SAFE, False), (Repeat.MAY_DOUBLE, True)])
async def test_a_page_whose_sender_died_is_sent_again_and_marked_where_it_may_have_doubled(
    owed: House, repeat: Repeat, doubtful: bool
) -> None:
    owed.first.repeat = repeat
    owed.ledger.write(claim, owed.desk.incident().id or 0, "page/1/console", "a run", START)
    owed.clock.time += LEASE + timedelta(seconds=1)
    await reach_person(1, by_hand)
    assert (page_of(owed).uncertain, len(owed.first.delivered)) == (doubtful, 1)
    assert ("may have been sent twice" in owed.desk.said("paged")[-1]) is doubtful


async def test_when_no_method_works_the_page_has_failed_with_every_reason(owed: House) -> None:
    owed.first.troubles.append(Rejected("unknown number"))
    owed.second.troubles.append(ZeroDivisionError())
    assert not await reach_person(1, by_hand)
    page = page_of(owed)
    assert page.state is PageState.FAILED
    assert page.outcome == "console: unknown number; mail: ZeroDivisionError"
    assert owed.desk.said("page failed")


async def test_a_page_to_somebody_without_a_contact_has_failed(owed: House) -> None:
    owed.ledger.write(_now_for, "dave")
    assert not await reach_person(1, by_hand)
    assert page_of(owed).state is PageState.FAILED
    assert page_of(owed).outcome == "no way to reach them is configured"


async def test_nobody_is_woken_after_somebody_answered(owed: House) -> None:
    owed.ledger.write(acknowledge, 1, "bob", "web", START)
    assert not await reach_person(1, by_hand)
    assert owed.first.delivered == []
    assert page_of(owed).state is PageState.DROPPED


async def test_a_page_that_was_sent_is_not_sent_again(owed: House) -> None:
    for _ in range(2):
        await reach_person(1, by_hand)
        await send_owed(1, by_hand)
    assert len(owed.first.delivered) == 1
    assert len(owed.desk.said("paged")) == 1
    assert [row.name for row in owed.desk.rows(EffectRow)] == ["page/1/console"]


async def test_a_person_with_rules_is_paged_by_each_method_when_it_is_due(at_home: House) -> None:
    opened(at_home, TWO_WAYS | SOONER_OR_LATER)
    assert await reach_person(1, by_hand)
    assert not await reach_person(1, by_hand)
    at_home.clock.forward(minutes=2)
    assert await reach_person(1, by_hand)
    assert [row.name for row in at_home.desk.rows(EffectRow)] == ["page/1/console", "page/1/mail"]
    keys = [message.key for message in at_home.first.delivered + at_home.second.delivered]
    assert [key.split("@")[0] for key in keys] == ["INC-1/page/1", "INC-1/page/1/mail"]
    assert page_of(at_home).method == "console"


async def test_an_answer_between_two_methods_drops_the_later_one(at_home: House) -> None:
    opened(at_home, TWO_WAYS | SOONER_OR_LATER)
    await reach_person(1, by_hand)
    at_home.ledger.write(acknowledge, 1, "alice", "web", START)
    at_home.clock.forward(minutes=2)
    assert not await reach_person(1, by_hand)
    assert at_home.second.delivered == []


async def test_when_a_method_fails_the_next_one_does_not_wait_for_its_time(at_home: House) -> None:
    opened(at_home, TWO_WAYS | SOONER_OR_LATER)
    at_home.first.troubles.append(Rejected("no signal"))
    assert await reach_person(1, by_hand)
    assert (page_of(at_home).method, page_of(at_home).sent_at) == ("mail", START)


async def test_a_method_that_is_used_again_is_sent_again_under_another_key(at_home: House) -> None:
    twice = [{"by": "console"}, {"by": "console", "after": "2m"}]
    opened(at_home, TWO_WAYS | {"rules": {"high": twice}})
    await reach_person(1, by_hand)
    at_home.clock.forward(minutes=2)
    await reach_person(1, by_hand)
    first, second = [message.key.split("@")[0] for message in at_home.first.delivered]
    assert (first, second) == ("INC-1/page/1", "INC-1/page/1/console/2")


@pytest.mark.usefixtures("without_prefect")
async def test_a_page_leaves_without_prefect_when_that_went_away_meanwhile(owed: House) -> None:
    assert await reach_person(1, as_task)
    assert page_of(owed).state is PageState.SENT
    assert len(owed.first.delivered) == 1


class TestBundles:
    @pytest.fixture
    def busy(self, at_home: House) -> House:
        """Three services fail at once; alice gets one message in five minutes."""
        at_home.employ(
            people=SMALL["people"]
            | {"alice": {"name": "Alice", "contacts": [{"via": "console", "bundle": "5m"}]}},
            services={name: {"policy": "checkout", "title": name.title()} for name in SERVICES},
        )
        for number, service in enumerate(SERVICES):
            at_home.desk.open(fingerprint=service, service=service)
            at_home.ledger.write(advance, number + 1, START)
        return at_home

    async def test_later_pages_come_in_one_message_that_names_all_incidents(self, busy: House) -> None:
        assert [await reach_person(number, by_hand) for number in (1, 2, 3)] == [True, False, False]
        busy.clock.forward(minutes=5)
        assert [await reach_person(number, by_hand) for number in (3, 2)] == [True, False]
        alone, bundle = busy.first.delivered
        assert (alone.incident, bundle.incident) == ("INC-1", "INC-2")
        assert bundle.subject == "2 pages · INC-2 SEV 1 Search, INC-3 SEV 1 Wiki"

    async def test_pages_that_are_due_together_go_together(self, busy: House) -> None:
        for number in (1, 2, 3):
            busy.ledger.write(take_due, number, START)
        assert await reach_person(3, by_hand)
        (bundle,) = busy.first.delivered
        for needed in ("INC-1", "INC-2", "INC-3", "Checkout", "Search", "Wiki"):
            assert needed in bundle.text
        assert bundle.text.count("/ack/") == 3
        assert {(row.state, row.provider_id) for row in busy.desk.rows(PageRow)} == {
            (PageState.SENT, "no. 1")
        }

    async def test_an_incident_that_was_answered_meanwhile_is_not_named(self, busy: House) -> None:
        await reach_person(1, by_hand)
        for number in (2, 3):
            busy.ledger.write(take_due, number, START)
        busy.ledger.write(acknowledge, 3, "bob", "web", START)
        busy.clock.forward(minutes=5)
        await reach_person(2, by_hand)
        assert "INC-3" not in busy.first.delivered[-1].text
        assert "Search" in busy.first.delivered[-1].subject

    async def test_a_bundle_whose_sender_died_after_it_left_is_not_sent_again(self, busy: House) -> None:
        for number in (1, 2, 3):
            busy.ledger.write(take_due, number, START)
        incident = busy.desk.rows(IncidentRow)[0].id or 0
        busy.ledger.write(fix_bundle, 1, START)
        busy.ledger.write(claim, incident, "page/1/console", "a run", START)
        busy.ledger.write(finish, incident, "page/1/console", START, {"provider_id": "no. 0"})
        assert await reach_person(2, by_hand)
        assert busy.first.delivered == []
        assert {row.provider_id for row in busy.desk.rows(PageRow)} == {"no. 0"}


def _now_for(session: Session, person: str) -> None:
    page = session.get_one(PageRow, 1)
    page.person = person
    session.add(page)
