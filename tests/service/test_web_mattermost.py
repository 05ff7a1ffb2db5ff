"""Does Mattermost's command do what somebody writes, and do the buttons, and for nobody else?"""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from blocks.mattermost_answers import proof
from incident.decisions import Question
from ledger.decisions import ask
from ledger.effects import claim, finish
from ledger.notification_tables import NotificationRow
from ledger.tables import EscalationRow, FactRow, PageRow
from tests.house import House
from tests.service.telephones import callback, paged, without_prefect

TOKEN, ROOM = "gr8c0mmandt0ken", "c" * 26
MEMBERS = {"a" * 26: {"username": "ally", "email": "Alice@example.org"}, "s" * 26: {"username": "sam"}}
ALICE, STRANGER = MEMBERS


class Server(BaseHTTPRequestHandler):
    """A Mattermost that knows who its members are."""

    def do_GET(self) -> None:
        user = self.path.rpartition("/")[2]
        body = json.dumps({"id": user, **MEMBERS[user]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_said: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as serving:
        thread = threading.Thread(target=serving.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def away() -> Iterator[None]:
    with without_prefect():
        yield


@pytest.fixture
def row(house: House, server: str) -> NotificationRow:
    """INC-1, whose room is in Mattermost, and for which alice was just paged there."""
    house.environment = {**house.environment, "BOT": "9xuqwr", "COMMAND": TOKEN}
    house.__post_init__()
    bot = {"server": server, "token": {"env": "BOT"}}
    commands = {
        "command_token": {"env": "COMMAND"},
        "answers_at": "https://incidents.example.org/mattermost/ops",
    }
    house.employ(
        connections={
            "ops": {"type": "mattermost-chat", "team": "ops", **bot, **commands},
            "dm": {"type": "mattermost-pager", **bot},
            "mail": {"type": "smtp-mail", "host": "localhost", "from_address": "incidents@example.org"},
        },
        people={
            "alice": {
                "name": "Alice",
                "email": "alice@example.org",
                "contacts": [{"via": "dm", "to": "ally"}],
            },
            "bob": {"name": "Bob", "email": "bob@example.org"},
        },
    )
    return paged(house)


@pytest.fixture
def client(house: House, row: NotificationRow) -> TestClient:
    house.ledger.write(claim, row.incident_id, "room", "test", house.clock())
    house.ledger.write(finish, row.incident_id, "room", house.clock(), {"id": ROOM, "url": ""})
    return house.client()


def write(client: TestClient, text: str, **changes: str) -> httpx.Response:
    """Write a command in the incident's room."""
    form = {"token": TOKEN, "user_id": ALICE, "user_name": "ally", "channel_id": ROOM, "trigger_id": text}
    return client.post("/mattermost/ops/command", data={**form, "text": text, **changes})


def shown(answer: httpx.Response) -> str:
    """What only they see who wrote it."""
    assert (answer.status_code, answer.json()["response_type"]) == (200, "ephemeral")
    return str(answer.json()["text"])


def acknowledged_by(house: House) -> list[str | None]:
    return [row.acknowledged_by for row in house.desk.rows(EscalationRow)]


def test_a_command_is_about_the_incident_of_its_room(house: House, client: TestClient) -> None:
    assert "You have taken INC-1" in shown(write(client, "ack"))
    assert acknowledged_by(house) == ["alice"]
    (fact,) = [each for each in house.desk.rows(FactRow) if each.kind == "acknowledged"]
    assert (fact.by, fact.via) == ("alice", "chat")


def test_nothing_at_all_asks_for_help(client: TestClient) -> None:
    assert "`role tech-lead @alice`" in shown(write(client, ""))


def test_a_stranger_learns_what_to_write_into_the_file(house: House, client: TestClient) -> None:
    assert STRANGER in shown(write(client, "ack", user_id=STRANGER, user_name="sam"))
    assert acknowledged_by(house) == [None]


def test_a_command_that_comes_again_does_nothing(house: House, client: TestClient) -> None:
    write(client, "pass")
    lines = len(house.desk.rows(FactRow))
    assert shown(write(client, "pass")) == ""
    assert len(house.desk.rows(FactRow)) == lines


@pytest.mark.parametrize("token", ["", "wrong"])
def test_a_forged_command_is_refused(house: House, client: TestClient, token: str) -> None:
    assert write(client, "ack", token=token).status_code == 401
    assert acknowledged_by(house) == [None]


@pytest.mark.parametrize("connection", ["dm", "mail", "nobody"])
def test_what_takes_no_commands_has_no_door(client: TestClient, connection: str) -> None:
    assert client.post(f"/mattermost/{connection}/command", data={"token": TOKEN}).status_code == 404


class TestButtonsOfARoom:
    def press(self, client: TestClient, what: str, user: str = ALICE, **changes: str) -> httpx.Response:
        context = {"says": what, "value": "INC-1", "proof": proof(what, "INC-1", TOKEN), **changes}
        body: dict[str, Any] = {"user_id": user, "channel_id": ROOM, "post_id": "p", "context": context}
        return client.post("/mattermost/ops/button", json=body)

    def test_do_what_they_say_for_whoever_presses_them(self, house: House, client: TestClient) -> None:
        assert "You have taken INC-1" in self.press(client, "ack").json()["ephemeral_text"]
        assert acknowledged_by(house) == ["alice"]

    def test_lead_to_the_form_under_the_name_of_whoever_presses(
        self, house: House, client: TestClient
    ) -> None:
        assert "INC-1" in self.press(client, "decide").json()["ephemeral_text"]
        house.ledger.write(ask, "INC-1", Question.ASSESS, 1, "", house.clock())
        assert (
            house.links.decide("alice", "INC-1", house.clock())
            in (self.press(client, "decide").json()["ephemeral_text"])
        )

    @pytest.mark.parametrize("changes", [{"proof": ""}, {"value": "INC-2"}, {"says": "pass"}], ids=repr)
    def test_prove_nothing_else(self, house: House, client: TestClient, changes: dict[str, str]) -> None:
        assert self.press(client, "ack", **changes).status_code == 401
        assert acknowledged_by(house) == [None]

    def test_do_nothing_for_a_stranger(self, house: House, client: TestClient) -> None:
        assert STRANGER in self.press(client, "ack", STRANGER).json()["ephemeral_text"]
        assert acknowledged_by(house) == [None]

    def test_are_json(self, client: TestClient) -> None:
        assert client.post("/mattermost/ops/button", content=b"{").status_code == 422


class TestButtonsOfAPage:
    def press(self, client: TestClient, path: str, says: str) -> httpx.Response:
        return client.post(path + "/button", json={"user_id": "whoever", "context": {"says": says}})

    def test_acknowledge_for_the_person_who_was_paged(
        self, house: House, client: TestClient, row: NotificationRow
    ) -> None:
        answer = self.press(client, callback(house, row), "ack")
        assert "You have taken INC-1" in answer.json()["ephemeral_text"]
        assert acknowledged_by(house) == ["alice"]
        assert house.desk.rows(PageRow)[0].acknowledged_at == house.clock()

    def test_pass_on(self, house: House, client: TestClient, row: NotificationRow) -> None:
        assert self.press(client, callback(house, row), "pass").status_code == 200
        assert [page.person for page in house.desk.rows(PageRow)] == ["alice", "bob"]

    def test_do_nothing_with_another_address(
        self, house: House, client: TestClient, row: NotificationRow
    ) -> None:
        assert self.press(client, callback(house, row) + "x", "ack").status_code == 401
        assert self.press(client, "/callbacks/dm/nonsense", "ack").status_code == 401
        assert acknowledged_by(house) == [None]
