"""Is every alert that a monitor delivers safe, refused with a reason, or asked for again?"""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from incident.alert import EndState
from ledger.engine import Ledger
from ledger.tables import AlertRow, DeliveryRow, EscalationRow, IncidentRow, RunRow
from service.intake import BODY_LIMIT
from tests.house import TOKEN, House, alertmanager, as_body, generic

BEARER = {"Authorization": f"Bearer {TOKEN}"}
MALFORMED: list[Any] = [
    pytest.param(b"alert!", "line 1, column 1", id="no JSON at all"),
    pytest.param(b"", "line 1, column 1", id="no body"),
    pytest.param(b'{"title": "x"', "line 1, column 14", id="JSON that ends too early"),
    pytest.param(b'{"title": "\xff"}', "byte 11", id="not UTF-8"),
    pytest.param(b'{"title": NaN}', "NaN", id="NaN, which JSON does not have"),
    pytest.param(b"[" * 100_000, "nested too deeply", id="so deep that a reader would run out of stack"),
    pytest.param(b"[" * 200 + b"]" * 200, "nested too deeply", id="deeper than any monitor"),
    pytest.param(b'{"x": ' + b"9" * 5000 + b"}", "too long", id="a number with thousands of digits"),
]
MISSHAPEN: list[Any] = [
    pytest.param("generic", {"fingerprint": "f1"}, "title", id="an alert without a title"),
    pytest.param("generic", [generic(), {"title": ""}], "[1].title", id="the second of a list"),
    pytest.param("generic", {"alerts": [generic(), 7]}, "alerts[1]", id="a number among alerts"),
    pytest.param("generic", {"alerts": "none"}, "alerts", id="a text for a list"),
    pytest.param("generic", "down", "body", id="a text for a body"),
    pytest.param("alertmanager", {"version": "4"}, "alerts", id="Alertmanager without alerts"),
]


@pytest.fixture
def client(house: House) -> TestClient:
    return house.client()


def post(client: TestClient, body: bytes, source: str = "generic", **headers: str) -> httpx.Response:
    answer: httpx.Response = client.post(f"/alerts/{source}", content=body, headers=BEARER | headers)
    return answer


def kept(house: House) -> list[tuple[str, bool]]:
    return [(row.source, bool(row.problem)) for row in house.desk.rows(DeliveryRow)]


def test_an_accepted_alert_is_in_the_ledger_before_its_answer_leaves(house: House) -> None:
    app, seen = house.client().app, []

    async def watched(scope: Scope, receive: Receive, send: Send) -> None:
        async def look_and_send(message: Message) -> None:
            seen.append(_alerts_by_another_connection(house))
            await send(message)

        await app(scope, receive, look_and_send)

    assert post(TestClient(watched), as_body(generic())).status_code == 202
    assert set(seen) == {1}


def test_the_answer_says_what_became_of_each_alert(client: TestClient) -> None:
    answer = post(client, as_body(alertmanager("a", "b")), "alertmanager")
    assert answer.status_code == 202
    alerts = answer.json()["alerts"]
    assert [(alert["fingerprint"], alert["end_state"], alert["incident"]) for alert in alerts] == [
        ("a", "opened", "INC-1"),
        ("b", "attached", "INC-1"),
    ]
    assert all(alert["reason"] for alert in alerts)


def test_the_answer_says_what_could_not_be_read(client: TestClient) -> None:
    answer = post(client, as_body(generic(labels=["db1"]))).json()
    assert answer["accepted"] == 1
    assert answer["remarks"] == [
        "labels: ['db1'] is a list, where an object is usual; nothing was taken from it"
    ]


def test_an_unknown_source_is_told_the_known_ones(client: TestClient) -> None:
    answer = post(client, as_body(generic()), "nagios")
    assert answer.status_code == 404
    assert {"alertmanager", "generic"} <= set(answer.json()["error"].replace(",", " ").split())


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="no token"),
        pytest.param({"Authorization": "Bearer wrong"}, id="a wrong token"),
        pytest.param({"Authorization": "Bearer "}, id="an empty token"),
        pytest.param({"Authorization": f"Basic {TOKEN}"}, id="another scheme"),
        pytest.param({"Authorization": f"Bearer {TOKEN}x"}, id="a longer token"),
        pytest.param({"Authorization": "Bearer t\u00f6ken".encode()}, id="a token that is no ASCII"),
    ],
)
def test_a_delivery_without_the_token_is_refused_and_leaves_nothing(
    house: House, client: TestClient, headers: dict[str, Any]
) -> None:
    answer = client.post("/alerts/generic", content=as_body(generic()), headers=headers)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert TOKEN not in answer.text
    assert kept(house) == []


@pytest.mark.parametrize("given", ["", TOKEN, "None"])
def test_a_source_without_a_token_takes_nothing(house: House, given: str) -> None:
    answer = (
        House(house.ledger, environment={})
        .client()
        .post("/alerts/generic", json=generic(), headers={"Authorization": f"Bearer {given}"})
    )
    assert answer.status_code == 401


def test_the_token_of_a_source_stands_in_the_variable_that_the_configuration_names(house: House) -> None:
    own = {"generic": {"dialect": "generic", "token": {"env": "HOOK"}}}
    house.employ(sources=own)
    token = {"Authorization": f"Bearer {house.environment['HOOK']}"}
    assert house.client().post("/alerts/generic", json=generic(), headers=token).status_code == 202
    assert house.client().post("/alerts/generic", json=generic(), headers=BEARER).status_code == 401


def test_a_body_that_is_declared_too_large_is_refused_unread(house: House, client: TestClient) -> None:
    answer = post(client, b"{}", **{"Content-Length": str(BODY_LIMIT + 1)})
    assert answer.status_code == 413
    assert "1024 KiB" in answer.json()["error"]
    assert kept(house) == []


def test_a_body_that_turns_out_too_large_is_refused_where_it_does(house: House, client: TestClient) -> None:
    def stream() -> Iterator[bytes]:
        for _ in range(BODY_LIMIT // 1024 + 1):
            yield b" " * 1024

    answer = client.post("/alerts/generic", content=stream(), headers=BEARER)
    assert answer.status_code == 413
    assert kept(house) == []


def test_a_body_of_just_the_limit_is_read(client: TestClient) -> None:
    assert post(client, as_body(generic()).ljust(BODY_LIMIT)).status_code == 202


def test_a_compressed_body_is_refused(client: TestClient) -> None:
    assert post(client, b"\x1f\x8b", **{"Content-Encoding": "gzip"}).status_code == 415


@pytest.mark.parametrize(("body", "said"), MALFORMED)
def test_what_is_no_json_is_refused_with_its_place_and_kept(
    house: House, client: TestClient, body: bytes, said: str
) -> None:
    answer = post(client, body)
    assert answer.status_code == 400
    assert said in answer.json()["error"]
    (delivery,) = house.desk.rows(DeliveryRow)
    assert (delivery.body, delivery.problem) == (body, answer.json()["error"])


@pytest.mark.parametrize(("source", "value", "field"), MISSHAPEN)
def test_a_wrong_shape_is_refused_naming_the_field_and_kept_as_rejected(
    house: House, client: TestClient, source: str, value: Any, field: str
) -> None:
    answer = post(client, as_body(value), source)
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert answer.json()["error"].startswith(f"{field}: ")
    assert kept(house) == [(source, True)]
    assert house.desk.rows(AlertRow) == []


def test_of_a_batch_that_fails_in_the_ledger_nothing_stays(house: House, client: TestClient) -> None:
    with house.ledger.transaction() as session:
        session.connection().exec_driver_sql(
            "create trigger broken before insert on alert when new.fingerprint = 'bad' "
            "begin select raise(abort, 'secret words of the database'); end"
        )
    answer = post(client, as_body(alertmanager("good", "bad")), "alertmanager")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert (kept(house), house.desk.rows(AlertRow)) == ([], [])


@pytest.mark.parametrize(
    "body", [pytest.param(as_body(generic()), id="a good one"), pytest.param(b"{}", id="one to be rejected")]
)
def test_while_the_ledger_cannot_be_written_the_sender_is_asked_to_come_again(
    house: House, client: TestClient, body: bytes
) -> None:
    another = Ledger(house.ledger.url)
    with another.transaction() as session:
        session.connection()
        answer = post(client, body)
    another.close()
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert set(answer.json()) == {"error"}
    assert "Traceback" not in answer.text
    assert str(Path(house.ledger.url).parent) not in answer.text
    assert kept(house) == []
    assert post(client, as_body(generic())).status_code == 202


def test_a_ledger_that_cannot_even_be_read_says_so_to_machines_and_people(tmp_path: Path) -> None:
    client = House(Ledger(f"sqlite:///{tmp_path / 'gone' / 'ledger.db'}")).client()
    assert post(client, as_body(generic())).status_code == 503
    page = client.get("/", headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
    assert "<html" in page.text


def test_fifty_deliveries_of_one_alert_at_once_open_one_incident_and_page_once(
    prepared_house: Path, tmp_path: Path
) -> None:
    house = House(_patient(prepared_house, tmp_path))

    async def deliver() -> list[httpx.Response]:
        transport = httpx.ASGITransport(house.client().app)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as sender:
            posts = [sender.post("/alerts/generic", json=generic(), headers=BEARER) for _ in range(50)]
            return await asyncio.gather(*posts)

    answers = asyncio.run(deliver())
    assert Counter(answer.status_code for answer in answers) == {202: 50}
    desk = house.desk
    assert [len(desk.rows(table)) for table in (IncidentRow, EscalationRow, RunRow)] == [1, 1, 2]
    ends = Counter(row.end_state for row in desk.rows(AlertRow))
    assert ends == {EndState.OPENED: 1, EndState.DUPLICATE: 49}
    house.ledger.close()


def test_every_alert_has_an_end_state_and_a_reason(house: House, client: TestClient) -> None:
    for status in ("firing", "firing", "resolved", "info"):
        post(client, as_body([generic(status=status), generic(fingerprint="f2", status=status)]))
    alerts = house.desk.rows(AlertRow)
    assert len(alerts) == 8
    assert all(alert.end_state and alert.reason for alert in alerts)


def _alerts_by_another_connection(house: House) -> int:
    with sqlite3.connect(house.ledger.url.removeprefix("sqlite:///")) as another:
        (count,) = another.execute("select count(*) from alert").fetchone()
    return int(count)


def _patient(prepared_house: Path, folder: Path) -> Ledger:
    file = folder / "patient.db"
    file.write_bytes(prepared_house.read_bytes())
    return Ledger(f"sqlite:///{file}")
