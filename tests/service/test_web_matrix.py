"""Does what people do in Matrix reach the incident: once, and before the homeserver hears that it did?"""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any, cast
from urllib.parse import unquote

import httpx
import pytest
from fastapi import FastAPI

from blocks import MatrixChat
from blocks.interfaces import Connection
from incident.configuration import Configuration
from incident.errors import RetryLater
from ledger import effects
from ledger.notifications import notification_sent, take_due
from ledger.tables import EscalationRow, FactRow
from service.watchdog import Watchdog
from service.web.app import create_app
from tasks.background import all_done
from tests.house import BASE_URL, House, WithPagers
from tests.incident.organisations import SMALL
from tests.ledger.desk import START

HOMESERVER = "https://matrix.example.org"
HS_TOKEN, AS_TOKEN = "hs-30c05ae90a248a4188e6", "as-77b34fe90be6081f46"
KNOWN = {"Authorization": f"Bearer {HS_TOKEN}"}
US, ALICE, BOB, EVE = (f"@{name}:example.org" for name in ("incidents", "al", "bob", "eve"))
ROOM, DM, PAGE = "!room", "!alice", "$page"
THUMB, TICK, PIN = "👍", "✅", "📌"

PEOPLE = {
    **SMALL["people"],
    "alice": {"name": "Alice", "contacts": [{"via": "dm", "to": ALICE}]},
}
CONNECTIONS = {
    "mail": {"type": "smtp-mail"},
    "ops": {"type": "matrix-chat"},
    "dm": {"type": "matrix-pager"},
}

_numbers = count(1)


@dataclass
class Homeserver:
    """Knows what was said, and keeps what we say."""

    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer as a homeserver does."""
        path = unquote(request.url.path)
        if request.method == "PUT":
            self.answers.append(json.loads(request.content))
            return httpx.Response(200, json={"event_id": "$answer"})
        if path.endswith("whoami"):
            return httpx.Response(self.status, json={"user_id": US})
        known = self.messages.get(path.rpartition("/")[2])
        if self.status == 200 and known is None:
            return httpx.Response(404, json={"errcode": "M_NOT_FOUND"})
        return httpx.Response(self.status, json=known)

    def block(self) -> MatrixChat:
        """A connection to it."""
        chat = MatrixChat(homeserver=HOMESERVER, token=AS_TOKEN, as_token=AS_TOKEN, hs_token=HS_TOKEN)
        chat._transport = httpx.MockTransport(self)
        return chat


@dataclass(frozen=True)
class WithMatrix(WithPagers):
    """Surroundings in which `ops` leads to the homeserver of the test."""

    blocks: Mapping[str, Connection | Exception] = field(default_factory=dict)

    async def connected(self, name: str, configuration: Configuration) -> Connection:
        """The block of this name, or what is wrong with it."""
        found = self.blocks[name]
        if isinstance(found, Exception):
            raise found
        return found


@dataclass
class Stage:
    """An incident with a room in Matrix, whose page alice has got as a direct message."""

    house: House
    homeserver: Homeserver
    app: FastAPI = field(init=False)

    def __post_init__(self) -> None:
        self.house.employ(people=PEOPLE, connections=CONNECTIONS, use={"mail": "mail", "chat": "ops"})
        self.put_in_place(ops=self.homeserver.block())
        self.house.desk.open()
        self.house.desk.climb(0)
        ledger = self.house.ledger
        ledger.write(take_due, 1, START)
        ledger.write(notification_sent, 1, f"{DM}/{PAGE}", START)
        ledger.write(effects.claim, 1, "room", "a run", START)
        ledger.write(effects.finish, 1, "room", START, {"id": ROOM, "url": ""})

    def put_in_place(self, **blocks: Connection | Exception) -> None:
        """From now on these are the connections."""
        house = self.house
        old = cast(WithPagers, house.surroundings)
        place = (house.ledger, house.links, house.environment, house.clock)
        house.surroundings = WithMatrix(*place, pagers=old.pagers, blocks=blocks)
        self.app = create_app(surroundings=house.surroundings, watchdog=Watchdog(None))

    async def ask(self, method: str, path: str, **given: Any) -> httpx.Response:
        """One request of the homeserver, and whatever follows it in the background."""
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url=BASE_URL) as client:
            answer = await client.request(method, f"/_matrix/app/v1/{path}", **given)
        await all_done()
        return answer

    async def push(self, *events: dict[str, Any], headers: Mapping[str, str] = KNOWN) -> httpx.Response:
        """One transaction."""
        path = f"transactions/{next(_numbers)}"
        return await self.ask("PUT", path, json={"events": events}, headers=headers)

    def timeline(self, kind: str) -> list[tuple[str, str]]:
        """Who said what, of one kind."""
        facts = self.house.desk.rows(FactRow)
        return [(fact.by, fact.text) for fact in facts if fact.kind == kind]

    def acknowledged_by(self) -> str | None:
        """Who acknowledged the page."""
        return self.house.desk.rows(EscalationRow)[0].acknowledged_by

    def answer(self) -> str:
        """What was answered last."""
        return str(self.homeserver.answers[-1]["body"])


@pytest.fixture
def stage(house: House) -> Stage:
    return Stage(house, Homeserver())


def event(kind: str, room: str, sender: str, content: dict[str, Any], at: datetime = START) -> dict[str, Any]:
    return {
        "type": kind,
        "event_id": f"${next(_numbers)}",
        "room_id": room,
        "sender": sender,
        "origin_server_ts": int(at.timestamp() * 1000),
        "content": content,
    }


def says(text: str, room: str = ROOM, sender: str = ALICE, **content: Any) -> dict[str, Any]:
    return event("m.room.message", room, sender, {"msgtype": "m.text", "body": text, **content})


def marks(sign: str, about: str = PAGE, room: str = DM, sender: str = ALICE) -> dict[str, Any]:
    relation = {"rel_type": "m.annotation", "event_id": about, "key": sign}
    return event("m.reaction", room, sender, {"m.relates_to": relation})


def pins(*messages: str, sender: str = ALICE) -> dict[str, Any]:
    return event("m.room.pinned_events", ROOM, sender, {"pinned": list(messages)}) | {"state_key": ""}


class TestTheDoor:
    async def test_takes_a_transaction_with_an_empty_object_of_known_length(self, stage: Stage) -> None:
        answer = await stage.push(says("good morning"))
        assert (answer.status_code, answer.json(), answer.headers["Content-Length"]) == (200, {}, "2")
        assert stage.homeserver.answers == []

    @pytest.mark.parametrize(
        ("headers", "status", "code"),
        [
            pytest.param({}, 401, "M_UNAUTHORIZED", id="no token"),
            pytest.param({"Authorization": f"Bearer {AS_TOKEN}"}, 403, "M_FORBIDDEN", id="another token"),
            pytest.param({"Authorization": "Bearer "}, 401, "M_UNAUTHORIZED", id="an empty token"),
        ],
    )
    async def test_is_closed_to_whoever_is_not_our_homeserver(
        self, stage: Stage, headers: dict[str, str], status: int, code: str
    ) -> None:
        answer = await stage.push(says("!ack"), headers=headers)
        assert (answer.status_code, answer.json()["errcode"]) == (status, code)
        for method, path in (("POST", "ping"), ("GET", "users/@a:b"), ("GET", "rooms/%23a:b")):
            assert (await stage.ask(method, path, headers=headers)).status_code == status
        assert stage.acknowledged_by() is None

    async def test_answers_a_ping_and_knows_neither_users_nor_rooms(self, stage: Stage) -> None:
        ping = await stage.ask("POST", "ping", json={"transaction_id": "x"}, headers=KNOWN)
        assert (ping.status_code, ping.json()) == (200, {})
        for path in ("users/@al:example.org", "rooms/%23inc%2F1%3Aexample.org"):
            answer = await stage.ask("GET", path, headers=KNOWN)
            assert (answer.status_code, answer.json()["errcode"]) == (404, "M_NOT_FOUND")

    @pytest.mark.parametrize("body", [b"", b"[]", b'{"events": 1}'], ids=repr)
    async def test_leaves_out_what_is_no_transaction_and_would_come_for_ever(
        self, stage: Stage, body: bytes
    ) -> None:
        answer = await stage.ask("PUT", "transactions/1", content=body, headers=KNOWN)
        assert (answer.status_code, answer.json()) == (200, {})

    async def test_lets_the_homeserver_come_again_while_a_connection_cannot_be_read(
        self, stage: Stage
    ) -> None:
        stage.put_in_place(ops=RetryLater("Prefect does not answer"))
        assert (await stage.push(says("!ack"))).status_code >= 500

    async def test_shows_no_token(self, stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
        stage.homeserver.status = 503
        answer = await stage.push(says("!ack"))
        assert answer.status_code >= 500
        assert not [token for token in (HS_TOKEN, AS_TOKEN) if token in answer.text + caplog.text]


class TestACommand:
    async def test_in_the_incidents_room_is_obeyed_and_answered_with_a_notice(self, stage: Stage) -> None:
        command = says("!ack")
        assert (await stage.push(command)).status_code == 200
        assert stage.acknowledged_by() == "alice"
        (answer,) = stage.homeserver.answers
        assert answer["msgtype"] == "m.notice"
        assert answer["m.relates_to"] == {"m.in_reply_to": {"event_id": command["event_id"]}}

    async def test_that_comes_again_changes_nothing(self, stage: Stage) -> None:
        command = says("!observe the queue grows")
        for _ in range(2):
            assert (await stage.push(command)).status_code == 200
        stage.put_in_place(ops=stage.homeserver.block())  # another process
        assert (await stage.push(command)).status_code == 200
        assert stage.timeline("observation") == [("alice", "the queue grows")]
        assert len(stage.homeserver.answers) == 1

    async def test_that_says_the_same_again_is_another_one(self, stage: Stage) -> None:
        await stage.push(says("!note still down"), says("!note still down"))
        assert len(stage.timeline("note")) == 2

    async def test_in_a_thread_is_answered_there(self, stage: Stage) -> None:
        thread = {"rel_type": "m.thread", "event_id": "$root"}
        await stage.push(says("!status", **{"m.relates_to": thread}))
        assert stage.homeserver.answers[0]["m.relates_to"]["event_id"] == "$root"

    async def test_that_nobody_knows_gets_a_helpful_answer(self, stage: Stage) -> None:
        await stage.push(says("!resolv it works"))
        assert "resolve" in stage.answer()

    async def test_names_people_by_their_id_there(self, stage: Stage) -> None:
        await stage.push(says(f"!role tech-lead {BOB}"))
        assert [(fact.by, fact.text) for fact in stage.house.desk.rows(FactRow) if fact.kind == "role"]
        assert "Bob" in stage.answer()

    async def test_of_somebody_unknown_says_how_they_become_known(self, stage: Stage) -> None:
        await stage.push(says("!ack", sender=EVE))
        assert stage.acknowledged_by() is None
        assert EVE in stage.answer()

    async def test_of_our_own_is_none(self, stage: Stage) -> None:
        await stage.push(says("!ack", sender=US))
        assert (stage.acknowledged_by(), stage.homeserver.answers) == (None, [])

    @pytest.mark.parametrize("text", ["ack", "!", "!!!", "so what !ack"])
    async def test_begins_with_its_mark(self, stage: Stage, text: str) -> None:
        await stage.push(says(text))
        assert (stage.acknowledged_by(), stage.homeserver.answers) == (None, [])

    async def test_in_any_other_room_is_not_meant_for_us(self, stage: Stage) -> None:
        await stage.push(says("!ack", room="!elsewhere"))
        assert (stage.acknowledged_by(), stage.homeserver.answers) == (None, [])

    async def test_among_the_pages_is_about_the_one_it_answers(self, stage: Stage) -> None:
        stage.house.desk.open(fingerprint="f2", title="Latency", service="checkout")
        answering = {"m.relates_to": {"m.in_reply_to": {"event_id": PAGE}}}
        await stage.push(says("!ack", room=DM, **answering))
        assert stage.acknowledged_by() == "alice"

    async def test_among_the_pages_may_be_about_the_only_incident(self, stage: Stage) -> None:
        await stage.push(says("!ack", room=DM))
        assert stage.acknowledged_by() == "alice"

    async def test_comes_again_when_the_ledger_could_not_be_written(self, stage: Stage) -> None:
        command, file = says("!observe the queue grows"), stage.house.ledger.url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert (await stage.push(command)).status_code == 503
        assert (await stage.push(command)).status_code == 200
        assert stage.timeline("observation") == [("alice", "the queue grows")]


class TestASign:
    @pytest.mark.parametrize("sign", [THUMB, TICK, "👍🏽", "✔️"])
    async def test_beside_a_page_acknowledges_it(self, stage: Stage, sign: str) -> None:
        await stage.push(marks(sign))
        assert stage.acknowledged_by() == "alice"
        assert stage.homeserver.answers[0]["m.relates_to"] == {"m.in_reply_to": {"event_id": PAGE}}

    async def test_that_comes_again_is_answered_once(self, stage: Stage) -> None:
        sign = marks(THUMB)
        await stage.push(sign)
        await stage.push(sign)
        assert len(stage.homeserver.answers) == 1

    @pytest.mark.parametrize(
        "sign",
        [
            pytest.param(marks("👀"), id="another sign"),
            pytest.param(marks(THUMB, about="$chat"), id="beside another message"),
            pytest.param(marks(THUMB, room=ROOM), id="in another room"),
            pytest.param(marks(THUMB, sender=US), id="of our own"),
        ],
    )
    async def test_of_another_kind_acknowledges_nothing(self, stage: Stage, sign: dict[str, Any]) -> None:
        assert (await stage.push(sign)).status_code == 200
        assert stage.acknowledged_by() is None

    async def test_of_somebody_unknown_acknowledges_nothing(self, stage: Stage) -> None:
        await stage.push(marks(THUMB, sender=EVE))
        assert stage.acknowledged_by() is None


class TestAPin:
    @pytest.fixture(autouse=True)
    def _said(self, stage: Stage) -> None:
        later = START + timedelta(minutes=3)
        stage.homeserver.messages = {
            "$deploy": says("it was the deploy", sender=BOB) | {"origin_server_ts": later.timestamp() * 1000},
            "$ours": says("INC-1 is open", sender=US),
            "$stranger": says("me too", sender=EVE),
            "$gone": event("m.room.message", ROOM, BOB, {}),
        }

    async def test_puts_what_was_said_on_the_timeline_with_its_author_and_its_time(
        self, stage: Stage
    ) -> None:
        assert (await stage.push(pins("$deploy"))).status_code == 200
        (fact,) = [fact for fact in stage.house.desk.rows(FactRow) if fact.kind == "note"]
        assert (fact.by, fact.text, fact.via) == ("bob", "it was the deploy", "chat")
        assert fact.at == START + timedelta(minutes=3)

    async def test_may_be_a_sign(self, stage: Stage) -> None:
        await stage.push(marks(PIN, "$deploy", ROOM))
        assert stage.timeline("note") == [("bob", "it was the deploy")]

    async def test_counts_once_however_often_and_by_whomever(self, stage: Stage) -> None:
        await stage.push(pins("$deploy"), marks(PIN, "$deploy", ROOM), marks(PIN, "$deploy", ROOM, BOB))
        await stage.push(pins("$deploy", "$stranger"))
        assert stage.timeline("note") == [("bob", "it was the deploy"), (EVE, "me too")]

    @pytest.mark.parametrize("message", ["$ours", "$gone", "$nowhere"])
    async def test_of_what_nobody_said_adds_nothing(self, stage: Stage, message: str) -> None:
        assert (await stage.push(pins(message))).status_code == 200
        assert stage.timeline("note") == []

    async def test_of_our_own_adds_nothing(self, stage: Stage) -> None:
        await stage.push(pins("$deploy", sender=US))
        assert stage.timeline("note") == []

    async def test_comes_again_when_the_homeserver_could_not_say_what_it_was(self, stage: Stage) -> None:
        await stage.push(says("hello"))  # from now on it is known who we are
        stage.homeserver.status = 503
        pin = pins("$deploy")
        assert (await stage.push(pin)).status_code >= 500
        stage.homeserver.status = 200
        assert (await stage.push(pin)).status_code == 200
        assert stage.timeline("note") == [("bob", "it was the deploy")]
