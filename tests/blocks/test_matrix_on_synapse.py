"""Does a real Matrix server agree? What people see is read by their own clients."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from blocks import MatrixChat, MatrixPager
from blocks.interfaces import DeliveryState, Room
from incident.errors import Rejected, RetryLater
from service.trial import attempt
from tests.blocks.matrix_server import NAME, MatrixServer, MatrixUser, interpreter, matrix_server
from tests.blocks.rig_matrix import LONG
from tests.blocks.rigs import PAGE

_NUMBERS = count(1)


@dataclass(frozen=True)
class Town:
    """A server with a program, and Ann and Bob."""

    server: MatrixServer
    program: MatrixUser
    ann: MatrixUser
    bob: MatrixUser

    def chat(self, **settings: Any) -> MatrixChat:
        return MatrixChat(**{"homeserver": self.server.url, "token": self.program.token, **settings})

    def pager(self) -> MatrixPager:
        return MatrixPager(homeserver=self.server.url, token=self.program.token)

    async def room(self, *members: MatrixUser) -> Room:
        """A room for a new incident, with these people in it."""
        key = f"INC-{next(_NUMBERS)}"
        chat = self.chat()
        room = await chat.create_room(key, f"{key} · Checkout", "SEV1 · open")
        for member in members:
            await chat.invite(room.id, member.id)
            member.ask("POST", f"v3/join/{quote(room.id)}", {})
        return room


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    if interpreter() is None:
        pytest.skip("there is no Synapse: tests/blocks/matrix_server.py says how it gets here")
    with matrix_server() as server:
        yield Town(server, *(server.new_user(name) for name in ("incidents", "ann", "bob")))


def state(reader: MatrixUser, room: str, kind: str) -> Any:
    return reader.ask("GET", f"v3/rooms/{quote(room)}/state/{kind}")


def said(reader: MatrixUser, room: str) -> list[dict[str, Any]]:
    """Every message in a room, oldest first."""
    events = reader.ask("GET", f"v3/rooms/{quote(room)}/messages?dir=f&limit=200")["chunk"]
    return [event for event in events if event["type"] == "m.room.message"]


def say(speaker: MatrixUser, room: str, text: str) -> httpx.Response:
    content = {"msgtype": "m.text", "body": text}
    return speaker.try_to("PUT", f"v3/rooms/{quote(room)}/send/m.room.message/{next(_NUMBERS)}", content)


async def test_a_room_is_made_once_with_its_name_and_the_latest_topic(town: Town) -> None:
    first = await town.chat().create_room("OPS-7", "OPS-7 · Checkout", "SEV1 · open")
    again = await town.chat().create_room("OPS-7", "OPS-7 · Checkout", "SEV1 · mitigating")
    assert first == again
    assert first.url == f"https://matrix.to/#/%23ops-7%3A{NAME}"
    assert state(town.program, first.id, "m.room.name") == {"name": "OPS-7 · Checkout"}
    assert state(town.program, first.id, "m.room.topic")["topic"] == "SEV1 · mitigating"
    await town.chat().set_topic(first.id, "SEV1 · resolved")
    assert state(town.program, first.id, "m.room.topic")["topic"] == "SEV1 · resolved"


async def test_an_alias_that_somebody_else_has_is_not_taken_for_ours(town: Town) -> None:
    town.bob.ask("POST", "v3/createRoom", {"room_alias_name": "ops-8", "preset": "private_chat"})
    with pytest.raises(RetryLater, match="somebody else's"):
        await town.chat().create_room("OPS-8", "OPS-8", "SEV1")


async def test_a_person_is_invited_once_and_comes_in(town: Town) -> None:
    room = await town.room()
    for _ in range(2):
        await town.chat().invite(room.id, "ann@example.com")
    town.ann.ask("POST", f"v3/join/{quote(room.id)}", {})
    await town.chat().invite(room.id, "ann@example.com")
    members = town.ann.ask("GET", f"v3/rooms/{quote(room.id)}/joined_members")["joined"]
    assert set(members) == {town.program.id, town.ann.id}


async def test_the_same_post_twice_is_one_event_that_people_can_read(town: Town) -> None:
    room, chat = await town.room(town.ann), town.chat()
    text = "**Checkout** is down\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    first = await chat.post("INC-1/say/opened", room.id, text)
    assert await chat.post("INC-1/say/opened", room.id, text) == first
    below = await chat.post("INC-1/say/theory", room.id, "the deploy", thread=first.id)
    seen = said(town.ann, room.id)
    assert [event["event_id"] for event in seen] == [first.id, below.id]
    assert seen[0]["content"]["formatted_body"].startswith(
        "<p><strong>Checkout</strong> is down</p>\n<table>"
    )
    thread = town.ann.ask("GET", f"v1/rooms/{quote(room.id)}/relations/{quote(first.id)}/m.thread")
    assert [event["event_id"] for event in thread["chunk"]] == [below.id]


async def test_what_no_charset_holds_is_posted_and_paged_all_the_same(town: Town) -> None:
    room = await town.room(town.ann)
    hostile = "half \ud83d an emoji\r\nX: y \0\x1b[2J"
    await town.chat().post("INC-1/say/hostile", room.id, hostile)
    assert said(town.ann, room.id)[0]["content"]["body"] == "half ? an emoji\nX: y [2J"


async def test_the_longest_texts_fit(town: Town) -> None:
    room, chat = await town.room(), town.chat()
    for name, text in LONG.items():
        await chat.post(f"INC-1/long/{name}", room.id, text)
    assert len(said(town.program, room.id)) == len(LONG)


async def test_pins_add_up_and_none_is_there_twice(town: Town) -> None:
    room, chat = await town.room(town.ann), town.chat()
    posts = [(await chat.post(f"INC-1/pin/{number}", room.id, "x")).id for number in range(2)]
    for post in (*posts, posts[0]):
        await chat.pin(room.id, post)
    assert state(town.ann, room.id, "m.room.pinned_events") == {"pinned": posts}


async def test_a_file_can_be_read_by_whoever_is_in_the_room(town: Town) -> None:
    room, chat = await town.room(town.ann), town.chat()
    for _ in range(2):
        await chat.upload("INC-1/file", room.id, "graph è.png", b"\x89PNG of a graph")
    [file] = said(town.ann, room.id)
    assert file["content"]["body"] == "graph è.png"
    where = file["content"]["url"].removeprefix("mxc://")
    assert town.ann.try_to("GET", f"v1/media/download/{where}").content == b"\x89PNG of a graph"


async def test_a_status_is_set_and_put_back_as_it_was(town: Town) -> None:
    presence = f"v3/presence/{quote(town.ann.id)}/status"
    town.ann.ask("PUT", presence, {"presence": "online", "status_msg": "Lunch"})
    chat = town.chat(as_token=town.server.service.token)
    before = await chat.set_status("ann@example.com", "on INC-42")
    assert town.ann.ask("GET", presence)["status_msg"] == "on INC-42"
    await chat.restore_status("ann@example.com", before)
    assert town.ann.ask("GET", presence)["status_msg"] == "Lunch"


async def test_who_is_away_gets_a_status_and_loses_it_again_without_looking_present(town: Town) -> None:
    presence = f"v3/presence/{quote(town.bob.id)}/status"
    chat = town.chat(as_token=town.server.service.token)
    before = await chat.set_status(town.bob.id, "on INC-42")
    shown = town.bob.ask("GET", presence)
    assert (shown["status_msg"], shown["presence"]) == ("on INC-42", "unavailable")
    await chat.restore_status(town.bob.id, before)
    assert not town.bob.ask("GET", presence).get("status_msg")


async def test_only_an_application_service_may_set_the_status_of_others(town: Town) -> None:
    with pytest.raises(Rejected, match="M_FORBIDDEN"):
        await town.chat(as_token=town.program.token).set_status(town.ann.id, "on INC-42")


async def test_a_closed_room_can_be_read_but_only_we_can_write(town: Town) -> None:
    room, chat = await town.room(town.ann), town.chat()
    assert say(town.ann, room.id, "in time").is_success
    for _ in range(2):
        await chat.archive(room.id)
    assert say(town.ann, room.id, "too late").status_code == 403
    await chat.post("INC-1/say/closed", room.id, "closed")
    assert [event["content"]["body"] for event in said(town.ann, room.id)] == ["in time", "closed"]


async def test_pages_come_in_one_room_for_two_and_a_reaction_acknowledges(town: Town) -> None:
    pager = town.pager()
    receipt = await pager.deliver("ann@example.com", PAGE)
    assert await pager.deliver("ann@example.com", PAGE) == receipt
    message = await pager.send(town.ann.id, "INC-42/update/1/ann", "Update", "We are looking.")
    room, _, event = receipt.provider_id.partition("/")
    assert message.provider_id.startswith(f"{room}/")
    town.ann.ask("POST", f"v3/join/{quote(room)}", {})
    assert said(town.ann, room)[0]["event_id"] == event
    assert (await pager.follow(receipt.provider_id)).state is DeliveryState.SENT
    thumb = {"m.relates_to": {"rel_type": "m.annotation", "event_id": event, "key": "👍"}}
    town.ann.ask("PUT", f"v3/rooms/{quote(room)}/send/m.reaction/thumb", thumb)
    taken = await pager.follow(receipt.provider_id)
    assert (taken.state, taken.acknowledged_by) == (DeliveryState.ACKNOWLEDGED, town.ann.id)


async def test_who_has_left_the_room_for_two_is_asked_back(town: Town) -> None:
    pager = town.pager()
    room = (await pager.send(town.bob.id, "INC-42/update/1/bob", "Update", "x")).provider_id.partition("/")[0]
    town.bob.ask("POST", f"v3/rooms/{quote(room)}/leave", {})
    again = await pager.send(town.bob.id, "INC-42/update/2/bob", "Update", "y")
    assert again.provider_id.startswith(f"{room}/")
    town.bob.ask("POST", f"v3/join/{quote(room)}", {})


async def test_pages_at_the_same_moment_share_one_room(town: Town) -> None:
    """Whoever comes second is told to come again, and does."""
    carol, pager = town.server.new_user("carol"), town.pager()

    async def paged(number: int) -> str:
        for _ in range(20):
            with suppress(RetryLater):
                sent = await pager.send(carol.id, f"INC-42/update/{number}/carol", "Update", "x")
                return sent.provider_id.partition("/")[0]
            await asyncio.sleep(0.1)
        raise AssertionError("there is no end to it")

    rooms = await asyncio.gather(*[paged(number) for number in range(3)])
    assert set(carol.ask("GET", "v3/sync")["rooms"]["invite"]) == set(rooms)
    assert len(set(rooms)) == 1


async def test_an_application_service_can_do_all_of_it_itself(town: Town) -> None:
    chat = town.chat(token=town.server.service.token)
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    steps = [step async for step in attempt(chat, "", "**a test**", now)]
    assert steps[-1] == "said something in it, and archived it"
