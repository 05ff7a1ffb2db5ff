"""Does the other side of a signed webhook get what docs/connections.md promises?"""

import hashlib
import hmac
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from blocks import SignedWebhook
from incident.errors import Rejected
from tests.blocks.rigs import HOOK, NOW, PAGE, SECRET, Wired, webhook, webhook_at

DOCS = Path(__file__).parents[2] / "docs" / "connections.md"


def recipe(language: str) -> str:
    """The block of that language in the section about checking the signature."""
    section = DOCS.read_text().split("### Check the signature")[1]
    found = re.search(rf"```{language}\n(.*?)```", section, re.DOTALL)
    assert found
    return found.group(1)


async def delivered() -> httpx.Request:
    wired = Wired()
    await webhook(wired.transport).deliver(HOOK, PAGE)
    return wired.requests[0]


async def test_a_page_is_posted_with_everything_in_it() -> None:
    request = await delivered()
    assert (request.method, str(request.url)) == ("POST", HOOK)
    assert request.headers["Content-Type"] == "application/json"
    assert json.loads(request.content) == {
        "version": 1,
        "type": "page",
        "to": "",
        "key": PAGE.key,
        "incident": "INC-42",
        "severity": 1,
        "subject": PAGE.subject,
        "text": PAGE.text,
        "html": PAGE.html,
        "acknowledge_url": PAGE.acknowledge_url,
        "incident_url": PAGE.incident_url,
    }


async def test_a_message_says_that_it_is_no_page() -> None:
    wired = Wired()
    await webhook_at(wired.transport).send("ann", "INC-42/update/1/ann", "Update", "We are looking.")
    assert json.loads(wired.requests[0].content) == {
        "version": 1,
        "type": "message",
        "to": "ann",
        "key": "INC-42/update/1/ann",
        "incident": "INC-42",
        "subject": "Update",
        "text": "We are looking.",
        "html": "",
    }


async def test_one_address_gets_the_contact_in_the_body() -> None:
    wired = Wired()
    await webhook_at(wired.transport).deliver("ann", PAGE)
    assert str(wired.requests[0].url) == HOOK
    assert json.loads(wired.requests[0].content)["to"] == "ann"


async def test_the_signature_covers_the_timestamp_and_the_exact_body() -> None:
    request = await delivered()
    timestamp = request.headers["X-Incident-Timestamp"]
    assert int(timestamp) == NOW.timestamp()
    expected = hmac.new(
        SECRET.encode(), timestamp.encode() + b"." + request.content, hashlib.sha256
    ).hexdigest()
    assert request.headers["X-Incident-Signature"] == f"v1={expected}"


@pytest.mark.parametrize(
    "change", [b"", b" "], ids=["the body as it came is accepted", "one byte more is not"]
)
async def test_the_python_recipe_of_the_documentation_works(change: bytes) -> None:
    request = await delivered()
    scope: dict[str, Any] = {}
    exec(recipe("python"), scope)
    valid = scope["is_valid"](
        SECRET, dict(request.headers), request.content + change, now=NOW.timestamp() + 60
    )
    assert valid is (change == b"")
    assert not scope["is_valid"](SECRET, dict(request.headers), request.content, now=NOW.timestamp() + 3600)


@pytest.mark.parametrize(
    "change", [b"", b" "], ids=["the body as it came is accepted", "one byte more is not"]
)
async def test_the_shell_recipe_of_the_documentation_works(change: bytes, tmp_path: Path) -> None:
    assert shutil.which("openssl"), "apt-get install openssl"
    request = await delivered()
    (tmp_path / "body.json").write_bytes(request.content + change)
    given = {
        "SECRET": SECRET,
        "TIMESTAMP": request.headers["X-Incident-Timestamp"],
        "SIGNATURE": request.headers["X-Incident-Signature"],
        "PATH": str(Path(shutil.which("openssl") or "").parent) + ":/usr/bin:/bin",
    }
    shell = subprocess.run(
        ["sh", "-c", recipe("sh")], check=False, cwd=tmp_path, env=given, capture_output=True, text=True
    )
    assert (shell.returncode == 0) is (change == b""), shell.stderr


@pytest.mark.parametrize(
    ("body", "provider_id"),
    [
        (b'{"id": "r-7"}', "r-7"),
        (b'{"id": 7, "status": "queued"}', "7"),
        (b"", PAGE.key),
        (b'{"id": ""}', PAGE.key),
    ],
    ids=["an id is kept", "a number is an id", "no answer: our key", "an empty id: our key"],
)
async def test_the_receipt_names_the_page_as_the_other_side_does(body: bytes, provider_id: str) -> None:
    wired = Wired(lambda _: httpx.Response(202, content=body))
    receipt = await webhook(wired.transport).deliver(HOOK, PAGE)
    assert (receipt.provider_id, receipt.detail) == (provider_id, "HTTP 202")


async def test_a_key_that_no_header_can_hold_is_percent_encoded() -> None:
    wired = Wired()
    await webhook(wired.transport).send(HOOK, "INC-1/perché\r\nX: y", "s", "t")
    assert wired.requests[0].headers["Idempotency-Key"] == "INC-1/perch%C3%A9%0D%0AX:%20y"


@pytest.mark.parametrize("to", ["", "ann", "ftp://x/", "file:///etc/passwd", "javascript:alert(1)"])
async def test_what_is_no_web_address_is_rejected_before_anything_is_sent(to: str) -> None:
    wired = Wired()
    with pytest.raises(Rejected, match="not a web address"):
        await webhook(wired.transport).deliver(to, PAGE)
    assert wired.requests == []


def test_a_webhook_without_a_secret_cannot_exist() -> None:
    with pytest.raises(ValidationError):
        SignedWebhook(secret="")


class _Taking(BaseHTTPRequestHandler):
    taken: list[tuple[dict[str, str], bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.taken.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(201)
        self.end_headers()
        self.wfile.write(b'{"id": "real"}')

    def log_message(self, *args: Any) -> None:
        """A test is quiet."""


@pytest.fixture
def receiver() -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    taken: list[tuple[dict[str, str], bytes]] = []
    server = HTTPServer(("127.0.0.1", 0), type("Taking", (_Taking,), {"taken": taken}))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook?token=1", taken
    finally:
        server.shutdown()
        server.server_close()


async def test_a_page_reaches_a_real_server_over_a_real_socket(receiver) -> None:
    url, taken = receiver
    receipt = await SignedWebhook(secret=SECRET).deliver(url, PAGE)
    assert receipt.provider_id == "real"
    headers, body = taken[0]
    scope: dict[str, Any] = {}
    exec(recipe("python"), scope)
    assert scope["is_valid"](SECRET, headers, body)
    assert headers["idempotency-key"] == PAGE.key
    assert headers["user-agent"] == "incident-response"
