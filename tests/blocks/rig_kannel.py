"""Kannel on a good day."""

import httpx

from blocks import KannelSms
from tests.blocks.rigs import PAGE
from tests.blocks.vendors import VendorRig

PASSWORD, REPLY_PASSWORD = "s3nd-sms!", "r3ply-pw"
ANN = "+39 333 123.45.67"
CALLBACK = "https://incidents.example.com/callbacks/sms/signed-token"
ANSWERABLE = PAGE.model_copy(
    update={"callback_url": CALLBACK, "reply_prompt": "Reply 1 to acknowledge, 2 to pass on."}
)


def friendly(_: httpx.Request) -> httpx.Response:
    return httpx.Response(202, text="0: Accepted for delivery")


RIG = VendorRig(
    block=lambda: KannelSms(
        server="http://gateway.example.com:13013",
        username="incidents",
        password=PASSWORD,
        reply_password=REPLY_PASSWORD,
    ),
    calls={
        "deliver": lambda sms: sms.deliver(ANN, ANSWERABLE),
        "send": lambda sms: sms.send(ANN, "INC-42/update/1/ann", "Update", "We are looking."),
    },
    secrets=(PASSWORD, REPLY_PASSWORD),
    friendly=friendly,
    address=ANN,
)
