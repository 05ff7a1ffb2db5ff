"""Matrix on a good day."""

import re

import httpx

from blocks import MatrixChat, MatrixPager
from tests.blocks.rigs import PAGE
from tests.blocks.vendors import VendorRig

HOMESERVER = "https://matrix.example.com"
TOKEN = "syt_aW5jaWRlbnRz_pLoyIcWSsmDUzTdQeYEF_1tNWZp"
AS_TOKEN = "as-30c05ae90a248a4188e620216fa72e349803310ec83e2a77b34fe90be6081f46"
HS_TOKEN = "hs-1ab4f8ff4b8f0d1ce6ff63d6a3c8e6fef9f3a2b85d3c3dd19b1e1ba7c1fbb0b7"
ME, ANN, ROOM, EVENT = (
    "@incidents:example.com",
    "@ann:example.com",
    "!bFgHq7rzAoiK",
    "$Rqnc-F-dvnEYJTyHq_iKxU2bZ1CI92",
)

LONG = {
    "quotation marks": '"' * 99_999,
    "quotations in quotations": "> " * 5_000 + "x",
    "emoji": "\N{PILE OF POO}" * 20_000,
    "a list": "- a\n" * 9_000,
}
"""Texts that grow when they become HTML or JSON."""


def reaction(sign: str, sender: str) -> dict[str, object]:
    """A sign that somebody put beside a page."""
    relation = {"rel_type": "m.annotation", "event_id": EVENT, "key": sign}
    return {"event_id": "$ack", "sender": sender, "content": {"m.relates_to": relation}}


ANSWERS: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("GET", r"account/whoami", {"user_id": ME}),
    ("POST", r"appservice/incidents/ping", {"duration_ms": 9}),
    ("POST", r"createRoom", {"room_id": ROOM}),
    ("GET", r"directory/room/.*", {"room_id": ROOM, "servers": ["example.com"]}),
    ("GET", rf"rooms/[^/]*/state/m.room.member/{ME}", {"membership": "join"}),
    ("GET", r"rooms/[^/]*/state/m.room.member/.*", {"membership": "leave"}),
    ("GET", r"rooms/[^/]*/state/m.room.pinned_events", {"pinned": ["$older"]}),
    (
        "GET",
        r"rooms/[^/]*/state/m.room.power_levels",
        {"users": {ME: 100}, "events": {"m.room.name": 50, "m.room.tombstone": 150}, "invite": 0},
    ),
    ("GET", r"presence/.*", {"presence": "online", "status_msg": "Lunch"}),
    ("GET", r"rooms/.*/relations/.*", {"chunk": [reaction("\N{THUMBS UP SIGN}", ANN)]}),
    ("PUT", r"presence/.*", {}),
    ("POST", r"upload", {"content_uri": "mxc://example.com/AQwafuaFswefuhsfAFAgsw"}),
    ("POST", r"rooms/[^/]*/invite", {}),
    ("PUT", r"rooms/.*", {"event_id": EVENT}),
)


def friendly(request: httpx.Request) -> httpx.Response:
    path = re.sub(r"^/_matrix/(client|media)/v[13]/", "", request.url.path)
    known = (body for method, form, body in ANSWERS if method == request.method and re.fullmatch(form, path))
    return httpx.Response(200, json=next(known))


CHAT = VendorRig(
    block=lambda: MatrixChat(homeserver=HOMESERVER, token=TOKEN, as_token=AS_TOKEN, hs_token=HS_TOKEN),
    calls={
        "create_room": lambda chat: chat.create_room("INC-42", "INC-42 checkout", "SEV1 · open"),
        "set_topic": lambda chat: chat.set_topic(ROOM, "SEV1 · resolved"),
        "post": lambda chat: chat.post("INC-42/say/1", ROOM, "**Hello**", EVENT),
        "upload": lambda chat: chat.upload("INC-42/file", ROOM, "graph è.png", b"\x89PNG"),
        "invite": lambda chat: chat.invite(ROOM, "ann@example.com"),
        "pin": lambda chat: chat.pin(ROOM, EVENT),
        "set_status": lambda chat: chat.set_status("ann@example.com", "on INC-42"),
        "restore_status": lambda chat: chat.restore_status("ann@example.com", '{"status_msg": "Lunch"}'),
        "archive": lambda chat: chat.archive(ROOM),
    },
    secrets=(TOKEN, AS_TOKEN, HS_TOKEN),
    friendly=friendly,
)
PAGER = VendorRig(
    block=lambda: MatrixPager(homeserver=HOMESERVER, token=TOKEN),
    calls={
        "deliver": lambda pager: pager.deliver("ann@example.com", PAGE),
        "send": lambda pager: pager.send(ANN, "INC-42/update/1/ann", "Update", "We are looking."),
        "follow": lambda pager: pager.follow(f"{ROOM}/{EVENT}"),
    },
    secrets=(TOKEN,),
    friendly=friendly,
    reads=frozenset({"follow"}),
)
