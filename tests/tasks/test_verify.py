"""Does a test message go to the contact it is for, in its person's language, with a code and a link?"""

from typing import Any

import pytest

from incident.configuration import Contact
from incident.contacts import Address
from incident.errors import Rejected, RetryLater, UnknownOutcome
from ledger.effects import LEASE
from ledger.notification_tables import VerificationRow
from ledger.verifications import owe_verification
from tasks.links import May
from tasks.verify import send_verifications
from tests.house import House
from tests.incident.organisations import SMALL
from tests.ledger.desk import START

HERS = Address("alice", "mail", "alice@example.org")


@pytest.fixture
def asked(at_home: House) -> House:
    """A house in which a test message to alice's mail is owed."""
    alice: dict[str, Any] = {"name": "Alice", "email": HERS.to, "language": "it"}
    at_home.employ(people=SMALL["people"] | {"alice": alice})
    at_home.ledger.write(
        owe_verification, HERS, Contact(via="mail", to=HERS.to), "042042", by="bob", now=START
    )
    return at_home


def row(house: House) -> VerificationRow:
    return house.desk.rows(VerificationRow)[0]


async def test_the_message_has_the_code_and_a_link_of_its_own(asked: House) -> None:
    assert await send_verifications() == 1
    ((to, key, subject, text),) = asked.second.sent
    assert (to, key.split("@")[0]) == (HERS.to, "verification/1")
    assert "042042" in subject
    assert "questa è una prova" in text
    token = text.split("/contacts/")[1].split()[0]
    grant = asked.links.read(token, START, May.CONFIRM)
    assert (grant.person, grant.verification) == ("alice", 1)
    assert row(asked).sent_at == START


async def test_it_is_sent_once(asked: House) -> None:
    await send_verifications()
    assert await send_verifications() == 0
    assert len(asked.second.sent) == 1


@pytest.mark.parametrize("trouble", [Rejected("unknown number"), UnknownOutcome("no answer")], ids=str)
async def test_what_cannot_be_sent_says_why(asked: House, trouble: Exception) -> None:
    asked.second.troubles.append(trouble)
    assert await send_verifications() == 0
    assert row(asked).problem == str(trouble)
    assert await send_verifications() == 0


async def test_a_channel_that_is_busy_is_tried_again(asked: House) -> None:
    asked.second.troubles.append(RetryLater("busy"))
    assert await send_verifications() == 0
    asked.clock.time += LEASE
    assert await send_verifications() == 1


async def test_a_contact_that_was_taken_away_meanwhile_gets_nothing(asked: House) -> None:
    asked.employ(people=SMALL["people"])
    assert await send_verifications() == 0
    assert row(asked).problem == "mail is no contact of alice any more"
    assert asked.second.sent == []
