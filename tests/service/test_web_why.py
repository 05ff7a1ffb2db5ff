"""Does the web service say who would be woken, and on an incident's page who is next?"""

import re
from html import unescape

import pytest
from fastapi.testclient import TestClient

from ledger.escalations import acknowledge
from tests.house import House
from tests.ledger.desk import at


@pytest.fixture
def client(at_home: House) -> TestClient:
    return at_home.client()


def seen(client: TestClient, path: str) -> str:
    """The words on a page."""
    answer = client.get(path, headers={"accept": "text/html"})
    assert answer.status_code == 200, answer.text
    words = re.sub(r"<style>.*?</style>|<[^>]+>", " ", answer.text, flags=re.DOTALL)
    return " ".join(unescape(words).split())


def test_programs_get_the_same_as_on_the_command_line(client: TestClient) -> None:
    answer = client.get("/why.json", params={"severity": 1, "at": "2027-03-28T02:30+01:00"})
    found = answer.json()
    assert answer.status_code == 200
    assert (found["service"], found["timezone"], found["policy"]) == ("checkout", "Europe/Rome", "checkout")
    assert [(each["elapsed"], each["person"]) for each in found["entries"][:2]] == [
        (0, "alice"),
        (300, "bob"),
    ]


def test_people_read_who_by_which_method_and_why_on_the_clock_of_the_schedule(client: TestClient) -> None:
    page = seen(client, "/why?service=checkout&severity=1&at=2027-03-28T03:30")
    assert "checkout, severity 1, Sun 28 Mar 03:30" in page
    assert (
        "Sun 28 Mar 03:35 +5 min Bob by mail level 2 named in the policy; round 1 of 3, level 2 of 2" in page
    )
    assert "Then the fallback is reminded, first on Sun 28 Mar 05:00" in page
    assert "All times are in Europe/Rome." in page


@pytest.mark.parametrize(
    ("query", "status", "sentence"),
    [
        ("service=chekout", 404, "did you mean checkout?"),
        ("at=2027-03-28T02:30", 422, "does not exist in Europe/Rome: write 2027-03-28T03:00+02:00"),
        ("severity=4", 422, "severity"),
    ],
    ids=["a misspelled service", "a time that the clocks skip", "a severity that there is not"],
)
def test_what_cannot_be_answered_is_refused_with_what_to_write_instead(
    client: TestClient, query: str, status: int, sentence: str
) -> None:
    answer = client.get(f"/why.json?{query}")
    assert answer.status_code == status
    assert sentence in answer.json()["error"]
    assert client.get(f"/why?{query}", headers={"accept": "text/html"}).status_code == status


def test_the_calendar_leads_to_it(client: TestClient) -> None:
    assert 'href="/why"' in client.get("/calendar").text


def test_the_page_of_an_open_incident_says_what_happens_next_if_nobody_answers(
    at_home: House, client: TestClient
) -> None:
    at_home.desk.open()
    at_home.desk.climb(0)
    page = seen(client, "/incidents/INC-1")
    assert (
        "What happens next If nobody answers, and as things stand now: 03:15:00 Bob by mail level 2" in page
    )
    at_home.ledger.write(acknowledge, 1, "alice", "web", at(1))
    assert "What happens next" not in seen(client, "/incidents/INC-1")
