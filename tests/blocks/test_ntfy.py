"""What does a phone get that listens to ntfy?

There is no published description of its API: these are golden requests, held against its documentation.
"""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blocks import NtfyPush
from blocks.ntfy import shortened
from incident.severity import Severity
from tests.blocks.rig_ntfy import TOKEN, friendly
from tests.blocks.rigs import PAGE, Wired


def push(wired: Wired, **settings: str) -> NtfyPush:
    block = NtfyPush(**settings)
    block._transport = wired.transport
    return block


async def test_a_page_rings_and_its_button_acknowledges() -> None:
    wired = Wired(friendly)
    receipt = await push(wired, token=TOKEN).deliver("ann-3f9c2b", PAGE)
    request = wired.requests[0]
    assert receipt.provider_id == "sPs71M8A2T"
    assert (request.method, str(request.url)) == ("POST", "https://ntfy.sh")
    assert request.headers["Authorization"] == f"Bearer {TOKEN}"
    assert json.loads(request.content) == {
        "topic": "ann-3f9c2b",
        "title": PAGE.subject,
        "message": PAGE.text,
        "priority": 5,
        "tags": ["rotating_light"],
        "click": PAGE.incident_url,
        "actions": [
            {
                "action": "http",
                "label": "Acknowledge",
                "url": PAGE.acknowledge_url,
                "method": "POST",
                "clear": True,
            },
            {"action": "view", "label": "INC-42", "url": PAGE.incident_url},
        ],
    }


@pytest.mark.parametrize(
    ("severity", "priority"), [(Severity.CRITICAL, 5), (Severity.MAJOR, 4), (Severity.MINOR, 3)]
)
async def test_the_severity_decides_how_loud_it_is(severity: Severity, priority: int) -> None:
    wired = Wired(friendly)
    await push(wired).deliver("ann", PAGE.model_copy(update={"severity": severity}))
    assert json.loads(wired.requests[0].content)["priority"] == priority


async def test_without_a_token_none_is_sent_and_a_message_has_no_buttons() -> None:
    wired = Wired(friendly)
    await push(wired, server="https://push.example.com").send("ann", "INC-42/x", "Update", "We look.")
    assert wired.requests[0].url.host == "push.example.com"
    assert "Authorization" not in wired.requests[0].headers
    assert "actions" not in json.loads(wired.requests[0].content)


@given(st.text(), st.integers(min_value=3, max_value=50))
def test_a_text_is_cut_between_characters(text: str, size: int) -> None:
    short = shortened(text, size)
    assert len(short.encode("utf-8", "replace")) <= size
    assert short == text or text.startswith(short.removesuffix("…")[:-1])
