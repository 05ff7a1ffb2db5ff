"""Is Icinga 2 told who takes a problem, and is every answer of its API understood?"""

import json
import traceback
from base64 import b64decode
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from blocks import Icinga2Api
from incident.alert import Alert, AlertStatus
from incident.errors import ConnectionFailure, Rejected, RetryLater, UnknownOutcome
from tests.blocks.rigs import NOW, SECRET, StoppedClock, Wired

KEY = "INC-42/acknowledge/icinga/7"
HTTP = Alert(
    source="icinga2",
    fingerprint="icinga2-web01/HTTP",
    status=AlertStatus.FIRING,
    title="web01/HTTP is CRITICAL",
    labels={"host": "web01", "service": "HTTP"},
    starts_at=NOW,
)
HOST = HTTP.model_copy(update={"labels": {"host": "web01"}})


def block(wired: Wired, **settings: Any) -> Icinga2Api:
    said = {"url": "https://icinga.example.org:5665/", "username": "incident-response", "password": SECRET}
    made = Icinga2Api(**(said | settings))
    made._transport, made._clock = wired.transport, StoppedClock()
    return made


def results(*codes: int) -> dict[str, Any]:
    return {"results": [{"code": code, "status": f"said to {SECRET}"} for code in codes]}


def answering(status: int, body: Any = None) -> Wired:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Wired(lambda _: httpx.Response(status, content=content))


async def failure(wired: Wired) -> ConnectionFailure:
    with pytest.raises(ConnectionFailure) as caught:
        await block(wired).acknowledge(KEY, HTTP, "Alice", "INC-42")
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert SECRET not in shown
    assert "icinga.example.org" not in shown
    return caught.value


async def test_it_says_which_service_who_and_why_and_names_are_no_part_of_the_filter() -> None:
    wired = answering(200, results(200))
    await block(wired).acknowledge(KEY, HTTP, "Alice Rossi", "INC-42: perché?")
    (request,) = wired.requests
    assert str(request.url) == "https://icinga.example.org:5665/v1/actions/acknowledge-problem"
    assert (request.method, request.headers["Accept"]) == ("POST", "application/json")
    basic = request.headers["Authorization"].removeprefix("Basic ")
    assert b64decode(basic).decode() == f"incident-response:{SECRET}"
    assert json.loads(request.content) == {
        "type": "Service",
        "filter": "host.name == host_name && service.name == service_name",
        "filter_vars": {"host_name": "web01", "service_name": "HTTP"},
        "author": "Alice Rossi",
        "comment": "INC-42: perché?",
        "sticky": True,
        "notify": False,
    }


async def test_the_problem_of_a_host_has_no_service() -> None:
    wired = answering(200, results(200))
    await block(wired, sticky=False, notify=True).acknowledge(KEY, HOST, "Alice", "INC-42")
    said = json.loads(wired.requests[0].content)
    assert (said["type"], said["filter"]) == ("Host", "host.name == host_name")
    assert said["filter_vars"] == {"host_name": "web01"}
    assert (said["sticky"], said["notify"]) == (False, True)


async def test_an_alert_that_names_no_host_is_not_sent_anywhere() -> None:
    wired = answering(200, results(200))
    with pytest.raises(Rejected, match="no label host"):
        await block(wired).acknowledge(KEY, HTTP.model_copy(update={"labels": {}}), "Alice", "INC-42")
    assert wired.requests == []


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, results(200)), (202, results(200, 409)), (409, results(409))],
    ids=["done", "done for one, done before for another", "acknowledged already, or over"],
)
async def test_it_is_settled_when(status: int, body: Any) -> None:
    receipt = await block(answering(status, body)).acknowledge(KEY, HTTP, "Alice", "INC-42")
    assert receipt.provider_id == KEY


REFUSED = [
    ("the password is wrong", 401, {"error": 401}, Rejected),
    ("the user may not", 403, {"error": 403}, Rejected),
    ("there is no such object, says 2.14", 404, {"error": 404, "status": "No objects found."}, Rejected),
    ("there is no such object, says 2.13", 500, {"results": []}, Rejected),
    ("it is moved", 302, b"", Rejected),
    ("it is busy", 503, {"error": 503}, RetryLater),
    ("it is asked too often", 429, b"", RetryLater),
    ("a gateway lost it", 502, b"<html>", RetryLater),
    ("it failed", 500, {"error": 500}, RetryLater),
    ("it failed for this object", 500, results(500), RetryLater),
    ("it failed, and its answer is no JSON", 500, b"<html>", RetryLater),
    ("a success is no JSON", 200, b"<html>", UnknownOutcome),
    ("a success is JSON of another shape", 200, [1], UnknownOutcome),
    ("a success says nothing", 200, {"results": []}, UnknownOutcome),
    ("a success holds a failure", 202, results(200, 500), RetryLater),
    ("a success holds a refusal", 202, results(200, 404), Rejected),
]


@pytest.mark.parametrize(
    ("status", "body", "kind"), [row[1:] for row in REFUSED], ids=[r[0] for r in REFUSED]
)
async def test_whose_turn_it_is_when(status: int, body: Any, kind: type[ConnectionFailure]) -> None:
    assert type(await failure(answering(status, body))) is kind


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ReadTimeout, httpx.RemoteProtocolError])
async def test_it_is_tried_again_when_the_line_breaks_as_a_repetition_is_safe(error: Any) -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        raise error(f"to {request.url}", request=request)

    assert type(await failure(Wired(broken))) is RetryLater


async def test_it_follows_no_redirect() -> None:
    wired = Wired(lambda _: httpx.Response(307, headers={"Location": "https://evil.example.com/"}))
    assert "redirects are not followed" in str(await failure(wired))
    assert len(wired.requests) == 1


@pytest.mark.parametrize("content", [None, "no certificate"], ids=["is missing", "holds none"])
async def test_an_authority_that_cannot_be_read_is_said(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "ca.crt"
    if content is not None:
        file.write_text(content)
    wired = answering(200, results(200))
    with pytest.raises(Rejected, match="ca_file"):
        await block(wired, ca_file=str(file)).acknowledge(KEY, HTTP, "Alice", "INC-42")
    assert wired.requests == []


def test_a_password_never_travels_in_clear() -> None:
    with pytest.raises(ValidationError, match="url"):
        block(answering(200), url="http://icinga.example.org:5665")


def test_it_shows_no_secret_in_any_form() -> None:
    made = block(answering(200))
    forms = (repr(made), str(made), str(made.model_dump()), made.model_dump_json())
    assert not any(SECRET in form for form in forms)
