"""Can people merge incidents and split alerts off by web, and is what cannot be refused?"""

import re
from collections.abc import Iterator
from html import unescape

import httpx
import pytest
from fastapi.testclient import TestClient
from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES, temporary_settings
from sqlmodel import Session

from incident.decisions import Question
from incident.lifecycle import Status
from ledger.decisions import ask
from ledger.incidents import find_incident
from ledger.tables import AlertRow, IncidentRow
from tests.house import House
from tests.ledger.life import assess

SERVICES = {"checkout": {"policy": "checkout"}, "search": {"policy": "checkout"}}


@pytest.fixture(autouse=True)
def prefect_away() -> Iterator[None]:
    """Prefect's address leads nowhere: what the ledger has, the watchdog carries on."""
    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:1/api", PREFECT_CLIENT_MAX_RETRIES: 0}):
        yield


@pytest.fixture
def client(house: House) -> TestClient:
    """Of a house with INC-1, which has two alerts, and INC-2 of another service."""
    house.employ(services=SERVICES)
    house.desk.open()
    house.desk.take(fingerprint="f2", title="Latency")
    house.desk.open(fingerprint="s", title="Search slow", service="search")
    return house.client()


def door(house: House, what: str, key: str = "INC-1", of: str = "") -> str:
    token = house.links.act("alice", of or key, house.clock()).partition("?as=")[2]
    return f"/incidents/{key}{what}?as={token}"


def words(page: httpx.Response) -> str:
    told = re.sub(r"<style>.*?</style>|<[^>]+>", " ", page.text, flags=re.DOTALL)
    return " ".join(unescape(told).split())


def test_the_page_offers_both_to_whoever_may_act(house: House, client: TestClient) -> None:
    page = client.get(door(house, "")).text
    assert page.count("/incidents/INC-1/split?as=") == 2
    assert '<option value="INC-2">INC-2 · Search slow</option>' in page
    for offer in ("/merge", "/split"):
        assert offer not in client.get("/incidents/INC-1").text
    assert "/split" not in client.get(door(house, "", "INC-2")).text


def test_merging_leads_to_the_incident_that_goes_on_and_keeps_what_one_may_do(
    house: House, client: TestClient
) -> None:
    answer = client.post(door(house, "/merge", "INC-2"), data={"into": "INC-1"})
    assert answer.status_code == 303
    target = client.get(answer.headers["Location"])
    assert "INC-2 is merged into this" in words(target)
    assert "<form" in target.text
    merged = client.get("/incidents/INC-2")
    assert "Merged into INC-1, where everything goes on." in words(merged)
    assert 'href="/incidents/INC-1"' in merged.text


def test_an_acknowledge_link_of_the_merged_incident_leads_to_the_other(
    house: House, client: TestClient
) -> None:
    house.desk.climb(0)
    client.post(door(house, "/merge"), data={"into": "INC-2"})
    link = house.links.acknowledge(1, "alice", "INC-1", house.clock())
    assert "Merged into INC-2" in words(client.get(link))


def test_splitting_leads_to_the_new_incident(house: House, client: TestClient) -> None:
    answer = client.post(door(house, "/split"), data={"alert": "2"})
    assert answer.status_code == 303
    assert "Latency is split off INC-1" in words(client.get(answer.headers["Location"]))
    assert house.desk.rows(AlertRow)[1].incident_id == 3


@pytest.mark.parametrize(
    ("what", "data", "status"),
    [
        ("/merge", {"into": "INC-1"}, 409),
        ("/merge", {"into": "INC-9"}, 404),
        ("/merge", {}, 404),
        ("/split", {"alert": "3"}, 404),
        ("/split", {"alert": "x"}, 404),
        ("/split", {"alert": "9" * 40}, 404),
        ("/split", {}, 404),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    house: House, client: TestClient, what: str, data: dict[str, str], status: int
) -> None:
    assert client.post(door(house, what), data=data).status_code == status
    assert [row.status for row in house.desk.rows(IncidentRow)] == [Status.OPEN, Status.OPEN]


def test_the_last_alert_stays(house: House, client: TestClient) -> None:
    assert client.post(door(house, "/split", "INC-2"), data={"alert": "3"}).status_code == 409


@pytest.mark.parametrize("what", ["/merge", "/split"])
def test_nobody_does_it_without_a_link_of_this_incident(house: House, client: TestClient, what: str) -> None:
    data = {"into": "INC-2", "alert": "2"}
    assert client.post(f"/incidents/INC-1{what}", data=data).status_code == 401
    assert client.post(door(house, what, of="INC-2"), data=data).status_code == 403


def test_a_partial_recovery_and_a_whole_one_are_shown(house: House, client: TestClient) -> None:
    assess(house.desk, 1)
    house.ledger.write(ask, "INC-1", Question.RESOLVE, 1, "", house.clock())
    decide = house.links.decide("alice", "INC-1", house.clock())
    house.desk.take(status="resolved")
    for page in (client.get("/incidents/INC-1"), client.get(decide)):
        assert "1 of 2 alerts have recovered." in words(page)
    house.desk.take(fingerprint="f2", status="resolved")
    assert "All alerts have recovered." in words(client.get("/incidents/INC-1"))
    form = client.get(decide)
    assert "Has the impact ended?" in words(form)
    assert re.search(r'value="resolve" checked', form.text)
    assert "All alerts have recovered since 03:10 UTC." in form.text


def test_an_incident_that_will_close_itself_says_when(house: House, client: TestClient) -> None:
    def soon(session: Session) -> None:
        find_incident(session, "INC-2").closes_itself_at = house.clock()

    house.ledger.write(soon)
    assert "it closes itself at 23 Nov 03:10 UTC" in words(client.get("/incidents/INC-2"))
