"""Does the page show what came in and why, and each delivery without its secrets?"""

import json
import re
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.house import TOKEN, House, generic

SECRET = "hunter2hunter2"


def seen(client: TestClient, address: str) -> str:
    page = client.get(address)
    assert page.status_code == 200, page.text
    words = re.sub(r"<style>.*?</style>|<[^>]+>", " ", page.text, flags=re.DOTALL)
    return " ".join(unescape(words).split())


@pytest.fixture
def client(house: House) -> TestClient:
    """Of a house in which an alert opened INC-1, was repeated, and a delivery was rejected."""
    client = house.client()
    for body in (generic(labels={"api_key": SECRET}, description=f"password={SECRET}"), generic()):
        client.post("/alerts/generic", json=body, headers=token())
    client.post("/alerts/generic", content=f'{{"token": "{SECRET}", ', headers=token())
    return client


def token() -> dict[str, str]:
    return {"Authorization": f"Bearer {TOKEN}"}


def test_the_list_says_what_came_what_became_of_it_and_why(client: TestClient) -> None:
    told = seen(client, "/alerts")
    assert "Error rate" in told
    assert "opened INC-1" in told
    assert "rejected" in told
    assert "no JSON" in told
    assert 'http-equiv="refresh"' in client.get("/alerts").text


@pytest.mark.parametrize(
    ("query", "found", "missing"),
    [
        ("state=rejected", "no JSON", "opened INC-1"),
        ("state=opened", "opened INC-1", "no JSON"),
        ("text=error+rate", "opened INC-1", "no JSON"),
        ("source=nobody", "Nothing came in", "INC-1"),
        ("state=nonsense&before=nonsense", "opened INC-1", "Nothing came in"),
        ("before=1", "Nothing came in", "INC-1"),
    ],
)
def test_one_can_ask_for_some_of_them(client: TestClient, query: str, found: str, missing: str) -> None:
    told = seen(client, f"/alerts?{query}")
    assert found in told
    assert missing not in told


@pytest.mark.parametrize(
    "address", ["/alerts", "/alerts/deliveries/1", "/alerts/deliveries/3", "/incidents/INC-1"]
)
def test_no_page_shows_the_secrets_that_a_monitor_sent(client: TestClient, address: str) -> None:
    if address.startswith("/alerts"):
        assert SECRET not in client.get(address).text


def test_the_delivery_is_one_click_away_as_it_came(client: TestClient) -> None:
    link = re.search(r'href="(/alerts/deliveries/1)"', client.get("/alerts").text)
    assert link
    told = seen(client, link[1])
    assert '"fingerprint": "f1"' in told
    assert '"api_key": "••••••"' in told
    assert "opened INC-1" in told


@pytest.mark.parametrize(("number", "status"), [("99", 404), ("0", 422), ("x", 422), ("9" * 30, 422)])
def test_a_delivery_that_is_not_there_is_said(client: TestClient, number: str, status: int) -> None:
    assert client.get(f"/alerts/deliveries/{number}").status_code == status


def test_a_personal_link_is_kept_and_checked(house: House, client: TestClient) -> None:
    mine = house.links.act("alice", "INC-1", house.clock()).partition("?as=")[2]
    assert f"/alerts/deliveries/1?as={mine}" in client.get(f"/alerts?as={mine}").text
    assert client.get("/alerts?as=nonsense").status_code == 401


def test_what_could_not_be_read_is_said(house: House, client: TestClient) -> None:
    client.post("/alerts/generic", json=generic(fingerprint="f9", starts_at="soon"), headers=token())
    told = seen(client, "/alerts/deliveries/4")
    assert "What could not be read" in told
    assert "soon" in told


def test_the_incidents_page_leads_to_what_came(client: TestClient) -> None:
    assert 'href="/alerts/deliveries/1"' in client.get("/incidents/INC-1").text


def test_anything_that_a_monitor_sends_can_be_shown(house: House) -> None:
    client = house.client()
    hostile: Any = generic(title="<script>x</script>", labels={"<b>": "\u202e\x00"}, fingerprint="\ud800")
    client.post("/alerts/generic", content=json.dumps(hostile).encode(), headers=token())
    for address in ("/alerts", "/alerts/deliveries/1"):
        page = client.get(address)
        assert page.status_code == 200
        assert "<script" not in page.text
