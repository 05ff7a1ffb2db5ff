"""ntfy on a good day."""

import httpx

from blocks import NtfyPush
from tests.blocks.rigs import PAGE
from tests.blocks.vendors import VendorRig

TOKEN = "tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2"


def friendly(_: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"id": "sPs71M8A2T", "event": "message"})


RIG = VendorRig(
    block=lambda: NtfyPush(token=TOKEN),
    calls={
        "deliver": lambda push: push.deliver("ann-3f9c2b", PAGE),
        "send": lambda push: push.send("ann-3f9c2b", "INC-42/update/1/ann", "Update", "We are looking."),
    },
    secrets=(TOKEN,),
    friendly=friendly,
)
