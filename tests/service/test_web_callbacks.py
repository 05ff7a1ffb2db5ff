"""Is it believed what a provider says of a page, and do the keys of a telephone do what the voice says?"""

from collections.abc import Iterator
from xml.etree import ElementTree as ET

import httpx
import pytest
from fastapi.testclient import TestClient

from incident.delivery import DeliveryState
from incident.story import PageState
from ledger.notification_tables import NotificationRow
from ledger.tables import EscalationRow, FactRow, PageRow
from tasks.links import VALID, May
from tests.house import House
from tests.service.telephones import callback, connected, paged, signed, without_prefect


@pytest.fixture(autouse=True)
def away() -> Iterator[None]:
    with without_prefect():
        yield


def notifications(house: House) -> list[NotificationRow]:
    return list(house.desk.rows(NotificationRow))


def said_of(client: TestClient, path: str, status: str, **more: str) -> httpx.Response:
    """Twilio says what became of a message."""
    return client.post(path, **signed(path, {"MessageStatus": status, **more}))


class TestWhatBecameOfAPage:
    @pytest.fixture
    def row(self, house: House) -> NotificationRow:
        """A page to alice by text message; her next way is a call."""
        connected(house, "sms", "call")
        return paged(house)

    @pytest.fixture
    def client(self, house: House, row: NotificationRow) -> TestClient:
        return house.client()

    def test_a_page_that_was_delivered_is(
        self, house: House, client: TestClient, row: NotificationRow
    ) -> None:
        path = f"{callback(house, row)}/delivery"
        assert said_of(client, path, "delivered").status_code == 200
        (known,) = notifications(house)
        assert (known.delivery, known.delivered_at) == (DeliveryState.DELIVERED, house.clock())

    def test_one_that_was_not_lets_the_next_method_go_at_once(
        self, house: House, client: TestClient, row: NotificationRow
    ) -> None:
        path = f"{callback(house, row)}/delivery"
        said_of(client, path, "undelivered", ErrorCode="30003")
        first, following = notifications(house)
        assert (first.state, first.delivery) == (PageState.FAILED, DeliveryState.FAILED)
        assert "30003" in first.outcome
        assert (following.method, following.state, following.due_at) == (
            "call",
            PageState.OWED,
            house.clock(),
        )

    def test_saying_it_again_changes_nothing(
        self, house: House, client: TestClient, row: NotificationRow
    ) -> None:
        path = f"{callback(house, row)}/delivery"
        for _ in range(2):
            said_of(client, path, "undelivered")
        assert len(notifications(house)) == 2

    def test_what_is_on_its_way_is_no_news(
        self, house: House, client: TestClient, row: NotificationRow
    ) -> None:
        assert said_of(client, f"{callback(house, row)}/delivery", "sent").status_code == 200
        assert notifications(house)[0].delivery is None


def test_kannel_says_it_with_the_address_alone(house: House) -> None:
    connected(house, "gateway", "call")
    row = paged(house)
    answer = house.client().get(f"{callback(house, row)}/delivery?state=16")
    assert (answer.status_code, answer.text) == (200, "")
    assert [each.state for each in notifications(house)] == [PageState.FAILED, PageState.OWED]


class TestWhatIsNotBelieved:
    @pytest.fixture
    def row(self, house: House) -> NotificationRow:
        connected(house, "sms", "gateway")
        return paged(house)

    @pytest.fixture
    def client(self, house: House, row: NotificationRow) -> TestClient:
        return house.client()

    @pytest.mark.parametrize(
        ("kind", "status"),
        [
            pytest.param("unsigned", 401, id="without the provider's signature"),
            pytest.param("other signature", 401, id="with another signature"),
            pytest.param("other connection", 401, id="with a token for another connection"),
            pytest.param("acknowledge", 403, id="with the token of a link that acknowledges"),
            pytest.param("nonsense", 401, id="with no token of ours"),
            pytest.param("no door", 404, id="of a connection that tells nothing"),
        ],
    )
    def test_a_report_changes_nothing(
        self, house: House, client: TestClient, row: NotificationRow, kind: str, status: int
    ) -> None:
        path = f"{callback(house, row)}/delivery"
        link = house.links.acknowledge(1, "alice", "INC-1", house.clock()).rpartition("/")[2]
        fields = {"MessageStatus": "failed"}
        gateway = callback(house, row).replace("/sms/", "/gateway/") + "/delivery?state=2"
        calls = {
            "unsigned": lambda: client.post(path, data=fields),
            "other signature": lambda: client.post(path, **signed(path, fields, "0" * 32)),
            "other connection": lambda: client.get(gateway),
            "acknowledge": lambda: said_of(client, f"/callbacks/sms/{link}/delivery", "failed"),
            "nonsense": lambda: said_of(client, "/callbacks/sms/nonsense/delivery", "failed"),
            "no door": lambda: client.post(path.replace("/sms/", "/mail/"), data=fields),
        }
        assert calls[kind]().status_code == status
        assert [each.delivery for each in notifications(house)] == [None]

    def test_after_three_days_nothing_is(
        self, house: House, client: TestClient, row: NotificationRow
    ) -> None:
        path = f"{callback(house, row)}/delivery"
        house.clock.time += VALID[May.CALL_BACK] * 1.01
        assert said_of(client, path, "failed").status_code == 410


class TestKeys:
    @pytest.fixture
    def row(self, house: House) -> NotificationRow:
        connected(house, "call")
        return paged(house)

    @pytest.fixture
    def client(self, house: House, row: NotificationRow) -> TestClient:
        return house.client()

    def press(self, client: TestClient, path: str, key: str, call: str = "CA1") -> ET.Element:
        keys = f"{path}/keys"
        answer = client.post(keys, **signed(keys, {"CallSid": call, "Digits": key}))
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/xml; charset=utf-8")
        return ET.fromstring(answer.text)

    def test_1_acknowledges_and_is_thanked_in_the_persons_language(
        self, house: House, client: TestClient, row: NotificationRow
    ) -> None:
        say, hang_up = self.press(client, callback(house, row), "1")
        assert (say.attrib["language"], hang_up.tag) == ("it-IT", "Hangup")
        assert str(say.text).startswith("Hai preso in carico INC-1")
        assert "http" not in str(say.text)
        assert house.desk.escalation().acknowledged_by == "alice"
        assert house.desk.rows(PageRow)[0].acknowledged_at == house.clock()

    def test_2_passes_on_once_however_often_it_is_told(
        self, house: House, client: TestClient, row: NotificationRow
    ) -> None:
        self.press(client, callback(house, row), "2")
        assert [page.person for page in house.desk.rows(PageRow)] == ["alice", "bob"]
        lines = len(house.desk.rows(FactRow))
        say, _ = self.press(client, callback(house, row), "2")
        assert "bob was paged after it" in str(say.text)
        assert len(house.desk.rows(FactRow)) == lines
        assert house.desk.escalation().acknowledged_by is None

    @pytest.mark.parametrize("key", ["3", "0", "*", "#", ""])
    def test_another_key_does_nothing_and_hears_what_the_keys_do(
        self, house: House, client: TestClient, row: NotificationRow, key: str
    ) -> None:
        path = callback(house, row)
        (gather,) = self.press(client, path, key)
        assert gather.attrib["action"] == f"http://testserver{path}/keys"
        assert "Premi 1" in str(gather[0].text)
        assert [each.acknowledged_by for each in house.desk.rows(EscalationRow)] == [None]
        assert len(house.desk.rows(PageRow)) == 1

    def test_a_forged_key_is_refused(self, house: House, client: TestClient, row: NotificationRow) -> None:
        path = f"{callback(house, row)}/keys"
        pressed = {"CallSid": "CA1", "Digits": "1"}
        assert client.post(path, data=pressed).status_code == 401
        assert client.post(path, **signed(path, pressed, "0" * 32)).status_code == 401
        replayed = signed(path, {**pressed, "Digits": "2"}) | {"data": {**pressed, "Digits": "1"}}
        assert client.post(path, **replayed).status_code == 401
        assert house.desk.escalation().acknowledged_by is None
