"""Can somebody confirm by web that a test message arrived, and does only their link do it?"""

import pytest
from fastapi.testclient import TestClient

from incident.configuration import Contact
from incident.contacts import Address
from incident.decisions import Via
from ledger.notification_tables import VerificationRow
from ledger.verifications import owe_verification
from tasks.links import VALID, Links, May
from tests.house import BASE_URL, House
from tests.ledger.desk import START

HERS = Address("alice", "mail", "alice@example.org")


@pytest.fixture
def client(house: House) -> TestClient:
    """Of a house in which alice was sent a test message."""
    house.ledger.write(owe_verification, HERS, Contact(via="mail"), "042042", by="bob", now=START)
    return house.client()


def link(house: House, number: int = 1, person: str = "alice") -> str:
    return house.links.verify(number, person, START)


def confirmed_via(house: House) -> Via | None:
    return house.desk.rows(VerificationRow)[0].confirmed_via


def test_looking_changes_nothing_because_mail_scanners_follow_links(house: House, client: TestClient) -> None:
    shown = client.get(link(house))
    assert (shown.status_code, confirmed_via(house)) == (200, None)
    assert "Alice, did the test message arrive?" in shown.text
    assert "you can be paged by mail" in shown.text


def test_the_button_confirms_and_again_changes_nothing(house: House, client: TestClient) -> None:
    for _ in range(2):
        assert "Thank you, Alice" in client.post(link(house)).text
    assert confirmed_via(house) is Via.WEB
    assert "<form" not in client.get(link(house)).text


def test_it_is_asked_in_the_language_of_the_person(house: House, client: TestClient) -> None:
    house.employ(people={"alice": {"name": "Alice", "language": "it"}, "bob": {"name": "Bob"}})
    assert "il messaggio di prova" in client.get(link(house)).text


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_link_that_was_not_made_here_confirms_nothing(
    house: House, client: TestClient, method: str
) -> None:
    forged = Links(base_url=BASE_URL, key="another key").verify(1, "alice", START)
    for wrong in (forged, link(house, number=9), link(house, person="bob")):
        answer = client.request(method, wrong)
        assert (answer.status_code, "no longer works" in answer.text) == (401, True)
    assert confirmed_via(house) is None


def test_a_link_that_has_expired_confirms_nothing(house: House, client: TestClient) -> None:
    house.clock.time += VALID[May.CONFIRM] * 2
    assert client.post(link(house)).status_code == 410
    assert confirmed_via(house) is None
