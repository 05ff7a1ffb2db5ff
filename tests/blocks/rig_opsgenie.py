"""Opsgenie on a good day."""

import httpx

from blocks import OpsgeniePager, OpsgenieSchedules
from tests.blocks.rigs import PAGE
from tests.blocks.vendors import VendorRig

API_KEY = "eb243592-faa2-4ba2-a551-1afdf565c889"


def friendly(request: httpx.Request) -> httpx.Response:
    if request.method == "POST":
        return httpx.Response(202, json={"result": "Request will be processed", "requestId": "43a29c5c"})
    if request.url.path.endswith("/on-calls"):
        return httpx.Response(200, json={"data": {"onCallRecipients": ["ann@example.com"]}})
    return httpx.Response(200, json={"data": {"status": "open", "acknowledged": False}})


PAGER = VendorRig(
    block=lambda: OpsgeniePager(api_key=API_KEY),
    calls={
        "deliver": lambda pager: pager.deliver("ann@example.com", PAGE),
        "send": lambda pager: pager.send("ann@example.com", "INC-42/update/1/ann", "Update", "We look."),
        "follow": lambda pager: pager.follow(PAGE.key),
    },
    secrets=(API_KEY,),
    friendly=friendly,
    reads=frozenset({"follow"}),
)
SCHEDULES = VendorRig(
    block=lambda: OpsgenieSchedules(api_key=API_KEY),
    calls={"on_call": lambda source: source.on_call("Payments / primary")},
    secrets=(API_KEY,),
    friendly=friendly,
    reads=frozenset({"on_call"}),
)
