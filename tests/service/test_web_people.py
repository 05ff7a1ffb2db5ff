"""What can people do by web, with which link, and what do they see?"""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from incident.decisions import Question, Via
from incident.lifecycle import Status
from incident.progress import Stage
from incident.story import Audience, UpdateState
from ledger.decisions import answer, ask
from ledger.escalations import end_escalations
from ledger.incidents import find_incident
from ledger.tables import AnswerRow, DecisionRow, FactRow, PageRow
from ledger.updates import publish
from tasks.links import VALID, Links, May
from tests.house import BASE_URL, House
from tests.ledger.desk import START
from tests.ledger.life import assess

HOSTILE = "<script>alert(1)</script>\"'{{7*7}}"
GOOD = {"decision": "assess-1", "severity": "2", "impact": "Nobody can pay."}


@pytest.fixture
def client(house: House) -> TestClient:
    """Of a house with an incident, INC-1, for which alice has just been paged."""
    house.desk.open()
    house.desk.climb(0)
    return house.client()


def ask_assessment(house: House) -> None:
    house.ledger.write(ask, "INC-1", Question.ASSESS, 1, "", house.clock())


def decide_link(house: House, person: str = "alice") -> str:
    return house.links.decide(person, "INC-1", house.clock())


def act_link(house: House, person: str = "alice", incident: str = "INC-1") -> str:
    return house.links.act(person, incident, house.clock())


def note_address(house: House, person: str = "alice", of: str = "INC-1") -> str:
    return f"/incidents/INC-1/notes?as={act_link(house, person, of).partition('?as=')[2]}"


def seen(response: httpx.Response) -> str:
    """The words on a page."""
    words = re.sub(r"<style>.*?</style>|<[^>]+>", " ", response.text, flags=re.DOTALL)
    return " ".join(unescape(words).split())


class TestAcknowledging:
    @pytest.fixture
    def link(self, house: House, client: TestClient) -> str:
        return house.links.acknowledge(1, "alice", "INC-1", START)

    @pytest.mark.parametrize("method", ["GET", "HEAD"])
    def test_looking_at_the_link_changes_nothing_however_often(
        self, house: House, client: TestClient, link: str, method: str
    ) -> None:
        before = house.desk.rows(FactRow)
        answers = [client.request(method, link) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert house.desk.escalation().acknowledged_at is None
        assert house.desk.rows(FactRow) == before
        if method == "GET":
            assert [answer.text.count("<form") for answer in answers] == [1, 1]

    def test_the_button_acknowledges_and_thanks(self, house: House, client: TestClient, link: str) -> None:
        house.clock.forward(seconds=30)
        page = client.post(link)
        assert (page.status_code, "Thank you, Alice" in seen(page)) == (200, True)
        escalation = house.desk.escalation()
        assert (escalation.acknowledged_by, escalation.acknowledged_at) == ("alice", house.clock())
        assert escalation.stage is Stage.ACKNOWLEDGED
        assert house.desk.rows(PageRow)[0].acknowledged_at == house.clock()

    def test_a_second_click_says_that_it_is_done_and_by_whom(
        self, house: House, client: TestClient, link: str
    ) -> None:
        client.post(link)
        lines = len(house.desk.rows(FactRow))
        again = client.post(link)
        assert "Alice has already acknowledged" in seen(again)
        assert len(house.desk.rows(FactRow)) == lines

    def test_who_comes_second_learns_who_was_first(self, house: House, client: TestClient, link: str) -> None:
        house.desk.climb(6)
        second = next(page for page in house.desk.rows(PageRow) if page.person == "bob")
        client.post(link)
        theirs = house.links.acknowledge(second.id or 0, "bob", "INC-1", START)
        assert "Alice has already acknowledged" in seen(client.get(theirs))
        assert "Alice has already acknowledged" in seen(client.post(theirs))
        assert house.desk.escalation().acknowledged_by == "alice"

    def test_when_the_incident_is_over_nobody_is_needed(
        self, house: House, client: TestClient, link: str
    ) -> None:
        house.ledger.write(_end, START)
        assert "already over" in seen(client.post(link))
        assert house.desk.escalation().acknowledged_by is None

    def test_an_expired_link_is_gone(self, house: House, client: TestClient, link: str) -> None:
        house.clock.time += VALID[May.ACKNOWLEDGE] + timedelta(seconds=1)
        assert_refused(client, link, 410)
        assert house.desk.escalation().acknowledged_by is None

    @pytest.mark.parametrize(
        ("kind", "status"),
        [
            pytest.param("forged", 401, id="signed with another key"),
            pytest.param("cut", 401, id="cut off by a mail program"),
            pytest.param("nonsense", 401, id="nonsense"),
            pytest.param("decide", 403, id="signed for a decision"),
            pytest.param("act", 403, id="signed as a personal link"),
            pytest.param("no page", 401, id="for a page that is not there"),
            pytest.param("another person", 401, id="for the page of somebody else"),
            pytest.param("another incident", 401, id="for the page of another incident"),
        ],
    )
    def test_no_other_link_acknowledges(
        self, house: House, client: TestClient, link: str, kind: str, status: int
    ) -> None:
        others = {
            "forged": Links(BASE_URL, "another key").acknowledge(1, "alice", "INC-1", START),
            "cut": link[:-3],
            "nonsense": f"{BASE_URL}/ack/nonsense",
            "decide": decide_link(house).replace("/decide/", "/ack/"),
            "act": act_link(house).replace("/incidents/INC-1?as=", "/ack/"),
            "no page": house.links.acknowledge(99, "alice", "INC-1", START),
            "another person": house.links.acknowledge(1, "bob", "INC-1", START),
            "another incident": house.links.acknowledge(1, "alice", "INC-2", START),
        }
        assert_refused(client, others[kind], status)
        assert house.desk.escalation().acknowledged_by is None


class TestDeciding:
    @pytest.fixture
    def asked(self, house: House, client: TestClient) -> TestClient:
        ask_assessment(house)
        return client

    def test_the_form_shows_the_proposal(self, house: House, asked: TestClient) -> None:
        form = asked.get(decide_link(house))
        assert form.status_code == 200
        for field in ("severity", "impact", "symptoms", "affected", "started_at", "support_cases"):
            assert f'name="{field}"' in form.text
        assert 'value="assess-1"' in form.text

    def test_a_good_answer_holds(self, house: House, asked: TestClient) -> None:
        page = asked.post(decide_link(house), data=GOOD)
        assert (page.status_code, "your answer counts" in seen(page)) == (200, True)
        (row,) = house.desk.rows(DecisionRow)
        assert (row.by, row.via) == ("alice", Via.WEB)
        assert row.answer == {"severity": "2", "impact": "Nobody can pay."}

    def test_a_bad_answer_is_asked_again_with_what_was_entered(self, house: House, asked: TestClient) -> None:
        entered = GOOD | {"severity": "7", "symptoms": "An <error> page", "support_cases": "many"}
        page = asked.post(decide_link(house), data=entered)
        assert page.status_code == 422
        assert "severity: choose one of" in seen(page)
        assert "support_cases: write a whole number" in seen(page)
        assert "An &lt;error&gt; page" in page.text
        assert "Nobody can pay." in page.text
        (row,), (kept,) = house.desk.rows(DecisionRow), house.desk.rows(AnswerRow)
        assert (row.answered_at, kept.by, len(kept.problems)) == (None, "alice", 2)

    def test_an_answer_that_comes_late_is_kept_and_says_who_was_first(
        self, house: House, asked: TestClient
    ) -> None:
        asked.post(decide_link(house), data=GOOD)
        page = asked.post(decide_link(house, "bob"), data=GOOD | {"severity": "1"})
        assert "Alice has already decided" in seen(page)
        assert "came after it" in seen(page)
        (row,), (late,) = house.desk.rows(DecisionRow), house.desk.rows(AnswerRow)
        assert (row.by, late.by, late.given["severity"]) == ("alice", "bob", "1")

    def test_an_answer_to_an_older_form_never_answers_the_newer_question(
        self, house: House, asked: TestClient
    ) -> None:
        asked.post(decide_link(house), data=GOOD)
        house.ledger.write(ask, "INC-1", Question.ASSESS, 2, "", house.clock())
        asked.post(decide_link(house, "bob"), data=GOOD)
        assert [row.by for row in house.desk.rows(DecisionRow)] == ["alice", None]

    def test_after_the_answer_the_link_shows_whose_holds(self, house: House, asked: TestClient) -> None:
        values = {"severity": 1, "impact": "Everything is down."}
        house.ledger.write(answer, "INC-1", "assess-1", values, by="bob", via=Via.CLI, now=START)
        assert "Bob has already decided" in seen(asked.get(decide_link(house)))

    def test_a_question_that_does_not_exist_is_not_answered(self, house: House, asked: TestClient) -> None:
        assert asked.post(decide_link(house), data=GOOD | {"decision": "assess-9"}).status_code == 404

    def test_before_the_first_question_the_link_asks_for_a_moment(
        self, house: House, client: TestClient
    ) -> None:
        page = client.get(decide_link(house))
        assert (page.status_code, "in a moment" in page.text) == (409, True)

    @pytest.mark.parametrize(("away", "status"), [(timedelta(days=8), 410), (timedelta(0), 403)])
    def test_expired_links_and_links_for_something_else_do_not_decide(
        self, house: House, asked: TestClient, away: timedelta, status: int
    ) -> None:
        link = decide_link(house)
        if not away:
            link = house.links.acknowledge(1, "alice", "INC-1", START).replace("/ack/", "/decide/")
        house.clock.time += away
        assert_refused(asked, link, status, data=GOOD)
        assert house.desk.rows(DecisionRow)[0].answered_at is None

    def test_a_form_in_another_encoding_or_of_another_size_is_refused(
        self, house: House, asked: TestClient
    ) -> None:
        assert asked.post(decide_link(house), json=GOOD).status_code == 415
        assert asked.post(decide_link(house), data={"impact": "x" * 300_000}).status_code == 413
        assert asked.post(decide_link(house), data={f"f{n}": "x" for n in range(200)}).status_code == 400

    def test_the_next_step_is_decided_by_web_too(self, house: House, client: TestClient) -> None:
        assess(house.desk, 1)
        house.ledger.write(ask, "INC-1", Question.RESOLVE, 1, "", house.clock())
        assert 'name="step"' in client.get(decide_link(house)).text
        found = {"decision": "resolve-1", "step": "observation", "text": "The new cache is empty."}
        assert "your answer counts" in seen(client.post(decide_link(house), data=found))


class TestEscalating:
    def address(self, house: House) -> str:
        return note_address(house).replace("/notes", "/escalations")

    def test_the_button_pages_the_next_level_and_shows_it(self, house: House, client: TestClient) -> None:
        answer = client.post(self.address(house), data={"purpose": "incident manager"})
        assert answer.status_code == 303
        assert [row.person for row in house.desk.rows(PageRow)] == ["alice", "bob"]
        page = client.get(answer.headers["Location"]).text
        assert "Page the next level now (incident manager)" in page
        assert f'action="{self.address(house).partition("?")[0]}' in page

    def test_without_a_link_of_ones_own_there_is_no_button(self, house: House, client: TestClient) -> None:
        assert "/escalations" not in client.get("/incidents/INC-1").text
        assert client.post("/incidents/INC-1/escalations", data={}).status_code == 401

    def test_after_the_end_it_is_refused(self, house: House, client: TestClient) -> None:
        def end(session: Session) -> None:
            incident = find_incident(session, "INC-1")
            incident.status = Status.DISMISSED
            end_escalations(session, incident, house.clock(), "it is over")

        house.ledger.write(end)
        assert client.post(self.address(house), data={}).status_code == 409


class TestNotes:
    def test_a_note_stands_in_the_timeline_with_its_author(self, house: House, client: TestClient) -> None:
        answer = client.post(note_address(house), data={"text": "  Restarting pods.  "})
        assert answer.status_code == 303
        assert "Restarting pods." in seen(client.get(answer.headers["Location"]))
        assert house.desk.said("note") == ["Restarting pods."]

    def test_an_empty_note_changes_nothing(self, house: House, client: TestClient) -> None:
        assert client.post(note_address(house), data={"text": " \n"}).status_code == 303
        assert house.desk.said("note") == []

    def test_a_note_that_is_too_long_is_shown_again(self, house: House, client: TestClient) -> None:
        page = client.post(note_address(house), data={"text": "word " * 1000})
        assert (page.status_code, page.text.count("word word") > 0) == (422, True)
        assert house.desk.said("note") == []

    @pytest.mark.parametrize(
        ("kind", "status"),
        [
            pytest.param("another incident", 403, id="of another incident"),
            pytest.param("none", 401, id="not given"),
            pytest.param("expired", 410, id="expired"),
            pytest.param("acknowledge", 403, id="for acknowledging"),
        ],
    )
    def test_nobody_writes_with_a_link_that_is(
        self, house: House, client: TestClient, kind: str, status: int
    ) -> None:
        acknowledge = house.links.acknowledge(1, "alice", "INC-1", START).rpartition("/")[2]
        address = {
            "another incident": note_address(house, of="INC-2"),
            "none": "/incidents/INC-1/notes",
            "expired": note_address(house),
            "acknowledge": f"/incidents/INC-1/notes?as={acknowledge}",
        }[kind]
        if kind == "expired":
            house.clock.time += VALID[May.ACT] + timedelta(seconds=1)
        assert_refused(client, address, status, data={"text": "it was me"})
        assert house.desk.said("note") == []


class TestReading:
    def test_the_list_tells_of_every_incident(self, client: TestClient) -> None:
        page = client.get("/")
        assert (page.status_code, "INC-1" in seen(page)) == (200, True)

    def test_without_a_personal_link_the_page_offers_nothing_to_do(
        self, house: House, client: TestClient
    ) -> None:
        ask_assessment(house)
        page = client.get("/incidents/INC-1")
        assert page.status_code == 200
        assert "Error rate" in seen(page)
        for offer in ("<form", "/ack/", "/decide/"):
            assert offer not in page.text

    def test_with_it_the_page_offers_to_acknowledge_to_decide_and_to_write(
        self, house: House, client: TestClient
    ) -> None:
        ask_assessment(house)
        page = client.get(act_link(house))
        for offer in ("<form", "/ack/", "/decide/"):
            assert offer in page.text
        client.post(_found(page, "ack"))
        assert "/ack/" not in client.get(act_link(house)).text

    def test_the_personal_link_of_another_incident_shows_the_page_to_anybody(
        self, house: House, client: TestClient
    ) -> None:
        token = act_link(house, incident="INC-2").partition("?as=")[2]
        page = client.get(f"/incidents/INC-1?as={token}")
        assert (page.status_code, "<form" in page.text) == (200, False)

    def test_the_incident_is_data_too(self, client: TestClient) -> None:
        story = client.get("/incidents/INC-1.json").json()
        assert (story["key"], story["status"], story["pages"][0]["person"]) == ("INC-1", "open", "alice")

    @pytest.mark.parametrize("address", ["/incidents/INC-9", "/incidents/INC-9.json", "/nowhere", "/a%00b"])
    def test_what_is_not_there_is_said_to_machines_and_people(self, client: TestClient, address: str) -> None:
        machine, person = client.get(address), client.get(address, headers={"Accept": "text/html"})
        assert (machine.status_code, person.status_code) == (404, 404)
        assert machine.json()["error"]

    def test_the_status_page_for_customers_shows_nothing_internal(
        self, house: House, client: TestClient
    ) -> None:
        _tell_everybody(house)
        external, internal = client.get("/status"), client.get("/status/internal")
        assert "We are looking into it." in seen(external)
        for word in ("INC-1", "Error rate", "alice", "Alice", "The database of payments", "/incidents"):
            assert word not in external.text
        assert "Error rate" in seen(internal)
        assert "The database of payments" in seen(internal)

    def test_the_retrospective_is_a_page_and_markdown(self, client: TestClient) -> None:
        page, text = (
            client.get("/incidents/INC-1/retrospective"),
            client.get("/incidents/INC-1/retrospective.md"),
        )
        assert (page.status_code, text.status_code) == (200, 200)
        assert "INC-1" in seen(page)
        assert text.headers["Content-Type"].startswith("text/markdown")
        assert text.text.startswith("# ")


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/incidents/INC-1",
        "/incidents/INC-1/retrospective",
        "/status",
        "/status/internal",
        "ack",
        "decide",
    ],
)
def test_what_a_monitor_sends_is_text_and_never_markup(house: House, address: str) -> None:
    house.desk.open(title=HOSTILE, description=HOSTILE, labels={HOSTILE: HOSTILE})
    house.desk.climb(0)
    ask_assessment(house)
    _tell_everybody(house)
    links = {"ack": house.links.acknowledge(1, "alice", "INC-1", START), "decide": decide_link(house)}
    page = house.client().get(links.get(address, address))
    assert page.status_code == 200
    assert "<script" not in page.text
    if address != "/status":
        assert "&lt;script&gt;" in page.text


@pytest.mark.parametrize("address", ["/", "/status", "/health", "/nowhere", "/ack/nonsense", "/docs"])
def test_every_answer_tells_browsers_to_be_careful(client: TestClient, address: str) -> None:
    headers = client.get(address).headers
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    if address != "/docs":
        assert "default-src 'none'" in headers["Content-Security-Policy"]


def assert_refused(client: TestClient, address: str, status: int, **post: Any) -> None:
    """The link is refused to machines and to people, and nothing of it is repeated."""
    for accept in ("*/*", "text/html"):
        answer = client.post(address, headers={"Accept": accept}, **post)
        assert answer.status_code == status
        assert address.rpartition("/")[2] not in answer.text


def _found(page: httpx.Response, door: str) -> str:
    link = re.search(rf'href="([^"]*/{door}/[^"]+)"', page.text)
    assert link
    return unescape(link[1])


def _end(session: Session, now: Any) -> None:
    end_escalations(session, find_incident(session, "INC-1"), now, "it is over")


def _tell_everybody(house: House) -> None:
    for audience, body in (
        (Audience.EXTERNAL, "We are looking into it."),
        (Audience.INTERNAL, "The database of payments"),
    ):
        title = "Checkout has problems" if audience is Audience.EXTERNAL else "Error rate"
        house.ledger.write(
            publish, "INC-1", audience, "first", UpdateState.INVESTIGATING, title, body, house.clock()
        )
