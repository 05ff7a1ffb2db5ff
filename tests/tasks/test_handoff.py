"""Do those who come and those who go get the note once, by mail, in their language?"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from blocks.catalogue import Purpose
from blocks.interfaces import Connection, Receipt, Repeat
from incident.configuration import Configuration
from incident.decisions import Via
from incident.errors import IncidentError, Rejected, RetryLater, UnknownOutcome
from ledger.effects import LEASE
from ledger.handoff_tables import HandoffMessageRow
from ledger.remarks import remark
from tasks.handoff import note_handoffs, send_notes
from tasks.links import May
from tasks.surroundings import within
from tests.house import House, WithPagers
from tests.incident.organisations import SMALL

CHANGE = datetime(2026, 11, 23, 8, tzinfo=UTC)
"""alice hands over to bob."""


@dataclass
class Post:
    """A mail connection that keeps what it was given; for each of its troubles it fails once first."""

    repeat: Repeat = Repeat.SAFE
    troubles: list[IncidentError] = field(default_factory=list)
    sent: list[tuple[str, str, str, str]] = field(default_factory=list)

    def repeat_of(self, _method: object) -> Repeat:
        return self.repeat

    async def send(self, to: str, key: str, subject: str, text: str) -> Receipt:
        if self.troubles:
            raise self.troubles.pop(0)
        self.sent.append((to, key, subject, text))
        return Receipt(provider_id=f"mail {len(self.sent)}")


@dataclass(frozen=True)
class WithPost(WithPagers):
    """Surroundings whose mail goes to the test."""

    post: Post = field(default_factory=Post)

    async def serving(self, purpose: Purpose, configuration: Configuration) -> Connection:
        assert purpose is Purpose.MAIL
        return cast(Connection, self.post)


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
async def changing(house: House, post: Post) -> AsyncIterator[House]:
    """A house in which alice hands over to bob."""
    people = {
        "alice": SMALL["people"]["alice"] | {"email": "alice@example.org", "language": "it"},
        "bob": SMALL["people"]["bob"],
    }
    house.employ(people=people)
    given = house.surroundings
    place = WithPost(given.ledger, given.links, given.environment, given.now, pagers=given.pagers, post=post)
    with within(place):
        await note_handoffs()
        house.clock.time = CHANGE + timedelta(seconds=1)
        yield house


def messages(house: House) -> list[HandoffMessageRow]:
    return list(house.desk.rows(HandoffMessageRow))


async def test_who_comes_and_who_goes_are_told_in_their_language(changing: House, post: Post) -> None:
    changing.desk.open()
    changing.ledger.write(
        remark, "primary", "Look at the cache.", by="alice", via=Via.CLI, now=changing.clock()
    )
    changing.clock.forward(days=7)
    assert (await note_handoffs(), await send_notes()) == (2, 2)
    (to_alice, _, italian, testo), (to_bob, _, english, text) = post.sent
    assert (to_alice, to_bob) == ("alice@example.org", "bob@example.org")
    assert english == "On-call handoff primary · Mon 30 Nov 09:00 · Alice · 1 open incident"
    assert italian.startswith("Cambio di turno primary · lun 30 nov 09:00 · Alice")
    for part in ("Bob, you are off call", "INC-1", "Error rate", "Look at the cache.", "/handoffs/2"):
        assert part in text
    assert "Alice, adesso il turno di primary è tuo." in testo


async def test_the_link_in_the_note_is_personal(changing: House, post: Post) -> None:
    await note_handoffs()
    await send_notes()
    tokens = [text.partition("/handoffs/1?as=")[2].split()[0] for *_, text in post.sent]
    grants = [changing.links.read(token, changing.clock(), May.ROTA) for token in tokens]
    assert [grant.person for grant in grants] == ["bob", "alice"]


async def test_a_note_is_sent_once_however_often_somebody_looks(changing: House, post: Post) -> None:
    for _ in range(3):
        await note_handoffs()
        await send_notes()
        changing.clock.forward(minutes=5)
    assert [to for to, *_ in post.sent] == ["bob@example.org", "alice@example.org"]
    assert len({key for _, key, *_ in post.sent}) == 2
    assert [row.provider_id for row in messages(changing)] == ["mail 1", "mail 2"]


async def test_a_late_note_is_sent_all_the_same(changing: House, post: Post) -> None:
    changing.clock.forward(days=3)
    await note_handoffs()
    await send_notes()
    assert len(post.sent) == 2


@pytest.mark.parametrize(
    ("trouble", "again"),
    [
        pytest.param(RetryLater("away"), True, id="the relay asks to come back: it is sent later"),
        pytest.param(Rejected("refused"), False, id="the relay refuses: nobody asks again"),
    ],
)
async def test_a_message_that_failed(
    changing: House, post: Post, trouble: IncidentError, again: bool
) -> None:
    post.troubles.append(trouble)
    await note_handoffs()
    assert await send_notes() == 1
    assert messages(changing)[0].problem == str(trouble)
    changing.clock.forward(minutes=10)
    assert await send_notes() == (1 if again else 0)


@pytest.mark.parametrize(
    ("repeat", "uncertain"), [(Repeat.SAFE, False), (Repeat.MAY_DOUBLE, True)], ids=["safe", "may double"]
)
async def test_an_answer_that_was_lost_is_settled_by_repeating(
    changing: House, post: Post, repeat: Repeat, uncertain: bool
) -> None:
    post.repeat = repeat
    post.troubles.append(UnknownOutcome("no answer"))
    await note_handoffs()
    assert await send_notes() == 1
    assert await send_notes() == 0
    changing.clock.time += LEASE
    assert await send_notes() == 1
    assert [row.uncertain for row in messages(changing)] == [uncertain, False]


async def test_who_has_no_address_is_remembered_as_not_told(
    house: House, changing: House, post: Post
) -> None:
    house.employ()
    await note_handoffs()
    assert await send_notes() == 1
    assert messages(house)[1].problem == "alice has no mail address"


async def test_without_mail_the_note_goes_to_the_console_by_name(changing: House, post: Post) -> None:
    changing.employ(use={})
    await note_handoffs()
    await send_notes()
    assert [to for to, *_ in post.sent] == ["Bob", "Alice"]
