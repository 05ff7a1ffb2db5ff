"""Is it known which contacts somebody has confirmed, and is each test message sent once?"""

from datetime import timedelta
from functools import partial

import pytest

from incident.configuration import Contact
from incident.contacts import Address
from incident.decisions import Via
from incident.errors import NotFoundError
from ledger.effects import LEASE
from ledger.engine import Ledger
from ledger.verifications import (
    VALID,
    confirm,
    confirm_code,
    find_verification,
    newest_verifications,
    owe_verification,
    take_verification,
    verification_failed,
    verification_sent,
    verifications_owed,
    verified_addresses,
)
from tests.ledger.desk import START, at, together

SMS = Contact(via="text", to="+39", name="sms")
HERS = Address("alice", "text", "+39")
MOMENT = timedelta(seconds=1)


def owe(ledger: Ledger, code: str = "042042", minutes: float = 0, to: Address = HERS) -> int:
    return ledger.write(owe_verification, to, SMS, code, by="bob", now=at(minutes))


def owed(ledger: Ledger, minutes: float = 0) -> list[int]:
    return [row.id or 0 for row in ledger.read(verifications_owed, at(minutes))]


def test_a_message_is_owed_until_it_is_sent(ledger: Ledger) -> None:
    number = owe(ledger)
    assert owed(ledger) == [number]
    ledger.write(verification_sent, number, at(1))
    assert owed(ledger, 1) == []
    assert ledger.read(find_verification, number).sent_at == at(1)


def test_a_message_that_cannot_leave_is_given_up_with_the_reason(ledger: Ledger) -> None:
    number = owe(ledger)
    ledger.write(verification_failed, number, "unknown number")
    assert owed(ledger) == []
    assert ledger.write(take_verification, number, at(1)) is None


def test_one_of_several_processes_sends_it(ledger: Ledger) -> None:
    number = owe(ledger)
    taken = together(*[partial(ledger.write, take_verification, number, START)] * 4)
    assert sum(row is not None for row in taken) == 1
    assert owed(ledger) == []


def test_whoever_died_while_sending_is_followed_by_another(ledger: Ledger) -> None:
    number = owe(ledger)
    ledger.write(take_verification, number, START)
    assert ledger.write(take_verification, number, START + LEASE - MOMENT) is None
    assert [row.id for row in ledger.read(verifications_owed, START + LEASE)] == [number]
    assert ledger.write(take_verification, number, START + LEASE) is not None


def test_a_message_that_could_not_leave_for_a_day_is_too_late(ledger: Ledger) -> None:
    owe(ledger)
    assert ledger.read(verifications_owed, START + VALID) == []


def test_the_code_of_a_message_confirms_its_contact(ledger: Ledger) -> None:
    owe(ledger)
    assert ledger.read(verified_addresses) == frozenset()
    row = ledger.write(confirm_code, "alice", "042042", Via.CLI, at(2))
    assert (row.method, row.confirmed_at, row.confirmed_via) == ("sms", at(2), Via.CLI)
    assert ledger.read(verified_addresses) == {HERS}


def test_the_first_confirmation_counts(ledger: Ledger) -> None:
    number = owe(ledger)
    ledger.write(confirm, number, Via.WEB, at(2))
    row = ledger.write(confirm_code, "alice", "042042", Via.CLI, at(3))
    assert (row.confirmed_at, row.confirmed_via) == (at(2), Via.WEB)


@pytest.mark.parametrize(
    ("person", "code", "minutes"),
    [
        pytest.param("alice", "111111", 1, id="another code"),
        pytest.param("bob", "042042", 1, id="the code of somebody else"),
        pytest.param("alice", "042042", VALID / timedelta(minutes=1), id="a code of yesterday"),
    ],
)
def test_nothing_is_confirmed_by(ledger: Ledger, person: str, code: str, minutes: float) -> None:
    owe(ledger)
    with pytest.raises(NotFoundError, match=f"`incident contacts verify {person}` sends new ones"):
        ledger.write(confirm_code, person, code, Via.CLI, at(minutes))


def test_a_contact_stays_verified_when_a_later_message_goes_unconfirmed(ledger: Ledger) -> None:
    first = owe(ledger)
    ledger.write(confirm, first, Via.WEB, at(1))
    owe(ledger, "111111", 5)
    assert ledger.read(newest_verifications)[HERS].id == first
    assert ledger.read(verified_addresses) == {HERS}


def test_a_message_that_is_not_there_is_said(ledger: Ledger) -> None:
    with pytest.raises(NotFoundError, match="no test message 9"):
        ledger.read(find_verification, 9)
