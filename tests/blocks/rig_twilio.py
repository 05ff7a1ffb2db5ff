"""Twilio on a good day."""

import httpx

from blocks import TwilioSms, TwilioVoice
from tests.blocks.rigs import PAGE
from tests.blocks.vendors import VendorRig

ACCOUNT = "AC" + "0a1b" * 8
TOKEN = "8f7e6d5c4b3a29180f1e2d3c4b5a6978"
SENDER, ANN = "+15017122661", "+15558675310"
SID, CALL_SID = "SM" + "1" * 32, "CA" + "1" * 32
CALLBACK = "https://incidents.example.com/callbacks/sms/signed-token"
ANSWERABLE = PAGE.model_copy(
    update={
        "callback_url": CALLBACK,
        "reply_prompt": "Reply 1 to acknowledge, 2 to pass on.",
        "key_prompt": "Press 1 to acknowledge, 2 to pass on.",
    }
)


def friendly(request: httpx.Request) -> httpx.Response:
    return httpx.Response(201 if request.method == "POST" else 200, json={"sid": SID, "status": "queued"})


SMS = VendorRig(
    block=lambda: TwilioSms(account_sid=ACCOUNT, auth_token=TOKEN, sender=SENDER, takes_replies=True),
    calls={
        "deliver": lambda sms: sms.deliver(ANN, ANSWERABLE),
        "send": lambda sms: sms.send(ANN, "INC-42/update/1/ann", "Update", "We are looking."),
        "follow": lambda sms: sms.follow(SID),
    },
    secrets=(TOKEN,),
    friendly=friendly,
    reads=frozenset({"follow"}),
)
VOICE = VendorRig(
    block=lambda: TwilioVoice(account_sid=ACCOUNT, auth_token=TOKEN, sender=SENDER),
    calls={
        "deliver": lambda voice: voice.deliver(ANN, ANSWERABLE),
        "send": lambda voice: voice.send(ANN, "INC-42/update/1/ann", "Update", "We are looking."),
        "follow": lambda voice: voice.follow(CALL_SID),
    },
    secrets=(TOKEN,),
    friendly=friendly,
    reads=frozenset({"follow"}),
)
