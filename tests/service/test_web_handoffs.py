"""Can people read the notes by web, and write something for the next with their personal link?"""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import httpx
import pytest
from fastapi.testclient import TestClient

from ledger.handoff_messages import claim_message, message_failed, message_sent
from ledger.handoff_tables import RemarkRow
from ledger.handoffs import keep, look
from tests.house import House

CHANGE = datetime(2026, 11, 23, 8, tzinfo=UTC)
"""alice hands over to bob."""
HOSTILE = "</textarea><script>alert(1)</script>"


@pytest.fixture
def client(house: House) -> TestClient:
    """Of a house with an open incident, of which alice has told bob."""
    watch(house)
    house.desk.open()
    house.clock.time = CHANGE + timedelta(seconds=5)
    watch(house)
    return house.client()


def watch(house: House) -> None:
    found = house.ledger.read(look, house.clock())
    house.ledger.write(keep, found, house.clock())


def address(house: House, person: str = "bob") -> str:
    """Where this person writes something for the next."""
    token = house.links.rota(person, house.clock()).partition("?as=")[2]
    return f"/handoffs/remarks?as={token}"


def listed(house: House, person: str = "bob") -> str:
    return address(house, person).replace("/remarks", "")


def seen(response: httpx.Response) -> str:
    """The words on a page."""
    words = re.sub(r"<style>.*?</style>|<[^>]+>", " ", response.text, flags=re.DOTALL)
    return " ".join(unescape(words).split())


def test_the_notes_are_listed_and_lead_to_each(client: TestClient) -> None:
    page = client.get("/handoffs")
    assert "primary · Mon 23 Nov 09:00 Alice → to Bob 1 open incident" in seen(page)
    assert 'href="/handoffs/1"' in page.text


def test_a_note_says_what_is_open_what_is_coming_and_who_was_told(house: House, client: TestClient) -> None:
    house.ledger.write(claim_message, 1, "watchdog", house.clock())
    house.ledger.write(message_sent, 1, "id", house.clock(), uncertain=False)
    house.ledger.write(message_failed, 2, "no mail address", house.clock(), for_good=True)
    words = seen(client.get("/handoffs/1"))
    for part in (
        "Handoff note: primary",
        "Before Alice since Mon 16 Nov 09:00",
        "Now Bob since Mon 23 Nov 09:00",
        "Bob, Mon 23 Nov 09:00 Alice, not sent: no mail address",
        "INC-1 · checkout: Error rate",
        "Bob Mon 23 Nov 09:00 – Mon 30 Nov 09:00",
        "All times are in Europe/Rome.",
    ):
        assert part in words


def test_a_note_is_data_too(client: TestClient) -> None:
    note = client.get("/handoffs/1.json").json()
    assert (note["schedule"], note["outgoing"], note["incoming"]) == ("primary", ["alice"], ["bob"])
    assert note["open"][0]["key"] == "INC-1"


def test_the_calendar_leads_to_the_notes(client: TestClient) -> None:
    assert 'href="/handoffs"' in client.get("/calendar").text


@pytest.mark.parametrize("where", ["/handoffs/7", "/handoffs/7.json", "/handoffs?schedule=nope"])
def test_what_is_not_there_is_not_found(client: TestClient, where: str) -> None:
    assert client.get(where).status_code == 404


class TestRemarks:
    def test_are_kept_and_shown_to_everybody(self, house: House, client: TestClient) -> None:
        answer = client.post(address(house), data={"schedule": "primary", "text": "Look at the cache."})
        assert answer.status_code == 303
        for where in (answer.headers["Location"], "/handoffs"):
            assert "Look at the cache. Bob, Mon 23 Nov 09:00" in seen(client.get(where))
        (row,) = house.desk.rows(RemarkRow)
        assert (row.by, row.via) == ("bob", "web")

    def test_without_a_personal_link_there_is_no_form(self, house: House, client: TestClient) -> None:
        assert "<form" not in client.get("/handoffs").text
        assert "<form" in client.get(listed(house)).text

    @pytest.mark.parametrize("text", ["", "x" * 2001])
    def test_that_cannot_be_kept_are_shown_again(self, house: House, client: TestClient, text: str) -> None:
        page = client.post(address(house), data={"schedule": "primary", "text": text})
        assert page.status_code == 422
        assert "write between 1 and 2000 characters" in seen(page)
        assert text in page.text
        assert house.desk.rows(RemarkRow) == []

    def test_are_text_and_never_markup(self, house: House, client: TestClient) -> None:
        client.post(address(house), data={"schedule": "primary", "text": HOSTILE})
        for where in ("/handoffs", listed(house)):
            assert "<script" not in client.get(where).text

    @pytest.mark.parametrize(
        ("link", "status"),
        [
            pytest.param("", 401, id="without a link"),
            pytest.param("forged", 401, id="with one that is not ours"),
            pytest.param("ack", 403, id="with one that is for something else"),
        ],
    )
    def test_are_not_taken(self, house: House, client: TestClient, link: str, status: int) -> None:
        token = (
            house.links.acknowledge(1, "alice", "INC-1", CHANGE).rpartition("/")[2] if link == "ack" else link
        )
        answer = client.post(f"/handoffs/remarks?as={token}", data={"schedule": "primary", "text": "Hello."})
        assert answer.status_code == status
        assert house.desk.rows(RemarkRow) == []

    def test_for_a_schedule_that_is_not_there_are_refused(self, house: House, client: TestClient) -> None:
        answer = client.post(address(house), data={"schedule": "nope", "text": "Hello."})
        assert answer.status_code == 404
