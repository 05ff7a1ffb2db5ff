"""Zoom on a good day."""

import httpx

from blocks import ZoomVideo
from tests.blocks.vendors import VendorRig

SECRET = "ZiC8Lxr3yPYTUQv4YQ8Zk0aTzv7Ftnpr"
TOKEN = "eyJzdiI6IjAwMDAwMSIsImFsZyI6IkhTNTEyIn0"
MEETING = {"id": 85746065, "join_url": "https://zoom.us/j/85746065", "agenda": "INC-42"}


def friendly(request: httpx.Request) -> httpx.Response:
    if request.url.host == "zoom.us":
        return httpx.Response(200, json={"access_token": TOKEN, "token_type": "bearer", "expires_in": 3599})
    match request.method:
        case "GET":
            return httpx.Response(200, json={"meetings": []})
        case "POST":
            return httpx.Response(201, json=MEETING)
        case _:
            return httpx.Response(204)


def zoom(transport: httpx.AsyncBaseTransport | None = None) -> ZoomVideo:
    block = ZoomVideo(account_id="acc", client_id="cli", client_secret=SECRET, host="ops@example.com")
    block._transport = transport
    return block


RIG = VendorRig(
    block=zoom,
    calls={
        "create_call": lambda video: video.create_call("INC-42", "INC-42 · checkout"),
        "end_call": lambda video: video.end_call("85746065"),
    },
    secrets=(SECRET, TOKEN),
    friendly=friendly,
    meant={"end_call": frozenset({404})},
)
