"""What does the web service do with requests that no honest caller makes, and what does it keep to itself?"""

import asyncio
import logging
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.types import Message

from ledger.tables import DeliveryRow
from service.web.__main__ import log_without_addresses
from tests.house import TOKEN, House, as_body, generic
from tests.ledger.desk import START


def sent(house: House, headers: dict[str, str], *received: Message) -> tuple[int, bytes]:
    """Status and body that a delivery gets whose bytes arrive like this, beneath any HTTP parser."""
    arriving, answers = list(received), list[Message]()

    async def receive() -> Message:
        return arriving.pop(0) if arriving else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        answers.append(message)

    all_headers = {"authorization": f"Bearer {TOKEN}"} | headers
    scope: dict[str, Any] = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": "/alerts/generic",
        "raw_path": b"/alerts/generic",
        "root_path": "",
        "scheme": "http",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in all_headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
    }

    async def deliver() -> None:
        await house.client().app(scope, receive, send)

    asyncio.run(deliver())
    return answers[0]["status"], b"".join(message.get("body", b"") for message in answers)


def chunk(body: bytes, *, more: bool = False) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


@pytest.mark.parametrize("length", ["many", "-1", "1e9", "0x10", "\u0661", ""])
def test_a_length_that_is_no_number_is_refused(house: House, length: str) -> None:
    status, _ = sent(house, {"content-length": length}, chunk(as_body(generic())))
    assert (status, house.desk.rows(DeliveryRow)) == (400, [])


def test_a_length_of_thousands_of_digits_is_too_large(house: House) -> None:
    assert sent(house, {"content-length": "9" * 5000}, chunk(b"{}"))[0] == 413


def test_a_body_that_is_longer_than_it_said_is_measured(house: House) -> None:
    chunks = [chunk(b" " * 2**16, more=True) for _ in range(17)]
    assert sent(house, {"content-length": "2"}, *chunks, chunk(b"{}"))[0] == 413


def test_a_body_that_ends_too_early_leaves_nothing(house: House) -> None:
    status, _ = sent(house, {"content-length": "1000"}, chunk(as_body(generic()), more=True))
    assert (status, house.desk.rows(DeliveryRow)) == (400, [])


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        pytest.param({"authorization": "Bearer no", "content-encoding": "gzip"}, 401, id="the token first"),
        pytest.param({"content-encoding": "gzip", "content-length": "9999999"}, 415, id="then the encoding"),
        pytest.param({"content-length": "9999999"}, 413, id="then the length, before the JSON"),
        pytest.param({}, 400, id="then the JSON"),
    ],
)
def test_what_is_wrong_is_looked_for_in_an_order(house: House, wrong: dict[str, str], status: int) -> None:
    assert sent(house, wrong, chunk(b"no json"))[0] == status


@pytest.mark.parametrize("address", ["/", "/health", "/incidents/INC-1", "/ack/{}"])
def test_head_is_get_without_the_body(house: House, address: str) -> None:
    house.desk.open()
    house.desk.climb(0)
    address = address.format(house.links.acknowledge(1, "alice", "INC-1", START).rpartition("/")[2])
    client = house.client()
    head, get = client.head(address), client.get(address)
    assert (head.status_code, head.content) == (get.status_code, b"")
    assert head.headers["content-type"] == get.headers["content-type"]


def test_a_fault_of_ours_is_a_page_or_a_sentence_and_no_trace(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise ZeroDivisionError("the inner life of the program")

    client = house.client()
    client.app.add_api_route("/broken/{token}", broken)  # type: ignore[attr-defined]  # it is our FastAPI
    machine = client.get("/broken/t0ken")
    person = client.get("/broken/t0ken", headers={"Accept": "text/html"})
    assert (machine.status_code, person.status_code) == (500, 500)
    assert machine.json() == {"error": "Internal Server Error"}
    for answer in (machine, person):
        assert "inner life" not in answer.text
        assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "inner life" in caplog.text
    assert "t0ken" not in _ours(caplog)


@pytest.mark.parametrize("door", ["ack", "decide"])
def test_no_token_gets_into_the_log(house: House, caplog: pytest.LogCaptureFixture, door: str) -> None:
    house.desk.open()
    house.desk.climb(0)
    tokens = {
        "ack": house.links.acknowledge(1, "alice", "INC-1", START),
        "decide": house.links.decide("alice", "INC-1", START),
    }
    token = tokens[door].rpartition("/")[2]
    with caplog.at_level(logging.DEBUG):
        for given in (token, token[:-1]):
            _use(house.client(), f"/{door}/{given}")
    assert token[:-1] not in _ours(caplog)


def test_we_tell_what_we_do_and_libraries_that_would_log_addresses_speak_of_problems_only() -> None:
    names = ("httpx", "httpcore", "blocks", "ledger", "service", "tasks")
    before = {name: logging.getLogger(name).level for name in names}
    log_without_addresses()
    speaking = [name for name in names if logging.getLogger(name).isEnabledFor(logging.INFO)]
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)
    assert speaking == ["blocks", "ledger", "service", "tasks"]


def _use(client: TestClient, address: str) -> None:
    client.get(address)
    client.post(address, data={"severity": "2", "impact": "Nobody can pay."})


def _ours(caplog: pytest.LogCaptureFixture) -> str:
    """What was logged, except by the client of this test."""
    clients = ("httpx", "httpx2")  # whichever of them Starlette finds
    records = (record for record in caplog.records if record.name.partition(".")[0] not in clients)
    return "\n".join(logging.Formatter().format(record) for record in records)
