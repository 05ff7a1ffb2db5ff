"""Does a Matrix homeserver get what its API asks for, and is nothing made twice?"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from blocks import MatrixChat, MatrixPager
from blocks.exchange import HttpConnection
from blocks.interfaces import Delivery, DeliveryState
from blocks.matrix_text import BODY_LENGTH, HTML_BYTES, message
from incident.errors import ConfigurationError, Rejected, RetryLater
from tests.blocks.published import Obeying, obeying
from tests.blocks.rig_matrix import (
    AS_TOKEN,
    CHAT,
    EVENT,
    HOMESERVER,
    LONG,
    ME,
    PAGER,
    ROOM,
    TOKEN,
    friendly,
    reaction,
)
from tests.blocks.rigs import PAGE
from tests.blocks.vendors import VendorRig

ANN = "@ann:example.com"


@dataclass
class ActingFor(httpx.AsyncBaseTransport):
    """Takes `user_id` away before the description is asked.

    An application service may add it to every request of the Client-Server API, says the Application Service
    API ("Identity assertion"); the description of the former does not repeat it each time.
    """

    obeying: Obeying
    users: list[str] = field(default_factory=list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """As the description says; only whoever has the application service's token may act for another."""
        if "user_id" in request.url.params:
            assert request.headers["Authorization"] == f"Bearer {AS_TOKEN}"
            self.users.append(request.url.params["user_id"])
            request.url = request.url.copy_remove_param("user_id")
        return await self.obeying.handle_async_request(request)


def refusing(code: str, status: int = 400) -> httpx.Response:
    return httpx.Response(status, json={"errcode": code, "error": "said in confidence"})


NO_ROOM = {("GET", "directory"): refusing("M_NOT_FOUND", 404)}


def server(answers: Mapping[tuple[str, str], Any] | None = None) -> ActingFor:
    """A homeserver with these answers by method and a part of the path; otherwise it is a good day."""

    def script(request: httpx.Request) -> httpx.Response:
        path = unquote(request.url.path)
        found = [
            given
            for (verb, part), given in (answers or {}).items()
            if verb == request.method and part in path
        ]
        if not found:
            return friendly(request)
        return found[0] if isinstance(found[0], httpx.Response) else httpx.Response(200, json=found[0])

    return ActingFor(obeying({"matrix.example.com": "matrix"}, script))


def chat(transport: ActingFor, **settings: Any) -> MatrixChat:
    given = {"homeserver": HOMESERVER, "token": TOKEN, "as_token": AS_TOKEN, **settings}
    return wired(MatrixChat(**given), transport)


def pager(transport: ActingFor) -> MatrixPager:
    return wired(MatrixPager(homeserver=HOMESERVER, token=TOKEN), transport)


def wired(block: Any, transport: ActingFor) -> Any:
    block._transport = transport
    return block


def asked(transport: ActingFor) -> list[str]:
    """Each request in a few letters, without the longer ids."""
    short = [(method, path.split("/v3/")[-1]) for method, path in transport.obeying.sent()]
    return [f"{method} {re.sub(r'/[0-9a-f]{32}$', '/key', unquote(path))}" for method, path in short]


METHODS = [(rig, method) for rig in (CHAT, PAGER) for method in rig.calls]


@pytest.mark.parametrize(("rig", "method"), METHODS, ids=[method for _, method in METHODS])
async def test_every_request_is_allowed_by_the_published_description(rig: VendorRig, method: str) -> None:
    transport = server()
    await rig.calls[method](wired(rig.block(), transport))
    assert transport.obeying.requests


class TestTheRoom:
    async def test_has_an_alias_made_from_the_incidents_key(self) -> None:
        transport = server(NO_ROOM)
        room = await chat(transport, prefix="ops-").create_room("INC-42", "INC-42 · Checkout", "SEV1")
        assert room.id == ROOM
        assert room.url == "https://matrix.to/#/%23ops-inc-42%3Aexample.com"
        assert transport.obeying.body()["room_alias_name"] == "ops-inc-42"
        assert transport.obeying.body()["preset"] == "private_chat"

    async def test_opens_in_the_teams_own_client(self) -> None:
        block = chat(server(), web_client="https://element.example.com/")
        room = await block.create_room("INC-42", "x", "")
        assert room.url == "https://element.example.com/#/room/#inc-42:example.com"

    async def test_that_an_earlier_call_made_is_found_and_gets_its_topic(self) -> None:
        transport = server()
        assert (await chat(transport).create_room("INC-42", "x", "SEV1")).id == ROOM
        assert asked(transport)[1:] == [
            "GET directory/room/#inc-42:example.com",
            f"GET rooms/{ROOM}/state/m.room.member/{ME}",
            f"PUT rooms/{ROOM}/state/m.room.topic",
        ]

    async def test_that_we_are_not_in_is_not_taken_for_ours(self) -> None:
        transport = server({("GET", ME): refusing("M_FORBIDDEN", 403)})
        with pytest.raises(RetryLater, match="not in"):
            await chat(transport).create_room("INC-42", "x", "SEV1")

    @pytest.mark.parametrize("refusal", [refusing("M_ROOM_IN_USE"), refusing("M_UNKNOWN", 409)], ids=str)
    async def test_that_another_process_makes_at_the_same_moment_is_asked_for_again(
        self, refusal: httpx.Response
    ) -> None:
        with pytest.raises(RetryLater, match="just been made"):
            await chat(server({**NO_ROOM, ("POST", "createRoom"): refusal})).create_room("INC-42", "x", "")

    async def test_is_closed_for_everybody_without_power_and_keeps_higher_levels(self) -> None:
        transport = server()
        await chat(transport).archive(ROOM)
        closed = transport.obeying.body()
        assert closed["events_default"] == 100
        assert closed["events"] == {"m.room.name": 100, "m.room.tombstone": 150}
        assert closed["users"] == {ME: 100}
        assert closed["invite"] == 0

    async def test_of_others_cannot_be_closed(self) -> None:
        transport = server({("GET", "power_levels"): refusing("M_FORBIDDEN", 403)})
        with pytest.raises(Rejected, match="is this user in it"):
            await chat(transport).archive(ROOM)


INVITATIONS = {
    "by the name in their mail address": ("ann@example.com", "@ann:example.com"),
    "by their name here": ("Ann", "@ann:example.com"),
    "by their id there": ("@Ann_2:other.example", "@Ann_2:other.example"),
    "as the settings say": ("bob@example.com", "@robert:example.com"),
}


class TestAPerson:
    @pytest.mark.parametrize(("address", "user"), INVITATIONS.values(), ids=INVITATIONS)
    async def test_is_known(self, address: str, user: str) -> None:
        transport = server()
        block = chat(transport, members={"bob@example.com": "@robert:example.com"})
        await block.invite(ROOM, address)
        assert transport.obeying.body() == {"user_id": user}

    @pytest.mark.parametrize("membership", ["join", "invite"])
    async def test_who_is_there_already_is_not_invited_again(self, membership: str) -> None:
        transport = server({("GET", "m.room.member"): {"membership": membership}})
        await chat(transport).invite(ROOM, ANN)
        assert asked(transport) == [f"GET rooms/{ROOM}/state/m.room.member/{ANN}"]

    async def test_who_has_never_been_there_is_invited(self) -> None:
        transport = server({("GET", "m.room.member"): refusing("M_NOT_FOUND", 404)})
        await chat(transport).invite(ROOM, ANN)
        assert asked(transport)[-1] == f"POST rooms/{ROOM}/invite"

    async def test_who_may_not_come_in_is_said_with_the_servers_code(self) -> None:
        transport = server({("POST", "invite"): refusing("M_FORBIDDEN", 403)})
        with pytest.raises(Rejected, match="HTTP 403 Forbidden: Matrix answers M_FORBIDDEN"):
            await chat(transport).invite(ROOM, ANN)


class TestAStatus:
    async def test_is_set_by_the_application_service_and_put_back(self) -> None:
        transport = server()
        before = await chat(transport).set_status(ANN, "on INC-42 " + "x" * 300)
        told = transport.obeying.body()
        assert (told["presence"], len(told["status_msg"])) == ("online", 200)
        await chat(transport).restore_status(ANN, before)
        assert transport.obeying.body()["status_msg"] == "Lunch"
        assert set(transport.users) == {ANN}

    async def test_makes_nobody_look_present_who_is_not(self) -> None:
        transport = server({("GET", "presence"): {"presence": "offline"}})
        await chat(transport).set_status(ANN, "on INC-42")
        assert transport.obeying.body()["presence"] == "unavailable"

    async def test_that_a_lost_call_has_set_does_not_come_back_at_the_end(self) -> None:
        transport = server({("GET", "presence"): {"presence": "online", "status_msg": "on INC-42"}})
        block = chat(transport)
        await block.restore_status(ANN, await block.set_status(ANN, "on INC-42"))
        assert transport.obeying.body()["status_msg"] == ""

    async def test_stays_as_it_is_without_an_application_service(self) -> None:
        transport = server()
        block = chat(transport, as_token=None)
        await block.restore_status(ANN, await block.set_status(ANN, "on INC-42"))
        assert transport.obeying.requests == []


class TestAMessage:
    async def test_has_the_same_transaction_for_the_same_key_only(self) -> None:
        transport = server()
        for key in ("INC-42/say/è", "INC-42/say/è", "INC-42/say/2"):
            await chat(transport).post(key, ROOM, "Hello")
        paths = [path for _, path in transport.obeying.sent()]
        assert paths[0] == paths[1] != paths[2]

    async def test_goes_below_the_one_it_belongs_to(self) -> None:
        transport = server()
        assert (await chat(transport).post("k", ROOM, "**Theory**", EVENT)).id == EVENT
        said = transport.obeying.body()
        assert said["body"] == "**Theory**"
        assert said["formatted_body"] == "<p><strong>Theory</strong></p>"
        assert said["m.relates_to"]["rel_type"] == "m.thread"
        assert said["m.relates_to"]["event_id"] == EVENT

    async def test_that_is_pinned_comes_after_those_that_are(self) -> None:
        transport = server()
        await chat(transport).pin(ROOM, EVENT)
        assert transport.obeying.body() == {"pinned": ["$older", EVENT]}

    async def test_that_is_pinned_already_is_left_so(self) -> None:
        transport = server()
        await chat(transport).pin(ROOM, "$older")
        assert asked(transport) == [f"GET rooms/{ROOM}/state/m.room.pinned_events"]

    async def test_that_is_the_first_to_be_pinned(self) -> None:
        transport = server({("GET", "pinned_events"): refusing("M_NOT_FOUND", 404)})
        await chat(transport).pin(ROOM, EVENT)
        assert transport.obeying.body() == {"pinned": [EVENT]}

    async def test_can_be_a_file(self) -> None:
        transport = server()
        await chat(transport).upload("k", ROOM, "graph.png", b"\x89PNG")
        assert transport.obeying.requests[0].content == b"\x89PNG"
        assert transport.obeying.body()["url"] == "mxc://example.com/AQwafuaFswefuhsfAFAgsw"
        assert transport.obeying.body()["info"] == {"mimetype": "image/png", "size": 4}


HOSTILE = {
    "a tag": "<script>alert(1)</script>",
    "a script behind a link": "[x](javascript:alert(1))",
    "an image that tells who reads it": "![x](https://evil.example/pixel.png)",
    "a tag that hides": "<img src=x onerror=alert(1)>",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_an_alert_says_is_never_more_than_text(text: str) -> None:
    html = message(text)["formatted_body"]
    assert not re.search(r"<(script|img)|href=.javascript", html)


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_a_message_fits_into_an_event(text: str) -> None:
    content = message(text)
    assert len(content["body"]) <= BODY_LENGTH
    assert len(content.get("formatted_body", "").encode()) <= HTML_BYTES
    assert len(json.dumps(content, ensure_ascii=False).encode()) < 64_000


ALIAS = r"#incident-pages-[0-9a-f]{16}:example.com"


class TestAPage:
    async def test_goes_into_the_room_that_is_there(self) -> None:
        transport = server({("GET", "m.room.member"): {"membership": "join"}})
        receipt = await pager(transport).deliver(ANN, PAGE)
        assert receipt.provider_id == f"{ROOM}/{EVENT}"
        whoami, directory, ours, member, said = asked(transport)
        assert re.fullmatch(rf"GET directory/room/{ALIAS}", directory)
        assert whoami == "GET account/whoami"
        assert [ours, member] == [f"GET rooms/{ROOM}/state/m.room.member/{user}" for user in (ME, ANN)]
        assert said == f"PUT rooms/{ROOM}/send/m.room.message/key"

    async def test_links_to_its_acknowledgement_and_rings(self) -> None:
        transport = server()
        await pager(transport).deliver(ANN, PAGE)
        said = transport.obeying.body()
        assert f'<a href="{PAGE.acknowledge_url}">' in said["formatted_body"]
        assert said["m.mentions"] == {"user_ids": [ANN]}
        assert PAGE.subject in said["body"]
        assert PAGE.text in said["body"]

    async def test_makes_the_room_when_it_is_the_first(self) -> None:
        transport = server(NO_ROOM)
        await pager(transport).deliver(ANN, PAGE)
        made = json.loads(transport.obeying.requests[2].content)
        assert made["is_direct"] is True
        assert made["invite"] == [ANN]
        assert len(transport.obeying.requests) == 4

    async def test_calls_back_whoever_has_left_the_room(self) -> None:
        transport = server()
        await pager(transport).send(ANN, "k", "Update", "x")
        assert f"POST rooms/{ROOM}/invite" in asked(transport)

    async def test_is_acknowledged_by_a_reaction(self) -> None:
        taken = Delivery(state=DeliveryState.ACKNOWLEDGED, acknowledged_by=ANN)
        assert await pager(server()).follow(f"{ROOM}/{EVENT}") == taken

    async def test_is_not_acknowledged_by_our_own_reaction(self) -> None:
        ours = {("GET", "relations"): {"chunk": [reaction("\N{THUMBS UP SIGN}", ME)]}}
        assert await pager(server(ours)).follow(f"{ROOM}/{EVENT}") == Delivery(state=DeliveryState.SENT)

    @pytest.mark.parametrize("sign", ["\N{EYES}", "\N{THUMBS DOWN SIGN}", ""])
    async def test_is_not_acknowledged_by_a_sign_that_means_something_else(self, sign: str) -> None:
        looks = {("GET", "relations"): {"chunk": [reaction(sign, ANN)]}}
        assert await pager(server(looks)).follow(f"{ROOM}/{EVENT}") == Delivery(state=DeliveryState.SENT)

    async def test_of_another_channel_is_nothing_that_this_one_can_follow(self) -> None:
        assert await pager(server()).follow("SM123") is None


SERVICE = "@incident-service:example.com"


class TestTheApplicationService:
    async def test_can_read_what_was_said(self) -> None:
        said = {
            "type": "m.room.message",
            "event_id": EVENT,
            "sender": ANN,
            "room_id": ROOM,
            "origin_server_ts": 1,
            "content": {"msgtype": "m.text", "body": "It was the deploy"},
        }
        transport = server({("GET", f"/event/{EVENT}"): said})
        message = await chat(transport).said(ROOM, EVENT)
        assert message is not None
        assert (message.sender, message.content["body"]) == (ANN, "It was the deploy")

    @pytest.mark.parametrize("refusal", [refusing("M_NOT_FOUND", 404), refusing("M_FORBIDDEN", 403)], ids=str)
    async def test_cannot_read_what_is_not_there(self, refusal: httpx.Response) -> None:
        assert await chat(server({("GET", "/event/"): refusal})).said(ROOM, EVENT) is None

    async def test_knows_both_users_that_speak_for_us(self) -> None:
        users = {TOKEN: ME, AS_TOKEN: SERVICE}

        def whoami(request: httpx.Request) -> httpx.Response:
            token = request.headers["Authorization"].removeprefix("Bearer ")
            return httpx.Response(200, json={"user_id": users[token]})

        obedient = obeying({"matrix.example.com": "matrix"}, whoami)
        assert await chat(ActingFor(obedient)).ourselves() == {ME, SERVICE}
        assert await chat(ActingFor(obedient), token=AS_TOKEN).ourselves() == {SERVICE}

    async def test_answers_what_was_said_once_and_in_its_thread(self) -> None:
        transport = server()
        for thread in ("", "$thread", "$thread"):
            await chat(transport).reply(ROOM, "$deed", EVENT, "**done**", thread)
        plain, inside = (transport.obeying.body(number) for number in (0, 1))
        assert plain["msgtype"] == inside["msgtype"] == "m.notice"
        assert plain["m.relates_to"] == {"m.in_reply_to": {"event_id": EVENT}}
        assert inside["m.relates_to"]["event_id"] == "$thread"
        assert inside["m.relates_to"]["m.in_reply_to"] == {"event_id": EVENT}
        assert len({path for _, path in transport.obeying.sent()}) == 1

    async def test_is_reached_by_a_ping_that_proves_who_asks(self) -> None:
        transport = server({("POST", "/appservice/incidents/ping"): {"duration_ms": 7}})
        assert await chat(transport).ping() == 7
        assert transport.obeying.requests[0].headers["Authorization"] == f"Bearer {AS_TOKEN}"

    @pytest.mark.parametrize(
        ("status", "code"),
        [(400, "M_URL_NOT_SET"), (502, "M_CONNECTION_FAILED"), (504, "M_CONNECTION_TIMEOUT")],
    )
    async def test_says_why_it_cannot_be_reached(self, status: int, code: str) -> None:
        with pytest.raises(Rejected, match=f"{status}.*{code}"):
            await chat(server({("POST", "/ping"): refusing(code, status)})).ping()

    async def test_that_is_not_there_cannot_be_reached(self) -> None:
        with pytest.raises(ConfigurationError, match="as_token"):
            await chat(server(), as_token=None).ping()


@pytest.mark.parametrize("rig", [CHAT, PAGER], ids=["chat", "pager"])
def test_a_token_is_never_shown(rig: VendorRig) -> None:
    block: HttpConnection = rig.block()
    assert not [secret for secret in rig.secrets if secret in block.model_dump_json() + repr(block)]
