"""Does a text message of somebody do what it says, once, and only if their provider hands it over?"""

import itertools
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import httpx
import pytest
from fastapi.testclient import TestClient

from ledger.escalations import advance
from ledger.tables import EscalationRow, FactRow, PageRow
from tests.blocks.rig_twilio import TOKEN
from tests.house import House
from tests.service.telephones import ALICE, BOB, REPLY_PASSWORD, connected, paged, signed, without_prefect

NUMBERS = itertools.count()
GATEWAY = ("kannel", REPLY_PASSWORD)


@pytest.fixture(autouse=True)
def away() -> Iterator[None]:
    with without_prefect():
        yield


@pytest.fixture
def client(house: House) -> TestClient:
    """Of a house with INC-1, for which alice was just paged by text message."""
    connected(house, "sms")
    paged(house)
    return house.client()


def text(
    client: TestClient, said: str, number: str = ALICE, sid: str = "", token: str = TOKEN
) -> httpx.Response:
    """Send a text message through Twilio."""
    fields = {"From": number, "Body": said, "MessageSid": sid or f"SM{next(NUMBERS)}"}
    return client.post("/sms/sms", **signed("/sms/sms", fields, token))


def heard(answer: httpx.Response) -> str:
    """What the telephone shows; empty: nothing."""
    assert answer.status_code == 200, answer.text
    message = ET.fromstring(answer.text).find("Message")
    return "" if message is None else str(message.text)


def acknowledged_by(house: House) -> list[str | None]:
    return [row.acknowledged_by for row in house.desk.rows(EscalationRow)]


@pytest.mark.parametrize("said", ["1", "ack", " ACK ", "Ack 1", "ACK #1", "INC-1 ack", "prendo"])
def test_a_reply_acknowledges(house: House, client: TestClient, said: str) -> None:
    assert heard(text(client, said)).startswith("Hai preso in carico INC-1")
    assert acknowledged_by(house) == ["alice"]
    assert house.desk.rows(PageRow)[0].acknowledged_at == house.clock()
    (fact,) = [each for each in house.desk.rows(FactRow) if each.kind == "acknowledged"]
    assert (fact.by, fact.via) == ("alice", "phone")


def test_2_passes_on_to_the_next_level(house: House, client: TestClient) -> None:
    assert "INC-1 passa avanti" in heard(text(client, "2"))
    assert acknowledged_by(house) == [None]
    assert [page.person for page in house.desk.rows(PageRow)] == ["alice", "bob"]


def test_every_other_command_works_too(client: TestClient) -> None:
    answer = heard(text(client, "status"))
    assert "INC-1 · gravità" in answer
    assert "**" not in answer


def test_what_is_no_command_is_answered_with_a_hint(client: TestClient) -> None:
    assert "non è un comando" in heard(text(client, "arrivo"))


def test_a_number_says_which_incident_is_meant(house: House, client: TestClient) -> None:
    assert "INC-7" in heard(text(client, "ack 7"))
    assert acknowledged_by(house) == [None]


def test_a_bare_1_answers_the_newest_page_that_waits(house: House, client: TestClient) -> None:
    house.clock.forward(minutes=1)
    house.desk.open(house.clock(), fingerprint="another", service="search")
    rows = house.desk.rows(EscalationRow)
    assert len(rows) == 2
    house.ledger.write(advance, rows[1].id or 0, house.clock())
    assert "INC-2" in heard(text(client, "1"))
    assert acknowledged_by(house) == [None, "alice"]
    assert "INC-1" in heard(text(client, "1"))
    assert acknowledged_by(house) == ["alice", "alice"]


def test_a_message_that_comes_again_does_nothing(house: House, client: TestClient) -> None:
    assert heard(text(client, "2", sid="SM-once"))
    lines = len(house.desk.rows(FactRow))
    assert heard(text(client, "2", sid="SM-once")) == ""
    house.clock.forward(days=365)
    assert heard(text(client, "2", sid="SM-once")) == ""
    assert len(house.desk.rows(FactRow)) == lines


def test_whoever_is_not_under_people_gets_no_answer(house: House, client: TestClient) -> None:
    assert heard(text(client, "1", number="+4915112345")) == ""
    assert acknowledged_by(house) == [None]


def test_somebody_who_was_not_paged_may_acknowledge_by_its_number(house: House, client: TestClient) -> None:
    assert "INC-1" in heard(text(client, "ACK 1", number=BOB))
    assert acknowledged_by(house) == ["bob"]


def test_a_forged_message_is_refused(house: House, client: TestClient) -> None:
    assert text(client, "1", token="0" * 32).status_code == 401
    unsigned = client.post("/sms/sms", data={"From": ALICE, "Body": "1", "MessageSid": "SM1"})
    assert unsigned.status_code == 401
    assert acknowledged_by(house) == [None]


@pytest.mark.parametrize("connection", ["mail", "call", "nobody"])
def test_what_takes_no_text_messages_has_no_door(client: TestClient, connection: str) -> None:
    assert client.post(f"/sms/{connection}", data={"Body": "1"}).status_code == 404


def test_while_its_settings_cannot_be_had_a_provider_is_asked_to_come_again(house: House) -> None:
    connected(house, "sms")
    house.environment = {name: value for name, value in house.environment.items() if name != "TWILIO"}
    house.__post_init__()
    answer = text(house.client(), "1")
    assert (answer.status_code, "retry-after" in answer.headers) == (503, True)
    assert TOKEN not in answer.text


class TestThroughKannel:
    @pytest.fixture
    def client(self, house: House) -> TestClient:
        connected(house, "gateway")
        paged(house)
        return house.client()

    def test_a_reply_acknowledges_and_is_answered_in_plain_text(
        self, house: House, client: TestClient
    ) -> None:
        handed = {"from": ALICE, "text": "1", "charset": "UTF-8", "id": "8f0c"}
        answer = client.get("/sms/gateway", params=handed, auth=GATEWAY)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/plain; charset=UTF-8"
        assert answer.headers["x-kannel-coding"] == "0"
        assert answer.text.startswith("Hai preso in carico INC-1")
        assert acknowledged_by(house) == ["alice"]

    @pytest.mark.parametrize("auth", [None, ("kannel", "wrong"), ("kannel", "")])
    def test_a_reply_without_the_password_is_refused(
        self, house: House, client: TestClient, auth: tuple[str, str] | None
    ) -> None:
        answer = client.get("/sms/gateway", params={"from": ALICE, "text": "1"}, auth=auth)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == 'Basic realm="sms"'
        assert acknowledged_by(house) == [None]
