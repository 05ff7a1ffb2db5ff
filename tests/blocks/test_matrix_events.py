"""Is what a homeserver pushes understood as people meant it, whatever it holds?"""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blocks.matrix_events import Deed, Pinned, Reacted, Spoken, read
from incident.errors import PayloadError

AT = datetime(2026, 11, 23, 3, tzinfo=UTC)
COMMON = {"id": "$1", "room": "!r", "sender": "@ann:example.com", "at": AT}
THUMB = "\N{THUMBS UP SIGN}"


def event(kind: str, content: Any, **fields: Any) -> dict[str, Any]:
    """An event as Synapse pushes it."""
    return {
        "type": kind,
        "event_id": "$1",
        "room_id": "!r",
        "sender": "@ann:example.com",
        "origin_server_ts": int(AT.timestamp() * 1000),
        "content": content,
        "unsigned": {"age": 20},
        **fields,
    }


def said(body: str, msgtype: str = "m.text", **content: Any) -> dict[str, Any]:
    return event("m.room.message", {"msgtype": msgtype, "body": body, **content})


def sign(key: str, rel_type: str = "m.annotation") -> dict[str, Any]:
    return event("m.reaction", {"m.relates_to": {"rel_type": rel_type, "event_id": "$page", "key": key}})


def pins(now: Any, before: Any = None) -> dict[str, Any]:
    unsigned = {} if before is None else {"prev_content": {"pinned": before}}
    return event("m.room.pinned_events", {"pinned": now}, state_key="", unsigned=unsigned)


def understood(*events: Any) -> tuple[Deed, ...]:
    return read(json.dumps({"events": events}).encode())


def below(about: str, **more: Any) -> dict[str, Any]:
    return {"m.relates_to": {"m.in_reply_to": {"event_id": about}, **more}}


MEANT = {
    "a text": (said(" !ack\n"), Spoken(**COMMON, text="!ack")),
    "an answer": (said("!ack", **below("$page")), Spoken(**COMMON, text="!ack", about="$page")),
    "an answer with the text it answers": (
        said("> <@incidents:example.com> page\n> more\n\n!ack", **below("$page")),
        Spoken(**COMMON, text="!ack", about="$page"),
    ),
    "a text in a thread": (
        said("!ack", **below("$last", rel_type="m.thread", event_id="$page")),
        Spoken(**COMMON, text="!ack", about="$page", thread="$page"),
    ),
    "a quotation that answers nothing": (said("> so it is"), Spoken(**COMMON, text="> so it is")),
    "a sign": (sign(THUMB), Reacted(**COMMON, about="$page", sign=THUMB)),
    "a sign of another colour": (
        sign(THUMB + "\N{EMOJI MODIFIER FITZPATRICK TYPE-5}"),
        Reacted(**COMMON, about="$page", sign=THUMB),
    ),
    "a sign that is drawn in colours": (
        sign("\N{HEAVY CHECK MARK}\N{VARIATION SELECTOR-16}"),
        Reacted(**COMMON, about="$page", sign="\N{HEAVY CHECK MARK}"),
    ),
    "the first pin": (pins(["$a"]), Pinned(**COMMON, messages=("$a",))),
    "another pin": (pins(["$a", "$b"], ["$a"]), Pinned(**COMMON, messages=("$b",))),
}


@pytest.mark.parametrize(("pushed", "deed"), MEANT.values(), ids=MEANT)
def test_what_people_do_is_understood(pushed: dict[str, Any], deed: Deed) -> None:
    assert understood(pushed) == (deed,)


IGNORED = {
    "a notice, which a program says": said("!ack", "m.notice"),
    "an edited text": said("* !ack", **{"m.relates_to": {"rel_type": "m.replace", "event_id": "$1"}}),
    "a text that was taken back": event("m.room.message", {}),
    "a picture": said("graph.png", "m.image", url="mxc://example.com/x"),
    "a sign that was taken back": event("m.reaction", {}),
    "a relation of another kind": sign(THUMB, "m.reference"),
    "a pin that was taken away": pins([], ["$a"]),
    "the end of all pins": event("m.room.pinned_events", {}, state_key=""),
    "pins that are none": pins("all"),
    "something that is taken back": event("m.room.redaction", {}, redacts="$page"),
    "somebody who comes in": event("m.room.member", {"membership": "join"}, state_key="@ann:example.com"),
    "what is encrypted": event("m.room.encrypted", {"algorithm": "m.megolm.v1.aes-sha2"}),
    "a text without an author": {**said("!ack"), "sender": None},
    "a moment that is none": {**said("!ack"), "origin_server_ts": 10**18},
    "no event at all": 7,
}


@pytest.mark.parametrize("pushed", IGNORED.values(), ids=IGNORED)
def test_what_nobody_means_for_us_holds_up_nothing_that_is(pushed: Any) -> None:
    assert understood(pushed, said("!ack")) == (Spoken(**COMMON, text="!ack"),)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"events": 7}', b"\xff"], ids=repr)
def test_what_is_no_transaction_is_refused(body: bytes) -> None:
    with pytest.raises(PayloadError, match="list of events"):
        read(body)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
_KINDS = st.sampled_from(["m.room.message", "m.reaction", "m.room.pinned_events"])


@given(_KINDS, _JSON, _JSON)
def test_no_content_whatever_breaks_a_transaction(kind: str, content: Any, related: Any) -> None:
    understood(event(kind, content), event(kind, {"m.relates_to": related, "msgtype": "m.text", "body": "x"}))
