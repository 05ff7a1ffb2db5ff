"""Is Slack believed when it signs, and only then; and does what people do there reach the incident once?"""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from fastapi import FastAPI
from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES, temporary_settings

from blocks import SlackChat
from blocks.interfaces import Connection
from incident.configuration import Configuration
from incident.decisions import Question, Via
from incident.errors import ConfigurationError, RetryLater
from incident.story import Fact, Story
from ledger import effects
from ledger.decisions import ask
from ledger.notifications import notification_sent, take_due
from ledger.story import tell
from ledger.tables import DecisionRow, PageRow
from service.slack_hearing import BELIEVED, BELIEVED_ON, SlackApps
from service.watchdog import Watchdog
from service.web.app import create_app
from tasks.background import all_done, later
from tasks.surroundings import within
from tests.house import BASE_URL, House, WithPagers
from tests.incident.organisations import SMALL
from tests.ledger.desk import START
from tests.prefect_server import free_port

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
ROOM, DM, PAGE, SAID = "C0EAQDV4Z", "D0EAQDV4Z", "1503435956.000247", "1763867460.000300"
ALICE, BOB, EVE = "U0ALICE", "U0BOB", "U0EVE"
ANSWER_AT = "https://hooks.slack.com/commands/T1/2/3"
CONNECTIONS = {"mail": {"type": "smtp-mail"}, "ops": {"type": "slack-chat"}, "dm": {"type": "slack-pager"}}
PEOPLE: dict[str, Any] = SMALL["people"] | {
    "alice": {
        "name": "Alice",
        "known_as": {"ops": ALICE},
        "contacts": [{"via": "dm", "to": "alice@example.org"}],
    },
    "zoe": {"name": "Zoe", "known_as": {"ops": "U0ZOE"}, "contacts": [{"via": "console"}]},
}


@dataclass
class Workspace:
    """Slack, as far as it is asked: it knows its members and messages, and keeps what it is told."""

    told: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    refuses: Mapping[str, str] = field(default_factory=dict)
    status: int = 200

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer as Slack does."""
        name = request.url.path.rpartition("/")[2]
        self.asked.append(name)
        if self.status != 200:
            return httpx.Response(self.status)
        if name in self.refuses:
            return httpx.Response(200, json={"ok": False, "error": self.refuses[name]})
        if request.method == "POST":
            self.told.append((name, json.loads(request.content)))
            return httpx.Response(200, json={"ok": True})
        return httpx.Response(200, json={"ok": True, **self._known(name, request.url.params)})

    def _known(self, name: str, asked: Mapping[str, str]) -> dict[str, Any]:
        if name == "users.info":
            mail = {"profile": {"email": "Bob@example.org"}} if asked["user"] == BOB else {}
            return {"user": {"name": "eve", **mail}}
        text = f"It is the <https://example.org/dns|DNS>, says <@{ALICE}> &amp; co"
        return {"messages": [{"ts": SAID, "text": text, "user": EVE}]}

    def block(self, **settings: Any) -> SlackChat:
        """A connection to it."""
        chat = SlackChat(**{"token": "xoxb-1", "signing_secret": SECRET, **settings})
        chat._transport = httpx.MockTransport(self)
        return chat


@dataclass(frozen=True)
class WithSlack(WithPagers):
    """Surroundings in which `ops` leads to the workspace of the test."""

    blocks: Mapping[str, Connection | Exception] = field(default_factory=dict)
    loaded: list[str] = field(default_factory=list)

    async def connected(self, name: str, configuration: Configuration) -> Connection:
        """The block of this name, or what is wrong with it."""
        self.loaded.append(name)
        found = self.blocks[name]
        if isinstance(found, Exception):
            raise found
        return found


@dataclass
class Stage:
    """An incident with a channel in Slack, whose page alice has got as a direct message."""

    house: House
    workspace: Workspace
    app: FastAPI = field(init=False)

    def __post_init__(self) -> None:
        self.house.employ(people=PEOPLE, connections=CONNECTIONS, use={"mail": "mail", "chat": "ops"})
        self.put_in_place(ops=self.workspace.block())
        ledger = self.house.ledger
        self.house.desk.open()
        self.house.desk.climb(0)
        ledger.write(take_due, 1, START)
        ledger.write(notification_sent, 1, f"{DM}/{PAGE}", START)
        ledger.write(effects.claim, 1, "room", "a run", START)
        ledger.write(effects.finish, 1, "room", START, {"id": ROOM, "url": "https://slack.com"})

    def put_in_place(self, **blocks: Connection | Exception) -> None:
        """From now on the connections lead there."""
        given = self.house.surroundings
        self.place = WithSlack(
            given.ledger, given.links, given.environment, given.now, pagers=given.pagers, blocks=blocks
        )
        self.app = create_app(surroundings=self.place, watchdog=Watchdog(None))

    async def post(
        self, door: str, body: bytes, headers: Mapping[str, str] | None = None, name: str = "ops"
    ) -> httpx.Response:
        """Slack calls; whatever follows our answer is over when this returns."""
        signed = self.signed(body) if headers is None else headers
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url=BASE_URL) as client:
            answer = await client.post(f"/chat/{name}/slack/{door}", content=body, headers=dict(signed))
        with within(self.place):
            await all_done()
        return answer

    def signed(self, body: bytes, ago: timedelta = timedelta(0), secret: str = SECRET) -> dict[str, str]:
        """The headers by which Slack proves itself."""
        time = str(int((self.house.clock() - ago).timestamp()))
        mac = hmac.new(secret.encode(), f"v0:{time}:".encode() + body, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": time, "X-Slack-Signature": f"v0={mac}"}

    async def write(self, text: str, user: str = ALICE, room: str = ROOM) -> httpx.Response:
        """Somebody writes `/incident ...`."""
        self.house.clock.forward(seconds=1)
        return await self.post("commands", written(text, user, room))

    async def press(self, says: str, value: str, user: str = ALICE) -> httpx.Response:
        """Somebody presses a button."""
        return await self.interact(
            {
                "type": "block_actions",
                "user": {"id": user},
                "channel": {"id": ROOM},
                "actions": [{"type": "button", "action_id": says, "value": value}],
                "response_url": ANSWER_AT,
                "trigger_id": "12345.98765.abcd2358fdea",
            }
        )

    async def fill_in(self, decision: str, user: str = ALICE, **values: str) -> httpx.Response:
        """Somebody sends a form."""
        state = {name: {name: input_of(value)} for name, value in values.items()}
        about = json.dumps({"incident": "INC-1", "decision": decision})
        view = {"callback_id": "answer", "private_metadata": about, "state": {"values": state}}
        return await self.interact({"type": "view_submission", "user": {"id": user}, "view": view})

    async def interact(self, payload: dict[str, Any]) -> httpx.Response:
        """Somebody does something with what we have shown."""
        self.house.clock.forward(seconds=1)
        return await self.post("interactions", urlencode({"payload": json.dumps(payload)}).encode())

    async def happen(self, **event: Any) -> httpx.Response:
        """Slack tells an event."""
        self.house.clock.forward(seconds=1)
        return await self.post("events", json.dumps({"type": "event_callback", "event": event}).encode())

    @property
    def story(self) -> Story:
        """The incident."""
        return self.house.ledger.read(tell, "INC-1")

    def lines(self, kind: str) -> list[Fact]:
        """What of one kind is on the timeline."""
        return [fact for fact in self.story.timeline if fact.kind == kind]

    def ask(self, question: Question = Question.ASSESS) -> None:
        """A question is asked."""
        self.house.ledger.write(ask, "INC-1", question, 1, "", START)


def written(text: str, user: str = ALICE, room: str = ROOM) -> bytes:
    """A slash command as Slack sends it."""
    form = {
        "command": "/incident",
        "text": text,
        "user_id": user,
        "user_name": "somebody",
        "channel_id": room,
        "response_url": ANSWER_AT,
        "trigger_id": "12345.98765.abcd2358fdea",
    }
    return urlencode(form).encode()


def input_of(value: str) -> dict[str, Any]:
    """The state of an input: of a list, if the value is one of its words."""
    listed = {"type": "static_select", "selected_option": {"text": {}, "value": value}}
    return listed if " " not in value else {"type": "plain_text_input", "value": value}


@pytest.fixture
def stage(house: House) -> Iterator[Stage]:
    nowhere = {PREFECT_API_URL: f"http://127.0.0.1:{free_port()}/api", PREFECT_CLIENT_MAX_RETRIES: 0}
    with temporary_settings(updates=nowhere):
        yield Stage(house, Workspace())


class TestWhoIsBelieved:
    async def test_slack_is(self, stage: Stage) -> None:
        answer = await stage.write("ack")
        assert answer.status_code == 200
        assert stage.story.acknowledged_by == "alice"

    @pytest.mark.parametrize("door", ["commands", "interactions", "events"])
    async def test_nobody_is_without_a_signature(self, stage: Stage, door: str) -> None:
        assert (await stage.post(door, written("ack"), {})).status_code == 401
        assert stage.story.acknowledged_by is None

    async def test_nobody_is_with_another_secret(self, stage: Stage) -> None:
        body = written("ack")
        answer = await stage.post("commands", body, stage.signed(body, secret="guessed"))
        assert (answer.status_code, stage.story.acknowledged_by) == (401, None)

    async def test_a_body_that_was_changed_is_not(self, stage: Stage) -> None:
        answer = await stage.post("commands", written("ack", BOB), stage.signed(written("ack", EVE)))
        assert (answer.status_code, stage.story.acknowledged_by) == (401, None)

    @pytest.mark.parametrize("ago", [timedelta(minutes=5, seconds=1), timedelta(minutes=-6)])
    async def test_a_signature_of_another_time_is_not(self, stage: Stage, ago: timedelta) -> None:
        body = written("ack")
        answer = await stage.post("commands", body, stage.signed(body, ago))
        assert (answer.status_code, stage.story.acknowledged_by) == (401, None)

    async def test_a_copy_of_a_request_is_refused(self, stage: Stage) -> None:
        body = written("note the vendor has opened a case")
        headers = stage.signed(body)
        assert (await stage.post("commands", body, headers)).status_code == 200
        again = await stage.post("commands", body, headers)
        assert (again.status_code, len(stage.lines("note"))) == (401, 1)

    async def test_a_connection_without_the_secret_has_no_door(self, stage: Stage) -> None:
        stage.put_in_place(ops=stage.workspace.block(signing_secret=None))
        answer = await stage.write("ack")
        assert answer.status_code == 404
        assert "signing_secret" in answer.text

    @pytest.mark.parametrize("name", ["nothing", "mail"])
    async def test_a_connection_that_is_none_to_slack_has_no_door(self, stage: Stage, name: str) -> None:
        stage.put_in_place(mail=stage.house.surroundings.pagers["mail"])  # type: ignore[arg-type]  # any other
        assert (await stage.post("commands", b"", {}, name)).status_code == 404

    @pytest.mark.parametrize("trouble", [RetryLater("no answer"), ConfigurationError(["token: missing"])])
    async def test_while_its_settings_cannot_be_had_slack_comes_again(
        self, stage: Stage, trouble: Exception
    ) -> None:
        stage.put_in_place(ops=trouble)
        answer = await stage.write("ack")
        assert (answer.status_code, "token" in answer.text) == (503, False)

    async def test_settings_that_were_read_count_while_prefect_is_away_and_few_requests_wait_for_it(
        self, stage: Stage
    ) -> None:
        now = [0.0]
        stage.app.state.slack = SlackApps(clock=lambda: now[0])
        await stage.write("status")
        stage.place.blocks["ops"] = RetryLater("Prefect does not answer")  # type: ignore[index]  # a dict
        now[0] = BELIEVED.total_seconds() + 1
        assert (await stage.write("ack")).status_code == 200
        assert (await stage.write("status")).status_code == 200
        assert len(stage.place.loaded) == 2
        now[0] += BELIEVED_ON.total_seconds()
        assert (await stage.write("status")).status_code == 200
        assert len(stage.place.loaded) == 3

    async def test_slacks_look_at_our_certificate_is_answered(self, stage: Stage) -> None:
        assert (await stage.post("commands", b"ssl_check=1&token=x")).status_code == 200

    async def test_a_greeting_is_answered_with_its_challenge(self, stage: Stage) -> None:
        body = json.dumps({"type": "url_verification", "challenge": "3eZbrw1aB"}).encode()
        assert (await stage.post("events", body)).json() == {"challenge": "3eZbrw1aB"}

    @pytest.mark.parametrize("body", [b"{", b"[]", b'"x"'])
    async def test_what_is_no_event_is_refused(self, stage: Stage, body: bytes) -> None:
        assert (await stage.post("events", body)).status_code in (400, 422)


class TestSlashCommands:
    async def test_the_room_hears_what_was_done(self, stage: Stage) -> None:
        answer = (await stage.write("observe latency rose")).json()
        assert answer["response_type"] == "in_channel"
        assert answer["blocks"][0] == {"type": "markdown", "text": answer["text"]}
        (line,) = stage.lines("observation")
        assert (line.text, line.by, line.via) == ("latency rose", "alice", "chat")

    @pytest.mark.parametrize("text", ["help", "status", "obsrve it", ""])
    async def test_only_whoever_asks_hears_the_rest(self, stage: Stage, text: str) -> None:
        assert (await stage.write(text)).json()["response_type"] == "ephemeral"

    async def test_elsewhere_only_the_person_hears_it(self, stage: Stage) -> None:
        answer = (await stage.write("ack", room="C0OTHER")).json()
        assert (answer["response_type"], stage.story.acknowledged_by) == ("ephemeral", "alice")

    async def test_what_takes_longer_than_slack_waits_is_told_later(self, stage: Stage) -> None:
        stage.app.state.slack = SlackApps(answered_within=timedelta(0))
        answer = (await stage.write("ack")).json()
        assert "is not done yet" in answer["text"]
        assert stage.story.acknowledged_by == "alice"
        ((_, told),) = stage.workspace.told
        assert "You have taken INC-1" in told["text"]

    async def test_who_was_told_to_wait_hears_of_it_though_the_service_stops(self, stage: Stage) -> None:
        told: list[str] = []

        async def tell() -> None:
            await asyncio.sleep(0.05)
            told.append("done")

        async with stage.app.router.lifespan_context(stage.app):
            later("a promise", tell())
        assert told == ["done"]

    async def test_a_member_is_known_by_their_mail_address_which_is_asked_for_once(
        self, stage: Stage
    ) -> None:
        await stage.write("ack", BOB)
        await stage.write("observe latency rose", BOB)
        assert stage.story.acknowledged_by == "bob"
        assert stage.workspace.asked.count("users.info") == 1

    async def test_a_stranger_hears_what_to_write_into_the_file(self, stage: Stage) -> None:
        answer = (await stage.write("ack", EVE)).json()
        assert 'known_as: {ops: "U0EVE"}' in answer["text"]
        assert stage.story.acknowledged_by is None

    async def test_while_slack_does_not_say_who_somebody_is_they_are_a_stranger(self, stage: Stage) -> None:
        stage.workspace.status = 503
        assert "known_as" in (await stage.write("ack", BOB)).json()["text"]

    async def test_a_mention_is_the_person(self, stage: Stage) -> None:
        await stage.write(f"role tech-lead <@{ALICE}|al>")
        assert stage.story.roles[0].person == "alice"

    async def test_whoever_may_not_hears_so(self, stage: Stage) -> None:
        answer = (await stage.write("resolve it", "U0ZOE")).json()
        assert "That is for those who are on INC-1" in answer["text"]
        assert stage.lines("refused")[0].by == "zoe"

    @pytest.mark.parametrize("text", ["resolve", "decide", "sev"])
    async def test_without_words_a_decision_opens_the_form(self, stage: Stage, text: str) -> None:
        stage.ask()
        answer = await stage.write(text)
        ((name, told),) = stage.workspace.told
        assert (answer.json(), name) == ({}, "views.open")
        assert told["trigger_id"] == "12345.98765.abcd2358fdea"
        assert json.loads(told["view"]["private_metadata"]) == {"incident": "INC-1", "decision": "assess-1"}

    async def test_while_nothing_is_asked_there_is_no_form(self, stage: Stage) -> None:
        assert "asks nothing at this moment" in (await stage.write("decide")).json()["text"]

    async def test_a_form_that_slack_does_not_open_is_a_link(self, stage: Stage) -> None:
        stage.ask()
        stage.workspace.refuses = {"views.open": "expired_trigger_id"}
        await stage.write("decide")
        ((_, told),) = stage.workspace.told
        assert f"{BASE_URL}/decide/" in told["text"]


class TestButtons:
    def token(self, stage: Stage) -> str:
        link = stage.place.links.acknowledge(1, "alice", "INC-1", START)
        return link.rpartition("/")[2]

    async def test_a_page_is_acknowledged_where_it_is_read(self, stage: Stage) -> None:
        assert (await stage.press("ack", self.token(stage))).status_code == 200
        assert stage.story.acknowledged_by == "alice"
        assert stage.house.desk.rows(PageRow)[0].acknowledged_at is not None
        ((name, told),) = stage.workspace.told
        assert (name, told["replace_original"], "You have taken INC-1" in told["text"]) == ("3", False, True)

    async def test_it_counts_for_whoever_presses(self, stage: Stage) -> None:
        await stage.press("ack", self.token(stage), BOB)
        assert stage.story.acknowledged_by == "bob"

    async def test_a_member_whom_nobody_knows_answers_as_whoever_got_the_page(self, stage: Stage) -> None:
        await stage.press("ack", self.token(stage), EVE)
        assert stage.story.acknowledged_by == "alice"

    async def test_a_page_is_passed_on(self, stage: Stage) -> None:
        await stage.press("pass", self.token(stage))
        assert [person for person, _ in stage.house.desk.pages()] == ["alice", "bob"]

    async def test_an_old_button_says_that_it_is_over(self, stage: Stage) -> None:
        token = self.token(stage)
        stage.house.clock.forward(days=2)
        await stage.press("ack", token)
        assert "expired" in stage.workspace.told[0][1]["text"]
        assert stage.story.acknowledged_by is None

    async def test_a_button_of_another_ledger_changes_nothing(self, stage: Stage) -> None:
        other = stage.place.links.acknowledge(1, "bob", "INC-7", START).rpartition("/")[2]
        await stage.press("ack", other)
        assert stage.story.acknowledged_by is None

    async def test_the_buttons_of_a_room_are_about_its_incident(self, stage: Stage) -> None:
        await stage.press("ack", "INC-1", BOB)
        assert stage.story.acknowledged_by == "bob"

    async def test_a_stranger_cannot_use_them(self, stage: Stage) -> None:
        await stage.press("ack", "INC-1", EVE)
        assert stage.story.acknowledged_by is None
        assert "known_as" in stage.workspace.told[0][1]["text"]

    async def test_decide_opens_the_form(self, stage: Stage) -> None:
        stage.ask()
        await stage.press("decide", "INC-1")
        assert [name for name, _ in stage.workspace.told] == ["views.open"]

    async def test_what_is_no_button_of_ours_changes_nothing(self, stage: Stage) -> None:
        assert (await stage.press("resolve it", "INC-1")).status_code == 200
        assert stage.workspace.told == []


class TestForms:
    async def test_a_form_is_the_answer(self, stage: Stage) -> None:
        stage.ask()
        answer = await stage.fill_in("assess-1", severity="1", impact="Nobody can pay")
        (row,) = stage.house.desk.rows(DecisionRow)
        assert (row.answer, row.by, row.via) == (
            {"severity": "1", "impact": "Nobody can pay"},
            "alice",
            Via.CHAT,
        )
        assert answer.json()["response_action"] == "update"

    async def test_what_is_wrong_is_shown_below_its_input(self, stage: Stage) -> None:
        stage.ask()
        answer = await stage.fill_in("assess-1", severity="1")
        assert answer.json() == {
            "response_action": "errors",
            "errors": {"impact": "say in a sentence what customers or colleagues cannot do"},
        }
        assert stage.house.desk.rows(DecisionRow)[0].answered_at is None

    async def test_what_is_wrong_with_two_inputs_is_shown_below_the_first_of_them(self, stage: Stage) -> None:
        stage.ask(Question.RESOLVE)
        answer = await stage.fill_in("resolve-1", step="hand over")
        assert answer.json()["errors"] == {"person": "say who takes over which role"}

    async def test_an_answer_that_comes_late_hears_so(self, stage: Stage) -> None:
        stage.ask()
        await stage.fill_in("assess-1", severity="1", impact="Nobody can pay")
        answer = await stage.fill_in("assess-1", BOB, severity="3", impact="It is nothing")
        assert "Alice decided just before" in json.dumps(answer.json())

    @pytest.mark.parametrize("user", [EVE, "U0ZOE"])
    async def test_whoever_may_not_decide_does_not_by_a_form_either(self, stage: Stage, user: str) -> None:
        stage.ask()
        answer = await stage.fill_in("assess-1", user, severity="1", impact="Nobody can pay")
        assert answer.json()["response_action"] == "update"
        assert stage.house.desk.rows(DecisionRow)[0].answered_at is None

    async def test_a_form_of_somebody_else_changes_nothing(self, stage: Stage) -> None:
        view = {"callback_id": "theirs", "private_metadata": "", "state": {"values": {}}}
        answer = await stage.interact({"type": "view_submission", "user": {"id": ALICE}, "view": view})
        assert answer.json() == {}


class TestEvents:
    def sign(self, name: str, room: str, message: str, user: str = ALICE) -> dict[str, Any]:
        item = {"type": "message", "channel": room, "ts": message}
        return {"type": "reaction_added", "user": user, "reaction": name, "item": item}

    async def test_a_check_mark_beside_a_page_acknowledges_it(self, stage: Stage) -> None:
        answer = await stage.happen(**self.sign("white_check_mark", DM, PAGE))
        assert (answer.status_code, stage.story.acknowledged_by) == (200, "alice")

    @pytest.mark.parametrize(
        ("sign", "room"), [("eyes", DM), ("white_check_mark", ROOM)], ids=["another sign", "elsewhere"]
    )
    async def test_other_signs_acknowledge_nothing(self, stage: Stage, sign: str, room: str) -> None:
        await stage.happen(**self.sign(sign, room, PAGE))
        assert stage.story.acknowledged_by is None

    async def test_a_stranger_acknowledges_nothing(self, stage: Stage) -> None:
        await stage.happen(**self.sign("white_check_mark", DM, PAGE, EVE))
        assert stage.story.acknowledged_by is None

    async def test_what_is_pinned_lands_on_the_timeline_once_with_its_author_and_time(
        self, stage: Stage
    ) -> None:
        await stage.happen(**self.sign("pushpin", ROOM, SAID))
        message = {"ts": SAID, "text": "whatever the event says"}
        item = {"type": "message", "channel": ROOM, "message": message}
        await stage.happen(type="pin_added", user=ALICE, channel_id=ROOM, item=item)
        (line,) = stage.lines("note")
        assert line.text == "It is the DNS (https://example.org/dns), says @alice & co"
        assert (line.by, line.via, line.at.isoformat()) == ("eve", "chat", "2025-11-23T03:11:00.000300+00:00")

    async def test_a_pin_in_another_channel_is_nobodys_business(self, stage: Stage) -> None:
        await stage.happen(**self.sign("pushpin", "C0OTHER", SAID))
        assert (stage.lines("note"), stage.workspace.asked) == ([], [])

    async def test_a_pin_that_cannot_be_read_now_comes_again(self, stage: Stage) -> None:
        stage.workspace.status = 503
        assert (await stage.happen(**self.sign("pushpin", ROOM, SAID))).status_code == 503
        stage.workspace.status = 200
        assert (await stage.happen(**self.sign("pushpin", ROOM, SAID))).status_code == 200
        assert len(stage.lines("note")) == 1

    async def test_a_request_that_failed_may_be_sent_again_as_it_was(self, stage: Stage) -> None:
        stage.workspace.status = 503
        event = self.sign("pushpin", ROOM, SAID)
        body = json.dumps({"type": "event_callback", "event": event}).encode()
        headers = stage.signed(body)
        assert (await stage.post("events", body, headers)).status_code == 503
        stage.workspace.status = 200
        assert (await stage.post("events", body, headers)).status_code == 200

    async def test_a_pin_that_we_may_not_read_is_let_be(self, stage: Stage) -> None:
        stage.workspace.refuses = {"conversations.history": "missing_scope"}
        assert (await stage.happen(**self.sign("pushpin", ROOM, SAID))).status_code == 200
        assert stage.lines("note") == []

    async def test_other_events_change_nothing(self, stage: Stage) -> None:
        before = stage.story
        assert (await stage.happen(type="app_home_opened", user=ALICE)).status_code == 200
        assert stage.story == before
