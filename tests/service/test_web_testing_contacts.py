"""Can somebody find out by web that they can be paged, and does only their own link do it?"""

import re

import pytest
from fastapi.testclient import TestClient

from incident.decisions import Via
from ledger.notification_tables import VerificationRow
from ledger.verifications import confirm, verification_failed, verification_sent
from tasks.surroundings import within
from tasks.verify import send_verifications
from tests.house import House
from tests.incident.organisations import SMALL
from tests.ledger.desk import START

CONTACTS = [{"via": "mail", "to": "alice@example.org", "name": "post"}, {"via": "console"}]


@pytest.fixture
def client(house: House) -> TestClient:
    """Of a house in which alice has an address and the console."""
    house.employ(people=SMALL["people"] | {"alice": {"name": "Alice", "contacts": CONTACTS}})
    return house.client()


@pytest.fixture
def hers(house: House) -> str:
    token = house.links.rota("alice", START).partition("?as=")[2]
    return f"/contacts?as={token}"


def owed(house: House) -> list[tuple[str, str, str]]:
    return [(row.person, row.method, row.asked_by) for row in house.desk.rows(VerificationRow)]


def test_every_contact_is_shown_with_a_button_but_not_what_wakes_nobody(
    client: TestClient, hers: str
) -> None:
    shown = client.get(hers).text
    assert "How I am paged: Alice" in shown
    assert re.findall(r'name="method" value="(\w+)"', shown) == ["post"]
    assert shown.count("Send a test message") == 1
    assert "Nobody has tried it yet." in shown
    assert "wakes nobody" in shown


async def test_the_button_sends_a_message_as_the_command_does(
    house: House, client: TestClient, hers: str
) -> None:
    answer = client.post(hers, data={"method": "post"})
    assert (answer.status_code, answer.headers["location"]) == (303, hers)
    assert owed(house) == [("alice", "post", "alice")]
    assert "A test message is on its way." in client.get(hers).text
    with within(house.surroundings):
        assert await send_verifications() == 1
    assert house.second.sent[0][0] == "alice@example.org"
    assert "A test message was sent on" in client.get(hers).text


def test_a_double_click_sends_one_message(house: House, client: TestClient, hers: str) -> None:
    for _ in range(2):
        client.post(hers, data={"method": "post"})
    assert len(owed(house)) == 1
    house.ledger.write(verification_sent, 1, START)
    client.post(hers, data={"method": "post"})
    assert len(owed(house)) == 1
    house.clock.forward(minutes=1)
    client.post(hers, data={"method": "post"})
    assert len(owed(house)) == 2


def test_what_became_of_the_message_is_shown(house: House, client: TestClient, hers: str) -> None:
    client.post(hers, data={"method": "post"})
    house.ledger.write(verification_failed, 1, "SMTP 550 <b>")
    assert "could not be sent: SMTP 550 &lt;b&gt;" in client.get(hers).text
    client.post(hers, data={"method": "post"})
    house.ledger.write(confirm, 2, Via.WEB, START)
    assert "It works: a test message arrived on" in client.get(hers).text


def test_it_is_said_in_the_language_of_the_person(house: House, client: TestClient, hers: str) -> None:
    alice = {"name": "Alice", "language": "it", "contacts": CONTACTS}
    house.employ(people=SMALL["people"] | {"alice": alice})
    assert "Invia un messaggio di prova" in client.get(hers).text


@pytest.mark.parametrize("method", ["", "console2", "mail"])
def test_what_is_no_contact_of_theirs_gets_nothing(
    house: House, client: TestClient, hers: str, method: str
) -> None:
    assert client.post(hers, data={"method": method}).status_code == 404
    assert owed(house) == []


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("link", ["/contacts", "/contacts?as=made-up"])
def test_without_a_personal_link_nothing_is_shown_or_sent(
    house: House, client: TestClient, method: str, link: str
) -> None:
    assert client.request(method, link, data={"method": "post"}).status_code == 401
    assert owed(house) == []


def test_the_way_there_is_on_the_own_shifts(house: House, client: TestClient, hers: str) -> None:
    token = hers.partition("?as=")[2]
    assert f'href="{hers}"' in client.get(f"/calendar/people/alice?as={token}").text
    assert "/contacts" not in client.get(f"/calendar/people/bob?as={token}").text
    assert f'href="{hers}"' in client.get(f"/oncall/changes?as={token}").text
