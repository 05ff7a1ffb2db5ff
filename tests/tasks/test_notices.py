"""Are people told, once and in their language, what others have changed about their shifts?"""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from incident.changes import Change
from incident.decisions import Via
from incident.errors import Rejected, RetryLater, UnknownOutcome
from incident.swaps import Proposal
from ledger.effects import LEASE
from ledger.overrides import add_override, withdraw_override
from ledger.rota_tables import NoticeRow
from ledger.rota_turn import Actor
from ledger.swaps import decline_swap, offer_swap, take_swap, withdraw_swap
from tasks.links import May
from tasks.notices import send_notices
from tasks.surroundings import within
from tests.house import House
from tests.incident.organisations import SMALL
from tests.ledger.desk import START
from tests.tasks.test_handoff import Post, WithPost

DAY = timedelta(days=1)
SPAN = {"start": START + DAY, "end": START + 2 * DAY}
"""In bob's turn: Tuesday 04:10 to Wednesday 04:10 in Rome."""
PEOPLE = {
    "alice": {"name": "Alice", "email": "alice@example.org", "language": "it"},
    "bob": {"name": "Bob", "email": "bob@example.org"},
    "carla": {"name": "Carla", "contacts": [{"via": "console"}]},
}


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
async def firm(house: House, post: Post) -> AsyncIterator[House]:
    """A house whose mail goes to the test; carla has no address."""
    house.employ(people=SMALL["people"] | PEOPLE)
    given = house.surroundings
    place = WithPost(given.ledger, given.links, given.environment, given.now, pagers=given.pagers, post=post)
    with within(place):
        yield house


def change(firm: House, by: str, reason: str = "", **override: Any) -> int:
    wish = Change.model_validate({"schedule": "primary", "override": override | SPAN, "reason": reason})
    return firm.ledger.write(add_override, wish, Actor(by, Via.WEB), firm.clock()).row.id or 0


def offer(firm: House, **more: Any) -> int:
    proposal = Proposal.model_validate({"schedule": "primary"} | SPAN | more)
    return firm.ledger.write(offer_swap, proposal, Actor("bob", Via.WEB), firm.clock()).id or 0


def answer(firm: House, act: Any, number: int, by: str, said: str = "") -> None:
    firm.ledger.write(act, number, Actor(by, Via.WEB), firm.clock(), said)


async def told(post: Post) -> list[tuple[str, str]]:
    """Who has been told what since the last time, by the subject."""
    post.sent.clear()
    await send_notices()
    return [(to, subject) for to, _, subject, _ in post.sent]


async def test_whom_a_change_is_about_is_told_unless_they_made_it(firm: House, post: Post) -> None:
    change(firm, "bob", "dentist", kind="replace", user="bob", **{"with": "alice"})
    assert await told(post) == [("alice@example.org", "Bob ha cambiato quando sei reperibile · primary")]
    ((_, key, _, text),) = post.sent
    assert key == "notice/1@20261123T031000"
    assert "primary: mar 24 nov 04:10 – mer 25 nov 04:10 (Europe/Rome)" in text
    assert "Alice sostituisce Bob\nPerché: dentist" in text


async def test_nobody_is_told_of_their_own_change(firm: House, post: Post) -> None:
    change(firm, "bob", kind="remove", user="bob")
    assert await told(post) == []


async def test_a_withdrawn_change_is_told_too(firm: House, post: Post) -> None:
    number = change(firm, "bob", kind="remove", user="bob")
    firm.ledger.write(withdraw_override, number, Actor("alice", Via.CLI), firm.clock(), reason="not needed")
    assert await told(post) == [("bob@example.org", "Alice has withdrawn a change about you · primary")]
    assert "Bob is not on call\nWhy: not needed" in post.sent[0][3]


async def test_both_sides_of_a_swap_hear_of_each_other(firm: House, post: Post) -> None:
    number = offer(firm, to="alice", reason="a wedding")
    assert await told(post) == [("alice@example.org", "Bob ti chiede di prendere un turno · primary")]
    assert "Perché: a wedding" in post.sent[0][3]
    answer(firm, take_swap, number, "alice", "gladly")
    assert await told(post) == [("bob@example.org", "Alice takes your shift · primary")]
    assert "Why: gladly" in post.sent[0][3]


async def test_whoever_asked_hears_a_no_and_an_offer_to_anybody_tells_nobody(firm: House, post: Post) -> None:
    number = offer(firm, to="alice")
    await told(post)
    answer(firm, decline_swap, number, "alice")
    assert await told(post) == [("bob@example.org", "Alice does not take your shift · primary")]
    answer(firm, withdraw_swap, offer(firm), "bob")
    assert await told(post) == []


async def test_the_link_in_it_is_that_of_whoever_is_told(firm: House, post: Post) -> None:
    offer(firm, to="alice")
    await told(post)
    token = post.sent[0][3].rpartition("?as=")[2].strip()
    assert firm.links.read(token, firm.clock(), May.ROTA).person == "alice"


async def test_a_notice_is_sent_once_and_again_after_a_failure(firm: House, post: Post) -> None:
    offer(firm, to="alice")
    post.troubles = [RetryLater("busy"), UnknownOutcome("no answer")]
    assert await told(post) == []
    assert await told(post) == []
    firm.clock.forward(minutes=3)
    assert await told(post) == []
    firm.clock.time += LEASE
    assert len(await told(post)) == 1
    assert await told(post) == []
    (row,) = firm.desk.rows(NoticeRow)
    assert (row.attempts, row.provider_id, row.problem, row.due_at) == (3, "mail 1", "", None)


async def test_who_has_no_address_is_not_tried_again(firm: House, post: Post) -> None:
    change(firm, "bob", kind="add", user="carla")
    post.troubles = [Rejected("never asked")]
    assert await told(post) == []
    (row,) = firm.desk.rows(NoticeRow)
    assert (row.due_at, row.problem) == (None, "carla has no mail address")
