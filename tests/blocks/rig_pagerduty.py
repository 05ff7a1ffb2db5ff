"""PagerDuty on a good day."""

import httpx

from blocks import PagerDutyPager, PagerDutySchedules
from tests.blocks.rigs import PAGE
from tests.blocks.vendors import VendorRig

ROUTING_KEY = "e93facc04764012d7bfb002500d5d1a6"
TOKEN = "y_NbAkKc66ryYTWUXYEu"


def friendly(request: httpx.Request) -> httpx.Response:
    match request.url.path:
        case "/v2/enqueue":
            return httpx.Response(202, json={"status": "success", "dedup_key": PAGE.key})
        case "/v2/change/enqueue":
            return httpx.Response(202, json={"status": "success"})
        case "/incidents":
            return httpx.Response(200, json={"incidents": []})
        case _:
            return httpx.Response(200, json={"oncalls": []})


PAGER = VendorRig(
    block=lambda: PagerDutyPager(routing_key=ROUTING_KEY, api_token=TOKEN),
    calls={
        "deliver": lambda pager: pager.deliver("ann", PAGE),
        "send": lambda pager: pager.send("ann", "INC-42/update/1/ann", "Update", "We are looking."),
        "follow": lambda pager: pager.follow(PAGE.key),
    },
    secrets=(ROUTING_KEY, TOKEN),
    friendly=friendly,
    reads=frozenset({"follow"}),
)
SCHEDULES = VendorRig(
    block=lambda: PagerDutySchedules(api_token=TOKEN),
    calls={"on_call": lambda source: source.on_call("PI7DH85")},
    secrets=(TOKEN,),
    friendly=friendly,
    reads=frozenset({"on_call"}),
)
